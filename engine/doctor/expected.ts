import type { EventPattern } from '../pattern.ts';
import type { Rule } from '../rule.ts';
import { type EventKind, kindOfEvent } from './event-kind.ts';

/** What the rules ask of an account: the events they name, and the subscriptions made of them. */
export type Expected = {
  readonly rules: readonly Pick<Rule, 'id' | 'events'>[];
  readonly subscriptions: readonly ExpectedSubscription[];
};

/** `key` ends the name of the subscription, and says which pattern it has; `rules` are the ids of those that ask for what it passes. */
export type ExpectedSubscription = {
  readonly key: string;
  readonly pattern: EventPattern;
  readonly rules: readonly string[];
};

/** Ids of the rules that name an event of which `isLost` holds; a name may be the beginning of one, `''` stands for any. */
export const rulesLosing = (
  { rules }: Expected,
  isLost: (source: string, name: string) => boolean,
): readonly string[] =>
  rules.filter(({ events }) => eventsOf(events).some(([source, name]) => isLost(source, name))).map(({ id }) => id);

/** As `rulesLosing`, by the kinds of the events. */
export const rulesLosingKind = (
  expected: Expected,
  isLost: (source: string, kind: EventKind) => boolean,
): readonly string[] =>
  rulesLosing(expected, (source, name) => kindsOf(source, name).some((kind) => isLost(source, kind)));

/** The kinds of the events that the rules name. */
export const kindsAskedFor = ({ rules }: Expected): readonly EventKind[] =>
  rules.flatMap(({ events }) => eventsOf(events).flatMap(([source, name]) => kindsOf(source, name)));

/** Who asks for all events of a source asks for reads and for writes. */
const kindsOf = (source: string, name: string): readonly EventKind[] =>
  name === '' ? [true, false].map((readOnly) => ({ of: 'management', readOnly })) : [kindOfEvent(source, name)];

const eventsOf = (events: Rule['events'] = {}): readonly (readonly [string, string])[] =>
  Object.entries(events).flatMap(([source, names]) =>
    names === '*' ? [[source, ''] as const] : names.map((name) => [source, name.replace(/\*$/, '')] as const),
  );
