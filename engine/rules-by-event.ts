import type { CloudTrailRecord } from './record.ts';
import type { Rule } from './rule.ts';

/** A rule among those of an event source, and the names of events there that it is about. */
export type PinnedRule = { readonly rule: Rule; readonly names: EventNames };
type EventNames = NonNullable<Rule['events']>[string];

/** Rules by the events they name. Rules that were read from a package are asked for one source at a time. */
export type RulesByEvent = {
  readonly ofSource: (source: string) => readonly PinnedRule[];
  /** Those that name no events. */
  readonly unpinned: readonly Rule[];
};

const none: readonly PinnedRule[] = [];

/** Rules by the events they name. */
export const groupByEvent = (rules: readonly Rule[]): RulesByEvent => {
  const sources = new Map<string, PinnedRule[]>();
  const unpinned: Rule[] = [];
  for (const rule of rules) {
    if (rule.events === undefined) unpinned.push(rule);
    for (const [source, names] of Object.entries(rule.events ?? {})) {
      const pinned = sources.get(source);
      if (pinned === undefined) sources.set(source, [{ rule, names }]);
      else pinned.push({ rule, names });
    }
  }
  return { ofSource: (source) => sources.get(source) ?? none, unpinned };
};

/** Whether a record is of an event that a rule is about. */
export const isEventOf = (record: CloudTrailRecord, { events }: Pick<Rule, 'events'>): boolean =>
  events === undefined || coversEvent(events, String(record.eventSource), String(record.eventName));

/** Whether a rule's `events` name this event. */
export const coversEvent = (events: NonNullable<Rule['events']>, source: string, name: string): boolean => {
  const names = Object.hasOwn(events, source) ? events[source] : undefined;
  return names !== undefined && coversName(names, name);
};

/** Whether the names are those of this event too. Spelling varies by service (`viewBilling`, `ViewBilling`): case is ignored. */
export const coversName = (names: EventNames, name: string): boolean => {
  if (names === '*') return true;
  const lower = name.toLowerCase();
  return names.some((expected) =>
    expected.endsWith('*') ? lower.startsWith(expected.slice(0, -1).toLowerCase()) : lower === expected.toLowerCase(),
  );
};
