export interface Random {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  text(length: number, alphabet: string): string;
  guid(): string;
}

export const HEX = '0123456789abcdef';
export const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A stream of choices that is the same for the same name, on every machine. */
export const createRandom = (name: string): Random => {
  let state = 2166136261;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  state ||= 1;

  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // Names that differ in their last letter start close together; a few rounds spread them.
  for (let round = 0; round < 8; round += 1) next();

  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(0, items.length - 1)];
    if (item === undefined) throw new RangeError('pick needs at least one item');
    return item;
  };
  const text = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet[int(0, alphabet.length - 1)]).join('');
  // Eight digits keep the ids apart; the rest comes from a few endings, so that thousands of ids still compress.
  const endings = Array.from({ length: 64 }, () =>
    [text(4, HEX), `4${text(3, HEX)}`, `${pick(['8', '9', 'a', 'b'])}${text(3, HEX)}`, text(12, HEX)].join('-'),
  );
  const guid = (): string => `${text(8, HEX)}-${pick(endings)}`;

  return { int, pick, text, guid };
};
