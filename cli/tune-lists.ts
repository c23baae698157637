import { readText } from '../engine/field.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { runRuleTest } from '../engine/rule-cases.ts';
import { allRulesOf, type RuleSet } from '../engine/rule-set.ts';
import type { RuleTest } from '../engine/rule-test.ts';
import type { ListEntry, ListSearch } from './list-entry.ts';
import { daysOf, type Told } from './told.ts';
import { type Refusal, type Terms, tooFewDays, whyNever } from './tune-terms.ts';

export type EntryCandidate = ListEntry & { readonly kind: 'list entry'; readonly alerts: number };

/** Entries that would silence alerts of enough days; what never is proposed is refused with the reason. */
export const draftEntries = (
  told: readonly Told[],
  search: ListSearch,
  { minDays }: Terms,
): { readonly candidates: readonly EntryCandidate[]; readonly refusals: readonly Refusal[] } => {
  const alerts = told.filter(({ isAlert }) => isAlert);
  const candidates: EntryCandidate[] = [];
  const refusals: Refusal[] = [];
  for (const { entry, silenced } of search.entriesFor(alerts)) {
    const days = daysOf(silenced).size;
    const few = days < minDays ? tooFewDays(days, minDays) : undefined;
    const why = whyNoEntry(entry, silenced) ?? few;
    if (why === undefined) candidates.push({ kind: 'list entry', ...entry, alerts: silenced.length });
    else refusals.push({ what: nameOfEntry(entry), alerts: silenced.length, why });
  }
  return { candidates, refusals };
};

export const nameOfEntry = ({ list, value }: ListEntry): string => `${value} in ${list}`;

/** Why an entry is never proposed that would silence some alerts, if it is not. */
const whyNoEntry = ({ list }: ListEntry, silenced: readonly Told[]): string | undefined => {
  if (silenced.some(({ record }) => readText(record, 'userIdentity.type') === 'Root')) return whyNever.root;
  const critical = silenced.find(({ severity }) => severity === 'critical');
  if (critical !== undefined) return `would silence ${critical.rule}, which is critical`;
  return list === 'automation-roles' && silenced.some(({ record }) => isUsedByPeople(record))
    ? 'people use this role'
    : undefined;
};

/** Whether a person made a call with a role: they come through Identity Center, the console or with MFA. */
const isUsedByPeople = (record: CloudTrailRecord): boolean =>
  readText(record, 'userIdentity.sessionContext.sessionIssuer.arn')?.includes(
    ':role/aws-reserved/sso.amazonaws.com/',
  ) === true ||
  readText(record, 'userIdentity.sessionContext.attributes.mfaAuthenticated') === 'true' ||
  readText(record, 'sessionCredentialFromConsole') === 'true';

/** The case of an attack that an entry would turn into something else, as a sentence, if there is one. */
export const caseHiddenByEntry = async ({ list, value }: ListEntry, ruleSet: RuleSet): Promise<string | undefined> => {
  const without = { ...ruleSet, suppressions: [] };
  for (const rule of allRulesOf(ruleSet)) {
    const test = ruleSet.tests.get(rule.id);
    // What no record of a test has cannot change what a test comes to, and most have nothing to do with the value.
    if (test === undefined || !textOf(test, ruleSet).includes(value)) continue;
    const values = [...(test.lists[list] ?? ruleSet.lists.get(list) ?? []), value];
    const listed = { ...test, lists: { ...test.lists, [list]: values } };
    const { cases: had } = await runRuleTest(rule, test, ruleSet.fixtures, without);
    const { cases: has } = await runRuleTest(rule, listed, ruleSet.fixtures, without);
    const changed = test.cases.find(
      ({ matches, findings = 0 }, index) => (matches || findings > 0) && had[index]?.passed && !has[index]?.passed,
    );
    if (changed !== undefined)
      return `would change what the attack "${changed.name}" of the test of ${rule.id} comes to`;
  }
  return undefined;
};

const textOf = ({ fixture, cases }: RuleTest, { fixtures }: RuleSet): string => {
  const steps = cases.flatMap((each) => [each, ...(each.sequence ?? [])]);
  const names = new Set([fixture, ...steps.flatMap((step) => step.fixture ?? [])]);
  return JSON.stringify([cases, [...names].map((name) => fixtures.get(name))]);
};
