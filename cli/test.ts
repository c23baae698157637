import { renderProblem } from '../engine/errors.ts';
import { runRuleTest } from '../engine/rule-cases.ts';
import { parseRuleSet } from '../engine/rule-set.ts';
import type { Io } from './io.ts';
import { readRuleFiles } from './read-rules.ts';

/** `trailwire test [rule...]`: runs the cases of all rules, or of those named, and demands full condition coverage. */
export const test = async (names: readonly string[], options: { readonly rules: string }, io: Io): Promise<number> => {
  const { ruleSet, problems } = parseRuleSet(readRuleFiles(options.rules));
  const chosen = ruleSet.rules.filter(({ id }) => names.length === 0 || names.includes(id));
  const known = new Set(ruleSet.rules.map(({ id }) => id));
  const unknown = names.filter((name) => !known.has(name));
  for (const problem of problems) io.out(`${options.rules}/${renderProblem(problem)}`);
  for (const name of unknown) io.out(`${name}: there is no such rule in ${options.rules}, or its file has problems`);

  let cases = 0;
  let failed = 0;
  for (const rule of chosen) {
    const ruleTest = ruleSet.tests.get(rule.id);
    if (ruleTest === undefined) continue;
    const result = await runRuleTest(rule, ruleTest, ruleSet.fixtures, ruleSet);
    const failures = result.cases.filter(({ passed }) => !passed);
    cases += result.cases.length;
    failed += failures.length + result.uncovered.length;
    const fine = failures.length === 0 && result.uncovered.length === 0;
    io.out(`${fine ? io.color('green', 'ok') : io.color('red', 'FAIL')}  ${rule.id}  ${result.cases.length} cases`);
    for (const { name, why } of failures) io.out(`      ${name}: ${why}`);
    for (const { path, says, never } of result.uncovered) io.out(`      ${path} was never ${never}: ${says}`);
  }
  const bad = failed + problems.length + unknown.length;
  io.err(`${chosen.length} rules, ${cases} cases, ${bad} problems`);
  return bad === 0 ? 0 : 1;
};
