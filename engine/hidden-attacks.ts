import { type Condition, visitCondition } from './condition.ts';
import { createDetector, type DetectorContent } from './detector.ts';
import type { CloudTrailRecord } from './record.ts';
import { type AnyRule, hasConditions } from './rule.ts';
import { runSequence, withSources } from './rule-sequence.ts';
import type { RuleCase } from './rule-test.ts';
import type { Suppression } from './suppression.ts';
import { isAbout } from './suppression-reach.ts';

/** Whether a case holds out against the suppressions; where one hides its attack, `hiddenBy` has it and `why` how to narrow it. */
export type Hiding = {
  readonly passed: boolean;
  readonly why?: string;
  readonly hiddenBy?: readonly Suppression[];
};

/** A day that no record is after: what a suppression hides while it works must not depend on when a fixture is from. */
const endless = '9999-12-31';

/** The suppressions that speak of a rule or of what it counts, without their end. */
export const suppressionsOf = (
  rule: AnyRule,
  content: Pick<DetectorContent, 'rules' | 'correlationRules'> & Partial<Pick<DetectorContent, 'suppressions'>>,
): readonly Suppression[] => {
  const sources = withSources(rule, content);
  const rules: readonly AnyRule[] = [...sources.rules, ...sources.correlationRules];
  return (content.suppressions ?? [])
    .filter((suppression) => rules.some((each) => isAbout(suppression, each)))
    .map(withoutEnd);
};

/** The suppression as it is while it works. */
export const withoutEnd = (suppression: Suppression): Suppression => ({ ...suppression, expires: endless });

/** Runs a case, which passes without suppressions, with those of the content: none may hide an attack that does not say so. */
export const runHidden = async (
  rule: AnyRule,
  each: RuleCase,
  recordsOf: () => readonly CloudTrailRecord[],
  content: DetectorContent,
): Promise<Hiding> => {
  const { matches = false, findings = 0, suppressed: isMeant = false } = each;
  if (!(matches || findings > 0) || (content.suppressions.length === 0 && !isMeant)) return { passed: true };
  const hiddenBy = await (each.sequence === undefined
    ? hidingRecords(rule, recordsOf(), content)
    : hidingSequence(rule, recordsOf(), findings, content));
  if (hiddenBy.length > 0 === isMeant) return { passed: true };
  if (isMeant) return { passed: false, why: 'says that it is suppressed, and no suppression hides it' };
  const why = `${renderHiding(hiddenBy)}; where it is meant, say "suppressed": true in this case`;
  return { passed: false, why, hiddenBy };
};

const hidingSequence = async (
  rule: AnyRule,
  records: readonly CloudTrailRecord[],
  expected: number,
  content: DetectorContent,
): Promise<readonly Suppression[]> => {
  const { findings, suppressed } = await runSequence(rule, records, content);
  return findings < expected ? suppressed : [];
};

const hidingRecords = async (
  rule: AnyRule,
  records: readonly CloudTrailRecord[],
  content: DetectorContent,
): Promise<readonly Suppression[]> => {
  const detector = createDetector({ ...content, rules: hasConditions(rule) ? [rule] : [], correlationRules: [] });
  const found: Suppression[] = [];
  for (const record of records) {
    const { suppressed, failures } = await detector.detect({ record }, 0, async () => ({ is: 'repeat' }));
    for (const failure of failures) throw failure;
    found.push(...suppressed.map(({ suppression }) => suppression));
  }
  return found;
};

/** Which suppressions, and how to narrow them, as one sentence. */
export const renderHiding = (suppressions: readonly Suppression[]): string => {
  const names = suppressions.map(({ reason, owner }) => `${JSON.stringify(reason)} (${owner})`);
  const isAboutSomebody = suppressions.flatMap(({ when }) => factsOf(when)).some(isOfCaller);
  const advice = isAboutSomebody
    ? 'let its "when" ask for exact values, or for one more field'
    : 'let its "when" ask who it is, such as {"fact": "userIdentity.sessionContext.sessionIssuer.arn", "operator": "equal", ...}';
  return `hidden by the suppression ${names.join(' and ')}: ${advice}`;
};

const isOfCaller = (fact: string): boolean => fact.startsWith('userIdentity.');

const factsOf = (condition: Condition): readonly string[] => {
  const facts: string[] = [];
  visitCondition(condition, 'when', (node) => {
    if ('fact' in node) facts.push(node.fact);
  });
  return facts;
};
