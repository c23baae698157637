import type { Suppression } from '../engine/suppression.ts';
import { isoTime } from '../engine/utc.ts';
import type { ListEntry } from './list-entry.ts';
import type { ReadLogs } from './replay-sides.ts';
import { daysOf, type Told, timesOf } from './told.ts';
import { type Traits, traitsOf } from './traits.ts';
import type { Pattern } from './tune-patterns.ts';
import type { Refusal } from './tune-terms.ts';

type OfRule = { readonly rule: string; readonly alerts: number };

/** What speaks for a proposal. Times are ISO 8601. */
export type Evidence = {
  /** Alerts that were not there in a replay with the proposal, of all that the rule made. */
  readonly silenced: readonly (OfRule & { readonly of: number })[];
  /** Alerts that were there only then: some rules are quiet while a list is empty. */
  readonly added: readonly OfRule[];
  readonly days: number;
  readonly first: string;
  readonly last: string;
  /** Some of the records. */
  readonly events: readonly string[];
  readonly traits: Traits;
  /** What was another one each time, so that the proposal does not name it. */
  readonly varying: readonly string[];
  /** Other rules that alert because of the same principals: much of that is no ordinary day. */
  readonly alsoSetOff: readonly string[];
};

export type Proposal = { readonly evidence: Evidence } & (
  | { readonly kind: 'suppression'; readonly principal: string; readonly suppression: Suppression }
  | ({ readonly kind: 'list entry' } & ListEntry)
);

export type TuneReport = {
  readonly logs: ReadLogs;
  readonly weeks: number;
  /** Alerts a week as it is, and with all that is proposed. */
  readonly alertsPerWeek: { readonly before: number; readonly after: number };
  readonly proposals: readonly Proposal[];
  readonly refused: readonly Refusal[];
};

const maxEvents = 3;

/** Alerts that a proposal takes away, and those that it adds. */
export type Effect = { readonly lost: ReadonlySet<Told>; readonly gained: ReadonlySet<Told> };

/** The evidence for a proposal with an effect; a pattern knows more of what it was made of than the alerts do. */
export const evidenceFor = (effect: Effect, all: readonly Told[], pattern?: Pattern): Evidence => {
  const lost = [...effect.lost];
  const silenced = perRule(lost).map((each) => ({
    ...each,
    of: all.filter(({ isAlert, rule }) => isAlert && rule === each.rule).length,
  }));
  const principals = new Set(lost.map(({ principal }) => principal));
  const others = all.filter(
    ({ isAlert, principal, rule }) =>
      isAlert && principals.has(principal) && !silenced.some((each) => each.rule === rule),
  );
  return {
    silenced,
    added: perRule([...effect.gained]),
    days: pattern?.days.size ?? daysOf(lost).size,
    ...(pattern === undefined ? timesOf(lost) : { first: isoTime(pattern.firstTime), last: isoTime(pattern.lastTime) }),
    events: pattern?.events ?? lost.flatMap(({ events }) => [...events].slice(0, 1)).slice(0, maxEvents),
    traits: pattern?.traits.all() ?? traitsOf(lost.map(({ record }) => record)),
    varying: [...(pattern?.varying ?? [])],
    alsoSetOff: [...new Set(others.map(({ rule }) => rule))].sort(),
  };
};

const perRule = (told: readonly Told[]): readonly OfRule[] =>
  [...Map.groupBy(told, ({ rule }) => rule)]
    .map(([rule, alerts]) => ({ rule, alerts: alerts.length }))
    .sort((one, other) => other.alerts - one.alerts || (one.rule < other.rule ? -1 : 1));
