import { withoutEnd } from '../engine/hidden-attacks.ts';
import { plural } from '../engine/plural.ts';
import { hasConditions } from '../engine/rule.ts';
import { runRuleTest } from '../engine/rule-cases.ts';
import { allRulesOf, type RuleSet } from '../engine/rule-set.ts';
import type { Suppression } from '../engine/suppression.ts';
import { isAbout } from '../engine/suppression-reach.ts';
import type { Pattern } from './tune-patterns.ts';
import { type Refusal, type Terms, tooFewDays, whyNever } from './tune-terms.ts';

export type SuppressionCandidate = {
  readonly kind: 'suppression';
  readonly pattern: Pattern;
  readonly suppression: Suppression;
};

/** Suppressions for what is alike and seen on enough days, as narrow as they come; what never is proposed is refused with the reason. */
export const draftSuppressions = (
  patterns: readonly { readonly wide: Pattern; readonly narrow: readonly Pattern[] }[],
  terms: Terms,
): { readonly candidates: readonly SuppressionCandidate[]; readonly refusals: readonly Refusal[] } => {
  const candidates: SuppressionCandidate[] = [];
  const refusals: Refusal[] = [];
  for (const { wide, narrow } of patterns) {
    const few = isUsual(wide, terms) ? undefined : tooFewDays(wide.days.size, terms.minDays);
    const why = whyNoSuppression(wide) ?? few;
    if (why !== undefined) {
      refusals.push({ what: nameOfPattern(wide), alerts: wide.alerts.size, why });
      continue;
    }
    const usual = narrow.filter((pattern) => isUsual(pattern, terms));
    const chosen = usual.length > 0 ? usual : [wide];
    for (const pattern of chosen)
      candidates.push({ kind: 'suppression', pattern, suppression: suppressionOf(pattern, terms) });
    const left = new Set(narrow).difference(new Set(usual));
    if (usual.length > 0 && left.size > 0) refusals.push(refusalOfRest(wide, [...left], terms));
  }
  return { candidates, refusals };
};

export const nameOfPattern = ({ rule, principal }: Pattern): string => `${rule.id} by ${principal}`;

const isUsual = ({ days }: Pattern, { minDays }: Terms): boolean => days.size >= minDays;

const refusalOfRest = (wide: Pattern, rest: readonly Pattern[], terms: Terms): Refusal => ({
  what: `${nameOfPattern(wide)}, other than what is proposed`,
  alerts: new Set(rest.flatMap(({ alerts }) => [...alerts])).size,
  why: `each of ${plural(rest.length, 'thing')} seen on fewer than ${plural(terms.minDays, 'day')}`,
});

/** Why no suppression is ever proposed for some matches, if it is not. */
const whyNoSuppression = ({ rule, isRoot, who }: Pattern): string | undefined => {
  if (isRoot) return whyNever.root;
  if (rule.severity === 'critical') return whyNever.critical;
  return who.length === 0 ? whyNever.nobody : undefined;
};

const suppressionOf = (pattern: Pattern, { owner, expires }: Terms): Suppression => {
  const { rule, who, common, alerts, days } = pattern;
  const isOneEvent = hasConditions(rule) && Object.values(rule.events ?? {}).flat().length === 1;
  const fields = [...common].filter(([field]) => field !== 'eventName' || !isOneEvent);
  return {
    rule: rule.id,
    when: { all: [...who, ...fields.map(([fact, value]) => ({ fact, operator: 'equal', value }))] },
    reason: `Proposed by trailwire tune: ${plural(alerts.size, 'alert')} on ${plural(days.size, 'day')}. Say why this is expected.`,
    owner,
    expires,
  };
};

/** The case of an attack that a suppression would hide, as a sentence, if there is one. */
export const hiddenCase = async (suppression: Suppression, ruleSet: RuleSet): Promise<string | undefined> => {
  const suppressions = [withoutEnd(suppression)];
  const isReached = reachOf(suppression, ruleSet);
  for (const rule of allRulesOf(ruleSet)) {
    const test = ruleSet.tests.get(rule.id);
    if (test === undefined || !isReached.has(rule.id)) continue;
    const { cases } = await runRuleTest(rule, test, ruleSet.fixtures, { ...ruleSet, suppressions });
    const hidden = cases.find(({ hiddenBy = [] }) => hiddenBy.length > 0);
    if (hidden !== undefined) return `would hide the attack "${hidden.name}" of the test of ${rule.id}`;
  }
  return undefined;
};

/** The rules that a suppression speaks of, and those that count them. */
export const reachOf = (suppression: Suppression, ruleSet: RuleSet): ReadonlySet<string> => {
  const all = allRulesOf(ruleSet);
  const reached = new Set(all.filter((rule) => isAbout(suppression, rule)).map(({ id }) => id));
  for (const id of reached) for (const rule of all) if (rule.correlation?.rules?.includes(id)) reached.add(rule.id);
  return reached;
};
