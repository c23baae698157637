import type { Condition } from '../../engine/condition.ts';
import { conditionOfDetection, type Detection } from './detection.ts';
import { attempt, type Draft, isNamed } from './draft.ts';
import { refuseOtherLogs } from './import-rule.ts';
import { Refusal } from './refusal.ts';
import type { SigmaFilter } from './sigma-document.ts';

/** Filters are added to the rules that they speak of: Sigma joins the two conditions by "and". */
export const importFilters = (drafts: readonly Draft[]): ((rule: Draft) => readonly Condition[]) => {
  const filters = drafts.flatMap((draft) => {
    if (draft.document?.kind !== 'filter') return [];
    const { value } = draft.document;
    let condition: Condition | undefined;
    attempt(draft, () => {
      refuseOtherLogs(value);
      refuseStrangers(value, drafts);
      const { rules: _, ...detection } = value.filter;
      condition = conditionOfDetection(detection as Detection);
    });
    return condition === undefined ? [] : [{ draft, value, condition }];
  });
  return (rule) =>
    filters.flatMap(({ value, condition, draft }) => {
      const { rules } = value.filter;
      if (rules !== undefined && !rules.some((reference) => reference === 'any' || isNamed(rule, reference))) return [];
      draft.notes.push(`is part of ${rule.id}`);
      if (!('not' in condition))
        draft.notes.push('lets through only what it describes; one that leaves it out has "not" in front');
      return [condition];
    });
};

const refuseStrangers = ({ filter: { rules = [] } }: SigmaFilter, drafts: readonly Draft[]): void => {
  for (const reference of rules) {
    if (reference !== 'any' && !drafts.some((draft) => isNamed(draft, reference))) {
      throw new Refusal(`speaks of "${reference}", which is not among the files; import them together`);
    }
  }
};
