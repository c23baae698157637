import { relative } from 'node:path';
import { renderHiding, suppressionsOf, withoutEnd } from '../engine/hidden-attacks.ts';
import { plural } from '../engine/plural.ts';
import type { AnyRule } from '../engine/rule.ts';
import { runRuleTest } from '../engine/rule-cases.ts';
import { allRulesOf, parseRuleSet, type RuleSet } from '../engine/rule-set.ts';
import { oneLine } from '../engine/template.ts';
import { renderProblemIn } from './check.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Io } from './io.ts';
import { readRuleFiles } from './read-rules.ts';
import { lossesIn, sampleAttack } from './recorded-attack.ts';

export type TestOptions = {
  readonly rules: string;
  /** Logs of an attack, no alert of which may be suppressed; without it, the sample incident. */
  readonly attack?: string | undefined;
};

/**
 * `trailwire test [rule...]`: runs the cases of all rules, or of those named, demands full condition coverage, and that no
 * suppression hides an attack of a case or of recorded logs.
 */
export const test = async (names: readonly string[], options: TestOptions, io: Io): Promise<number> => {
  const { ruleSet, problems } = parseRuleSet(readRuleFiles(options.rules));
  const all = allRulesOf(ruleSet);
  const chosen = all.filter(({ id }) => names.length === 0 || names.includes(id));
  const known = new Set(all.map(({ id }) => id));
  // A file that nobody asked about is the business of `check`; what is shared may be why a rule is not known.
  const own = problems.filter(({ file }) => names.length === 0 || isShared(file) || names.includes(nameOf(file)));
  const missing = names.filter((name) => !known.has(name) && !own.some(({ file }) => nameOf(file) === name));
  for (const problem of own) io.out(renderProblemIn(options.rules, problem));
  for (const name of missing) io.out(`${name}: there is no such rule in ${options.rules}${didYouMean(name, known)}`);

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
    const mark = fine ? io.color('green', 'ok') : io.color('red', 'FAIL');
    io.out(`${mark}  ${rule.id}  ${plural(result.cases.length, 'case')}`);
    for (const { name, why } of failures) io.out(`      ${name}: ${why}`);
    for (const { path, says, never } of result.uncovered) io.out(`      ${path} was never ${never}: ${says}`);
  }
  const hidden = await hiddenAlerts(ruleSet, chosen, options.attack ?? sampleAttack, io);
  for (const line of hidden) io.out(`${io.color('red', 'FAIL')}  ${line}`);
  const bad = failed + own.length + missing.length + hidden.length;
  io.err(`${plural(chosen.length, 'rule')}, ${plural(cases, 'case')}, ${plural(bad, 'problem')}`);
  return bad === 0 ? 0 : 1;
};

/** What the suppressions hide of recorded logs, a line for each alert of the rules chosen; without suppressions nothing is read. */
const hiddenAlerts = async (
  ruleSet: RuleSet,
  chosen: readonly AnyRule[],
  attack: string,
  io: Io,
): Promise<readonly string[]> => {
  const reaching = new Map(chosen.map((rule) => [rule.id, suppressionsOf(rule, ruleSet)]));
  if ([...reaching.values()].every((found) => found.length === 0)) return [];
  const without = { ...ruleSet, suppressions: [] };
  const under = { ...ruleSet, suppressions: ruleSet.suppressions.map(withoutEnd) };
  const { lost, after } = await lossesIn(attack, without, under, io);
  return lost.flatMap((told) => {
    const [event = ''] = told.events;
    const found = after.suppressionsOf(told, ruleSet);
    // A correlation names only the first and last of its records: any of those that reach it may have taken others out.
    const hiding = found.length > 0 ? found : (reaching.get(told.rule) ?? []);
    if (!reaching.has(told.rule)) return [];
    return [oneLine(`${told.rule}  ${relative('.', attack)}, --event ${event}: ${renderHiding(hiding)}`, 500)];
  });
};

const nameOf = (file: string): string => file.replace(/^.*\//, '').replace(/(?:\.test)?\.json$/, '');
const isShared = (file: string): boolean => /^(?:conditions|lists|fixtures)\//.test(file);
