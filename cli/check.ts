import { renderProblem } from '../engine/errors.ts';
import { lintRuleSet } from '../engine/rule-lint.ts';
import { expiredSuppressions, parseRuleSet } from '../engine/rule-set.ts';
import { createEventCatalog } from './event-catalog.ts';
import type { Io } from './io.ts';
import { readRuleFiles } from './read-rules.ts';

/** `trailwire check`: every problem of every file below the rules folder; 1 when there is any. */
export const check = ({ rules: folder }: { readonly rules: string }, io: Io): number => {
  const { ruleSet, problems } = parseRuleSet(readRuleFiles(folder));
  const all = [...problems, ...lintRuleSet(ruleSet, createEventCatalog()), ...expiredSuppressions(ruleSet, io.now())];
  for (const problem of all) io.out(`${folder}/${renderProblem(problem)}`);
  const files = new Set(all.map(({ file }) => file)).size;
  io.err(
    all.length === 0
      ? `${ruleSet.rules.length} rules, ${ruleSet.suppressions.length} suppressions: fine`
      : `${all.length} problems in ${files} files; ${ruleSet.rules.length} rules are usable`,
  );
  return all.length === 0 ? 0 : 1;
};
