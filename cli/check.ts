import { type Problem, renderProblem } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import { lintRuleSet } from '../engine/rule-lint.ts';
import { allRulesOf, expiredSuppressions, parseRuleSet } from '../engine/rule-set.ts';
import { createEventCatalog } from './event-catalog.ts';
import type { Io } from './io.ts';
import { readRuleFiles } from './read-rules.ts';
import { createRequestCatalog } from './request-catalog.ts';

/** `trailwire check`: every problem of every file below the rules folder; 1 when there is any. */
export const check = ({ rules: folder }: { readonly rules: string }, io: Io): number => {
  const { ruleSet, problems } = parseRuleSet(readRuleFiles(folder));
  const all = [
    ...problems,
    ...lintRuleSet(ruleSet, { ...createEventCatalog(), ...createRequestCatalog() }),
    ...expiredSuppressions(ruleSet, io.now()),
  ];
  for (const problem of all) io.out(renderProblemIn(folder, problem));
  const rules = plural(allRulesOf(ruleSet).length, 'rule');
  const files = plural(new Set(all.map(({ file }) => file)).size, 'file');
  io.err(
    all.length === 0
      ? `${rules}, ${plural(ruleSet.suppressions.length, 'suppression')}: fine`
      : `${plural(all.length, 'problem')} in ${files}; ${rules} can be used`,
  );
  return all.length === 0 ? 0 : 1;
};

/** A problem with the path that an editor opens. */
export const renderProblemIn = (folder: string, problem: Problem): string =>
  `${folder.replace(/\/+$/, '')}/${renderProblem(problem)}`;
