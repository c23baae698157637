import type { DetectorContent } from '../engine/detector.ts';
import { RuleError } from '../engine/errors.ts';
import type { SourceFile } from '../engine/rule-files.ts';
import { parseRuleSet, type RuleSet } from '../engine/rule-set.ts';
import { readRuleFiles } from './read-rules.ts';

/** Rules without a single problem. Throws RuleError with all of them otherwise: nobody should trust a replay of half a rule set. */
export const loadRules = (folder: string): RuleSet => ruleSetOf(readRuleFiles(folder), folder);

/** The rules in files that were read from a place, which problems are named after. Throws as `loadRules` does. */
export const ruleSetOf = (files: readonly SourceFile[], place: string): RuleSet => {
  const { ruleSet, problems } = parseRuleSet(files);
  if (problems.length === 0) return ruleSet;
  const placed = problems.map((problem) => ({ ...problem, file: `${place}/${problem.file}` }));
  throw new RuleError('RULE_INVALID', placed);
};

/** What a detector takes of a rule set. Its tests and fixtures are some MB that a replay would keep, and each thread wait for. */
export const contentOf = ({
  rules,
  correlationRules,
  suppressions,
  conditions,
  lists,
}: DetectorContent): DetectorContent => ({
  rules,
  correlationRules,
  suppressions,
  conditions,
  lists,
});
