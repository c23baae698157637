import { type Condition, childrenOf } from './condition.ts';
import type { CorrelatorContent } from './correlation/correlator.ts';
import type { DetectorContent } from './detector.ts';
import { messageOf } from './errors.ts';
import { type Explanation, explain } from './explain.ts';
import { type Hiding, runHidden, suppressionsOf } from './hidden-attacks.ts';
import { onFirstUse } from './on-first-use.ts';
import { plural } from './plural.ts';
import { type CloudTrailRecord, isJsonObject } from './record.ts';
import type { References } from './reference.ts';
import { type AnyRule, hasConditions, type Rule } from './rule.ts';
import { compileRules, type Matcher } from './rule-index.ts';
import { recordsOfSequence, runSequence } from './rule-sequence.ts';
import { type RuleCase, type RuleStep, type RuleTest, recordOfCase } from './rule-test.ts';
import { isEventOf } from './rules-by-event.ts';

/** What became of one case; `why` says what is wrong where it did not pass. */
export type CaseResult = Hiding & { readonly name: string };

/** A leaf that the cases of a rule never showed to be true, or never false. */
export type UncoveredLeaf = { readonly path: string; readonly says: string; readonly never: boolean };

export type RuleTestResult = { readonly cases: readonly CaseResult[]; readonly uncovered: readonly UncoveredLeaf[] };

/**
 * Runs a rule's cases and measures condition coverage: every leaf must be seen both true and false. Cases of attacks are then run
 * with all suppressions, none of which may hide one that does not say so.
 */
export const runRuleTest = async (
  rule: AnyRule,
  test: RuleTest,
  fixtures: ReadonlyMap<string, unknown>,
  content: TestedContent,
): Promise<RuleTestResult> => {
  const lists = new Map([...content.lists, ...Object.entries(test.lists)]);
  const tested = { ...content, lists, suppressions: [] };
  const matcher = onFirstUse(() => compileRules(hasConditions(rule) ? [rule] : [], tested));
  const run: Run = { rule, test, fixtures, content: tested, matcher, seen: new Map() };
  const hiding = { ...tested, suppressions: suppressionsOf(rule, content) };
  const cases: CaseResult[] = [];
  for (const each of test.cases) {
    const { name } = each;
    try {
      const why = await (each.sequence === undefined ? runRecord(each, run) : runRecords(each, each.sequence, run));
      if (why !== undefined) cases.push({ name, passed: false, why });
      else cases.push({ name, ...(await runHidden(rule, each, () => recordsOf(each, run), hiding)) });
    } catch (error) {
      cases.push({ name, passed: false, why: messageOf(error) });
    }
  }
  return { cases, uncovered: hasConditions(rule) ? uncoveredLeaves(rule, run.seen) : [] };
};

/** What rules may refer to, other rules included, and the suppressions that must not hide what they find. */
export type TestedContent = References & CorrelatorContent & Partial<Pick<DetectorContent, 'suppressions'>>;

type Run = {
  readonly rule: AnyRule;
  readonly test: RuleTest;
  readonly fixtures: ReadonlyMap<string, unknown>;
  readonly content: DetectorContent;
  /** Of the rule alone. */
  readonly matcher: () => Matcher;
  readonly seen: Map<string, Set<boolean>>;
};

const fixtureIn = ({ fixtures, test }: Run, name = test.fixture): unknown => {
  if (!fixtures.has(name)) throw new TypeError(`there is no rules/fixtures/${name}.json`);
  return fixtures.get(name);
};

const recordIn = (run: Run, each: RuleCase): CloudTrailRecord => {
  const record = recordOfCase(fixtureIn(run, each.fixture), each);
  if (!isJsonObject(record))
    throw new TypeError(`rules/fixtures/${each.fixture ?? run.test.fixture}.json is not a record`);
  return record;
};

const recordsIn = (run: Run, sequence: readonly RuleStep[]): readonly CloudTrailRecord[] =>
  recordsOfSequence(sequence, (name) => fixtureIn(run, name));

const recordsOf = (each: RuleCase, run: Run): readonly CloudTrailRecord[] =>
  each.sequence === undefined ? [recordIn(run, each)] : recordsIn(run, each.sequence);

/** Why a case of one record does not pass, if it does not. */
const runRecord = async (each: RuleCase, run: Run): Promise<string | undefined> => {
  const { rule } = run;
  if (!hasConditions(rule)) throw new TypeError('a rule about others has no conditions; write a "sequence"');
  const record = recordIn(run, each);
  const { matched, isItsEvent } = await evaluate(rule, record, run);
  if (matched === each.matches) return undefined;
  const because = isItsEvent ? '' : ` (${record.eventSource} ${record.eventName} is not among its events)`;
  return `expected ${each.matches ? 'a match' : 'no match'}, got ${matched ? 'one' : `none${because}`}`;
};

/** Evaluates a record in both ways, which must agree, and notes what its leaves came to. */
const evaluate = async (
  rule: Rule,
  record: CloudTrailRecord,
  { matcher, content, seen }: Run,
): Promise<{ readonly matched: boolean; readonly isItsEvent: boolean }> => {
  let matched = false;
  matcher().forEachCandidate(record, (candidate) => {
    matched ||= candidate.matches(record);
  });
  const explanation = await explain(rule.conditions, record, content);
  const isItsEvent = isEventOf(record, rule);
  if (isItsEvent) noteLeaves(rule.conditions, explanation, 'conditions', seen);
  if (matched !== (isItsEvent && explanation.holds)) {
    throw new TypeError(`the compiled rule ${matched ? 'matches' : 'does not match'} and json-rules-engine disagrees`);
  }
  return { matched, isItsEvent };
};

/** Why a sequence does not pass, if it does not. */
const runRecords = async (
  { findings: expected }: RuleCase,
  sequence: readonly RuleStep[],
  run: Run,
): Promise<string | undefined> => {
  const { rule, content } = run;
  if (rule.correlation === undefined) throw new TypeError('the rule has no "correlation"; write single records');
  const records = recordsIn(run, sequence);
  if (hasConditions(rule)) for (const record of records) await evaluate(rule, record, run);
  const { findings, counted } = await runSequence(rule, records, content);
  if (findings === expected) return undefined;
  return `expected ${plural(expected ?? 0, 'finding')}, got ${findings} from ${plural(counted, 'record')} that counted of ${records.length}`;
};

/** A shared condition counts as one leaf: its own leaves have cases of their own in the rules that use it. */
const noteLeaves = (
  condition: Condition,
  explanation: Explanation,
  path: string,
  seen: Map<string, Set<boolean>>,
): void => {
  if ('condition' in condition || 'fact' in condition) {
    seen.set(path, (seen.get(path) ?? new Set()).add(explanation.holds));
    if ('fact' in condition && explanation.node === 'leaf') {
      for (const item of explanation.items ?? []) noteLeaves(condition.value as Condition, item, `${path}.value`, seen);
    }
    return;
  }
  for (const [index, { node, at }] of childrenOf(condition, path).entries()) {
    const child = explanation.node === 'leaf' ? undefined : explanation.of[index];
    if (child !== undefined) noteLeaves(node, child, at, seen);
  }
};

const uncoveredLeaves = (rule: Rule, seen: ReadonlyMap<string, ReadonlySet<boolean>>): readonly UncoveredLeaf[] => {
  const uncovered: UncoveredLeaf[] = [];
  const walk = (condition: Condition, path: string): void => {
    if ('condition' in condition || 'fact' in condition) {
      for (const outcome of [true, false]) {
        if (!seen.get(path)?.has(outcome)) uncovered.push({ path, says: JSON.stringify(condition), never: outcome });
      }
    }
    for (const { node, at } of childrenOf(condition, path)) walk(node, at);
  };
  walk(rule.conditions, 'conditions');
  return uncovered;
};
