import type { Condition } from './condition.ts';
import { parseOperator } from './operators.ts';
import { isJsonObject } from './record.ts';

/** An event that a rule names; without a name, any event of the source. */
export type NamedEvent = { readonly source: string; readonly name?: string };

/** Every event that `events` of a rule names: one for each name, and one without a name for all of a source. */
export const namedEvents = (events: Readonly<Record<string, '*' | readonly string[]>>): readonly NamedEvent[] =>
  Object.entries(events).flatMap(([source, names]) =>
    names === '*' ? [{ source }] : names.map((name) => (name.endsWith('*') ? { source } : { source, name })),
  );

/** What a condition comes to on every record of an event, or `undefined` where that depends on the rest of the record. */
export const outcomeOn = (condition: Condition, event: NamedEvent): boolean | undefined => {
  if ('all' in condition) return joined(condition.all, event, false);
  if ('any' in condition) return joined(condition.any, event, true);
  if ('not' in condition) {
    const inner = outcomeOn(condition.not, event);
    return inner === undefined ? undefined : !inner;
  }
  // The value of a list, another field or a shared condition is not known here.
  if (!('fact' in condition) || isJsonObject(condition.value)) return undefined;
  const text =
    condition.fact === 'eventSource' ? event.source : condition.fact === 'eventName' ? event.name : undefined;
  if (text === undefined) return undefined;
  return parseOperator(condition.operator)?.compile(condition.value, () => () => false)(text);
};

/** Three-valued: one part decides a whole that it outweighs, and an unknown one leaves it open. */
const joined = (parts: readonly Condition[], event: NamedEvent, decisive: boolean): boolean | undefined => {
  const outcomes = parts.map((part) => outcomeOn(part, event));
  if (outcomes.includes(decisive)) return decisive;
  return outcomes.includes(undefined) ? undefined : !decisive;
};
