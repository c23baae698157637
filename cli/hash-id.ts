/** FNV-1a's prime and offset basis for 32 bits, and another prime. https://datatracker.ietf.org/doc/html/rfc9923 */
const prime = 0x01000193;
const otherPrime = 0x0100018b;
const basis = 0x811c9dc5;

/**
 * A number of 53 bits for an id within an account: two rounds of FNV-1a at once. Among a million ids, two are the same with a
 * chance of one in ten thousand; what that could hide is a copy in a count, as findings have ids of their own.
 */
export const hashId = (account: string, id: string): number => {
  let one = basis;
  let other = ~basis;
  for (let index = 0; index < account.length; index++) {
    const code = account.charCodeAt(index);
    one = Math.imul(one ^ code, prime);
    other = Math.imul(other ^ code, otherPrime);
  }
  for (let index = 0; index < id.length; index++) {
    const code = id.charCodeAt(index);
    one = Math.imul(one ^ code, prime);
    other = Math.imul(other ^ code, otherPrime);
  }
  return (one >>> 11) * 2 ** 32 + (other >>> 0);
};
