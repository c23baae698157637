import { messageOf } from '../engine/errors.ts';
import { type Input, unreadable } from './input.ts';
import { spansOf } from './json-spans.ts';

const opening = /^\uFEFF?\s*(?:\{\s*"Records"\s*:\s*)?\[/;

/**
 * The elements that are complete in a list whose text broke off: `{"Records":[{...},{...},{"event`, all in one line, as
 * CloudTrail writes it. Yields nothing for any other text.
 */
export function* completeElements(text: string, place: string): Generator<Input> {
  const list = opening.exec(text);
  if (list === null) return;
  let index = 0;
  for (const { start, end } of spansOf(text, list[0].length)) {
    const at = `${place}[${index}]`;
    index += 1;
    try {
      yield { kind: 'value', place: at, value: JSON.parse(text.slice(start, end)) };
    } catch (error) {
      yield unreadable(at, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
      return;
    }
  }
}
