import type { References } from './compile.ts';
import { type Condition, childrenOf } from './condition.ts';
import { messageOf } from './errors.ts';
import { type Explanation, explain } from './explain.ts';
import { isJsonObject } from './record.ts';
import type { Rule } from './rule.ts';
import { compileRules, coversEvent } from './rule-index.ts';
import { type RuleCase, type RuleTest, recordOfCase } from './rule-test.ts';

/** What became of one case; `why` says what is wrong where it did not pass. */
export type CaseResult = { readonly name: string; readonly passed: boolean; readonly why?: string };

/** A leaf that the cases of a rule never showed to be true, or never false. */
export type UncoveredLeaf = { readonly path: string; readonly says: string; readonly never: boolean };

export type RuleTestResult = { readonly cases: readonly CaseResult[]; readonly uncovered: readonly UncoveredLeaf[] };

/** Runs a rule's cases and measures condition coverage: every leaf must be seen both true and false. */
export const runRuleTest = async (
  rule: Rule,
  test: RuleTest,
  fixtures: ReadonlyMap<string, unknown>,
  content: References,
): Promise<RuleTestResult> => {
  const references = { ...content, lists: new Map([...content.lists, ...Object.entries(test.lists)]) };
  const seen = new Map<string, Set<boolean>>();
  const cases: CaseResult[] = [];
  for (const each of test.cases) {
    try {
      cases.push(await runCase(rule, each, test, fixtures, references, seen));
    } catch (error) {
      cases.push({ name: each.name, passed: false, why: messageOf(error) });
    }
  }
  return { cases, uncovered: uncoveredLeaves(rule, seen) };
};

const runCase = async (
  rule: Rule,
  each: RuleCase,
  test: RuleTest,
  fixtures: ReadonlyMap<string, unknown>,
  references: References,
  seen: Map<string, Set<boolean>>,
): Promise<CaseResult> => {
  const name = each.fixture ?? test.fixture;
  if (!fixtures.has(name)) throw new TypeError(`there is no rules/fixtures/${name}.json`);
  const record = recordOfCase(fixtures.get(name), each);
  if (!isJsonObject(record)) throw new TypeError(`rules/fixtures/${name}.json is not a record`);

  let matched = false;
  const matcher = compileRules([rule], references);
  matcher.forEachCandidate(record, (candidate) => {
    matched ||= candidate.matches(record);
  });
  const explanation = await explain(rule.conditions, record, references);
  const isItsEvent =
    rule.events === undefined || coversEvent(rule.events, String(record.eventSource), String(record.eventName));
  if (isItsEvent) noteLeaves(rule.conditions, explanation, 'conditions', seen);
  if (matched !== (isItsEvent && explanation.holds)) {
    throw new TypeError(`the compiled rule ${matched ? 'matches' : 'does not match'} and json-rules-engine disagrees`);
  }
  if (matched === each.matches) return { name: each.name, passed: true };
  const because = isItsEvent ? '' : ` (${record.eventSource} ${record.eventName} is not among its events)`;
  return {
    name: each.name,
    passed: false,
    why: `expected ${each.matches ? 'a match' : 'no match'}, got ${matched ? 'one' : `none${because}`}`,
  };
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
