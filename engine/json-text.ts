import { messageOf } from './errors.ts';

/** Parses the JSON text of a file. Throws a SyntaxError whose message ends in the line and column. */
export const parseJsonText = (text: string): unknown => {
  if (text.startsWith('\uFEFF')) {
    throw new SyntaxError('begins with a byte order mark, which JSON must not have (line 1 column 1)');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(withPlace(text, messageOf(error)), { cause: error });
  }
};

/** V8 names the place of most mistakes, but not of a value it does not know, nor of a text that ends too early. */
const withPlace = (text: string, message: string): string => {
  const placed = /^(.*?)(?: in JSON)?(?: at position \d+) (\(line \d+ column \d+\))$/s.exec(message);
  if (placed !== null) return `${placed[1]} ${placed[2]}`;
  const before = text.slice(0, isUnknownValue(message) ? positionOfUnknownValue(text) : text.length).split('\n');
  const says = message.replace(/, .*$/s, '').replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return `${says} (line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1})`;
};

/** `Unexpected token 'y', "{"a": yes}" is not valid JSON`. */
const isUnknownValue = (message: string): boolean => message.endsWith('is not valid JSON');

/** Texts cut before the mistake merely end too early, all longer ones have it: so the place is found by halving. */
const positionOfUnknownValue = (text: string): number => {
  let without = 0;
  let withIt = text.length;
  while (withIt - without > 1) {
    const middle = Math.floor((without + withIt) / 2);
    if (hasUnknownValue(text.slice(0, middle))) withIt = middle;
    else without = middle;
  }
  return without;
};

const hasUnknownValue = (text: string): boolean => {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return isUnknownValue(messageOf(error));
  }
};
