import { RuleError } from '../engine/errors.ts';
import { parseRuleSet, type RuleSet } from '../engine/rule-set.ts';
import { readRuleFiles } from './read-rules.ts';

/** Rules without a single problem. Throws RuleError with all of them otherwise: nobody should trust a replay of half a rule set. */
export const loadRules = (folder: string): RuleSet => {
  const { ruleSet, problems } = parseRuleSet(readRuleFiles(folder));
  if (problems.length === 0) return ruleSet;
  const placed = problems.map((problem) => ({ ...problem, file: `${folder}/${problem.file}` }));
  throw new RuleError('RULE_INVALID', placed);
};
