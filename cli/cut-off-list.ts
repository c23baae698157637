import { messageOf } from '../engine/errors.ts';
import { type Input, unreadable } from './input.ts';

const opening = /^\uFEFF?\s*(?:\{\s*"Records"\s*:\s*)?\[/;

/**
 * The elements that are complete in a list whose text broke off: `{"Records":[{...},{...},{"event`, all in one line, as
 * CloudTrail writes it. Yields nothing for any other text.
 */
export function* completeElements(text: string, place: string): Generator<Input> {
  const list = opening.exec(text);
  if (list === null) return;
  const mark = /["[\]{}]/g;
  mark.lastIndex = list[0].length;
  let from = 0;
  let depth = 0;
  let index = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '"') {
      const end = endOfString(text, found.index);
      if (end < 0) return;
      mark.lastIndex = end + 1;
    } else if (found[0] === '{' || found[0] === '[') {
      if (depth === 0) from = found.index;
      depth += 1;
    } else {
      depth -= 1;
      if (depth < 0) return;
      if (depth > 0) continue;
      const at = `${place}[${index}]`;
      try {
        yield { kind: 'value', place: at, value: JSON.parse(text.slice(from, found.index + 1)) };
      } catch (error) {
        yield unreadable(at, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
        return;
      }
      index += 1;
    }
  }
}

/** Where the string ends that begins at a quote, or -1. A regular expression would need a stack as long as the string. */
const endOfString = (text: string, from: number): number => {
  for (let quote = text.indexOf('"', from + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return -1;
};
