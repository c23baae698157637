import type { CloudTrailRecord } from '../engine/record.ts';
import type { Rule } from '../engine/rule.ts';
import { coversEvent } from '../engine/rules-by-event.ts';
import { eventOf } from './corpus.ts';

/** Whether the events of a rule, where it names any, have this record among them. */
export const isAbout = ({ events }: Rule, record: CloudTrailRecord): boolean =>
  events === undefined || coversEvent(events, String(record.eventSource), String(record.eventName));

/**
 * The index that anybody would build: what `make` makes of the rules for one (eventSource, eventName), and of the rules
 * without events, which are for every record. All that the records need is made beforehand.
 */
export const createEventIndex = <T>(
  rules: readonly Rule[],
  records: readonly CloudTrailRecord[],
  make: (rules: readonly Rule[]) => T,
): ((record: CloudTrailRecord) => readonly T[]) => {
  const pinned = rules.filter(({ events }) => events !== undefined);
  const unpinned = rules.filter(({ events }) => events === undefined);
  const forAll = unpinned.length === 0 ? [] : [make(unpinned)];
  const byEvent = new Map<string, readonly T[]>();
  for (const record of records) {
    const event = eventOf(record);
    if (byEvent.has(event)) continue;
    const about = pinned.filter((rule) => isAbout(rule, record));
    byEvent.set(event, about.length === 0 ? forAll : [make(about), ...forAll]);
  }
  return (record) => byEvent.get(eventOf(record)) ?? forAll;
};
