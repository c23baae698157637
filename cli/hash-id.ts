/** FNV-1a's prime and offset basis for 32 bits. https://datatracker.ietf.org/doc/html/rfc9923 */
const prime = 0x01000193;
const basis = 0x811c9dc5;

/**
 * A number of 53 bits for an id: two rounds of FNV-1a, from both ends. Among a million ids, two are the same with a chance of
 * one in ten thousand; what that could hide is a copy in a count, as findings have ids of their own.
 */
export const hashId = (id: string): number => {
  let forward = basis;
  let backward = ~basis;
  for (let index = 0, last = id.length - 1; index <= last; index++) {
    forward = Math.imul(forward ^ id.charCodeAt(index), prime);
    backward = Math.imul(backward ^ id.charCodeAt(last - index), prime);
  }
  return (forward >>> 11) * 2 ** 32 + (backward >>> 0);
};
