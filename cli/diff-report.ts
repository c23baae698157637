import { allRulesOf, type RuleSet } from '../engine/rule-set.ts';
import { type Severity, severityId } from '../engine/severity.ts';
import { isoTime } from '../engine/utc.ts';
import { compareTold, type RuleChange } from './compare-told.ts';
import { alertsPerWeek, weeksIn } from './per-week.ts';
import type { ReadLogs } from './replay-sides.ts';
import { type Told, type ToldCollector, timesOf } from './told.ts';

/** A rule set with what it says of the logs. */
export type ComparedSide = { readonly name: string; readonly ruleSet: RuleSet; readonly told: ToldCollector };

export type Counted = { readonly findings: number; readonly alerts: number; readonly responses: number };
export type BeforeAndAfter<Value> = { readonly before: Value; readonly after: Value };

/** Findings of one rule and principal. Times are ISO 8601. */
export type OfPrincipal = {
  readonly principal: string;
  readonly findings: number;
  readonly first: string;
  readonly last: string;
  /** What the first of them says, and a record of it. */
  readonly message: string;
  readonly event: string;
};

export type RuleDifference = {
  readonly rule: string;
  /** What became of the rule itself; one that is the same differs by a list, a shared condition, a suppression or what it counts. */
  readonly is: 'new' | 'gone' | 'edited' | 'the same';
  readonly severity: BeforeAndAfter<Severity | undefined>;
  readonly counts: BeforeAndAfter<Counted>;
  readonly gained: number;
  readonly lost: number;
  readonly added: readonly OfPrincipal[];
  readonly removed: readonly OfPrincipal[];
  /** Suppressions that cover what is removed, in words. */
  readonly suppressedBy: readonly string[];
};

/** What a change of the rules does to what people are told. */
export type DiffReport = {
  readonly logs: Omit<ReadLogs, 'from' | 'until'> & {
    readonly from?: string;
    readonly until?: string;
    /** Never less than one: see `weeksIn`. */
    readonly weeks: number;
  };
  readonly names: BeforeAndAfter<string>;
  readonly counts: BeforeAndAfter<Counted>;
  readonly alertsPerWeek: BeforeAndAfter<number>;
  readonly gained: number;
  readonly lost: number;
  readonly rules: readonly RuleDifference[];
  /** Rules that are new, gone or edited where these logs show no difference: those that find something in them, and those that do not. */
  readonly unchanged: readonly string[];
  readonly untried: readonly string[];
};

/** Sums up the comparison of two replays of the same logs. */
export const reportDifference = (before: ComparedSide, after: ComparedSide, logs: ReadLogs): DiffReport => {
  const { from, until, ...counted } = logs;
  const weeks = weeksIn(logs);
  const [toldBefore, toldAfter] = [before.told.all(), after.told.all()];
  const changes = compareTold(toldBefore, toldAfter);
  const files = compareFiles(before.ruleSet, after.ruleSet);
  const rules = changes
    .map((change) => differenceOf(change, files.get(change.rule) ?? 'the same', before, after))
    .filter(isDifferent)
    .sort(mostLostFirst);
  const [found, different] = [new Set(changes.map(({ rule }) => rule)), new Set(rules.map(({ rule }) => rule))];
  const others = [...files.keys()].filter((rule) => !different.has(rule)).sort();
  return {
    logs: {
      ...counted,
      ...(from === undefined ? {} : { from: isoTime(from) }),
      ...(until === undefined ? {} : { until: isoTime(until) }),
      weeks: Math.round(weeks * 100) / 100,
    },
    names: { before: before.name, after: after.name },
    counts: { before: countOf(toldBefore), after: countOf(toldAfter) },
    alertsPerWeek: { before: alertsPerWeek(toldBefore, weeks), after: alertsPerWeek(toldAfter, weeks) },
    gained: rules.reduce((all, { gained }) => all + gained, 0),
    lost: rules.reduce((all, { lost }) => all + lost, 0),
    rules,
    unchanged: others.filter((rule) => found.has(rule)),
    untried: others.filter((rule) => !found.has(rule)),
  };
};

/** Rule id -> what became of its file, for those that changed. */
const compareFiles = (before: RuleSet, after: RuleSet): ReadonlyMap<string, RuleDifference['is']> => {
  const textsOf = (ruleSet: RuleSet) => new Map(allRulesOf(ruleSet).map((rule) => [rule.id, JSON.stringify(rule)]));
  const [old, now] = [textsOf(before), textsOf(after)];
  const changes = new Map<string, RuleDifference['is']>();
  for (const [id, text] of now) if (old.get(id) !== text) changes.set(id, old.has(id) ? 'edited' : 'new');
  for (const id of old.keys()) if (!now.has(id)) changes.set(id, 'gone');
  return changes;
};

const countOf = (told: readonly Told[]): Counted => ({
  findings: told.length,
  alerts: told.filter(({ isAlert }) => isAlert).length,
  responses: told.reduce((all, { responses }) => all + responses, 0),
});

const differenceOf = (
  { rule: id, before, after, added, removed, gained, lost }: RuleChange,
  is: RuleDifference['is'],
  old: ComparedSide,
  now: ComparedSide,
): RuleDifference => ({
  rule: id,
  is,
  severity: { before: severityIn(old.ruleSet, id), after: severityIn(now.ruleSet, id) },
  counts: { before: countOf(before), after: countOf(after) },
  gained: gained.length,
  lost: lost.length,
  added: byPrincipal(added),
  removed: byPrincipal(removed),
  suppressedBy: suppressionsBehind(removed, now),
});

const severityIn = (ruleSet: RuleSet, id: string): Severity | undefined =>
  allRulesOf(ruleSet).find((rule) => rule.id === id)?.severity;

const byPrincipal = (told: readonly Told[]): readonly OfPrincipal[] =>
  [...Map.groupBy(told, ({ principal }) => principal)]
    .map(([principal, all]) => {
      const [first] = all;
      return {
        principal,
        findings: all.length,
        ...timesOf(all),
        message: first?.message ?? '',
        event: [...(first?.events ?? [])].at(-1) ?? '',
      };
    })
    .sort((one, other) => other.findings - one.findings || (one.principal < other.principal ? -1 : 1));

const suppressionsBehind = (removed: readonly Told[], { ruleSet, told }: ComparedSide): readonly string[] => {
  const found = removed.flatMap((each) => told.suppressionsOf(each, ruleSet));
  return [...new Set(found.map(({ reason, owner, expires }) => `${reason} (${owner}, until ${expires})`))].sort();
};

const isDifferent = ({ added, removed, gained, lost, severity, counts }: RuleDifference): boolean =>
  added.length + removed.length + gained + lost > 0 ||
  severity.before !== severity.after ||
  counts.before.findings !== counts.after.findings ||
  counts.before.responses !== counts.after.responses;

const mostLostFirst = (one: RuleDifference, other: RuleDifference): number =>
  other.lost - one.lost ||
  other.gained - one.gained ||
  worstOf(other) - worstOf(one) ||
  (one.rule < other.rule ? -1 : 1);

const worstOf = ({ severity: { before, after } }: RuleDifference): number =>
  Math.max(...[before, after].map((each) => (each === undefined ? 0 : severityId(each))));
