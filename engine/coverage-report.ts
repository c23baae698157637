import { attackVersion, type TacticId, tactics, techniques } from './attack.ts';
import { controlIn } from './compliance.ts';
import { isNameOf } from './event-name.ts';
import type { Control, Framework } from './framework.ts';
import type { AnyRule, Rule } from './rule.ts';
import { allRulesOf, type RuleSet } from './rule-set.ts';

/** What became of something that somebody may ask for. "open": nothing serves it, and nobody says why. */
export type CoverageState = 'covered' | 'partly' | 'left out' | 'open';

/** Something that may be asked for: a control, a technique, a known detection. */
export type Covered = {
  readonly id: string;
  readonly title: string;
  readonly state: CoverageState;
  readonly rules: readonly string[];
  /** Events that it names and none of its rules sees, such as "iam.amazonaws.com CreateUser". */
  readonly unseen: readonly string[];
  /** Why no rule serves it. */
  readonly why?: string;
};

export type FrameworkCoverage = Omit<Framework, '$schema' | 'controls'> & {
  readonly name: string;
  readonly controls: readonly Covered[];
};

export type TacticCoverage = {
  readonly id: TacticId;
  readonly name: string;
  readonly rules: readonly string[];
  /** Each with the rules that name it or one of its sub-techniques. */
  readonly techniques: readonly Covered[];
};

export type FamilyCoverage = {
  readonly family: string;
  readonly title: string;
  readonly of: number;
  readonly detections: readonly Covered[];
};

/** What the rules cover, and what not with the reason: what an auditor asks for. */
export type CoverageReport = {
  /** How many rules make findings. */
  readonly rules: number;
  readonly frameworks: readonly FrameworkCoverage[];
  readonly attack: { readonly version: string; readonly tactics: readonly TacticCoverage[] };
  readonly detections: readonly FamilyCoverage[];
};

/** Sums up what a rule set covers. Rules that only count for others find nothing themselves and are left out. */
export const reportCoverage = (ruleSet: RuleSet): CoverageReport => {
  const rules = allRulesOf(ruleSet).filter(({ signal }) => !signal);
  return {
    rules: rules.length,
    frameworks: [...ruleSet.frameworks].map(([name, framework]) =>
      coverageOfFramework(name, framework, rules, ruleSet),
    ),
    attack: { version: attackVersion, tactics: coverageOfTactics(rules, ruleSet) },
    detections: coverageOfDetections(ruleSet),
  };
};

/** How many of a list are in each state. */
export const countStates = (
  list: readonly { readonly state: CoverageState }[],
): Readonly<Record<CoverageState, number>> => {
  const count = (state: CoverageState): number => list.filter((each) => each.state === state).length;
  return { covered: count('covered'), partly: count('partly'), 'left out': count('left out'), open: count('open') };
};

const coveredBy = (
  id: string,
  title: string,
  rules: readonly string[],
  why: string | undefined,
  unseen: readonly string[] = [],
): Covered => {
  if (rules.length > 0) return { id, title, state: unseen.length === 0 ? 'covered' : 'partly', rules, unseen };
  return why === undefined
    ? { id, title, state: 'open', rules, unseen }
    : { id, title, state: 'left out', rules, unseen, why };
};

const coverageOfFramework = (
  name: string,
  { title, version, source, scope, controls }: Framework,
  rules: readonly AnyRule[],
  { frameworks, ...ruleSet }: RuleSet,
): FrameworkCoverage => ({
  name,
  title,
  version,
  source,
  scope,
  controls: Object.entries(controls).map(([id, control]) => {
    const serving = rules.filter(({ compliance }) => compliance[name]?.includes(id)).map((rule) => rule.id);
    const { events = {} }: Partial<Control> = (control.sameAs && controlIn(frameworks, control.sameAs)) ?? control;
    return coveredBy(id, control.title, serving, control.leftOut, unseenEvents(events, serving, ruleSet.rules));
  }),
});

/** The events that none of the rules named sees; a rule about others, or on all events, sees whatever they do. */
export const unseenEvents = (
  events: NonNullable<Rule['events']>,
  ids: readonly string[],
  rules: readonly Rule[],
): readonly string[] => {
  const named = new Map(rules.map((rule) => [rule.id, rule.events] as const));
  const isSeen = (id: string, source: string, event: string): boolean => {
    const seen = named.get(id);
    if (seen === undefined) return true;
    const names = Object.hasOwn(seen, source) ? seen[source] : [];
    return names === '*' || (names ?? []).some((name) => isNameOf(name, event));
  };
  return Object.entries(events).flatMap(([source, names]) =>
    (names === '*' ? ['*'] : names)
      .filter((event) => !ids.some((id) => isSeen(id, source, event)))
      .map((event) => `${source} ${event}`),
  );
};

const coverageOfTactics = (
  rules: readonly AnyRule[],
  { coverageScope }: Pick<RuleSet, 'coverageScope'>,
): readonly TacticCoverage[] => {
  const all = Object.entries(techniques).map(([id, { name, tactics: serves }]) => {
    const naming = rules.filter(({ attack }) => attack.some((own) => own === id || own.startsWith(`${id}.`)));
    const [parent = ''] = id.split('.', 1);
    const why = coverageScope.techniques[id] ?? coverageScope.techniques[parent];
    const ids = naming.map((rule) => rule.id);
    return { serves, covered: coveredBy(id, name, ids, why) };
  });
  return (Object.entries(tactics) as [TacticId, string][]).map(([id, name]) => {
    const within = all.filter(({ serves }) => serves.includes(id)).map(({ covered }) => covered);
    return { id, name, rules: [...new Set(within.flatMap((technique) => technique.rules))], techniques: within };
  });
};

const coverageOfDetections = ({ coverage, coverageScope }: RuleSet): readonly FamilyCoverage[] =>
  Object.entries(coverageScope.families).map(([family, { title, of }]) => ({
    family,
    title,
    of,
    detections: Object.entries(coverage)
      .filter(([id]) => id.startsWith(family))
      .map(([id, { detects, rules = [], leftOut }]) => coveredBy(id, detects, rules, leftOut)),
  }));
