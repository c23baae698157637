import type { AnyRule } from '../rule.ts';
import type { CorrelatorContent } from './correlator.ts';

const learns = ({ correlation }: AnyRule): boolean =>
  correlation?.type === 'new_value' || correlation?.type === 'spike';

/** The correlations that learn what is usual, and the rules whose matches they count. */
export const learningRulesOf = ({ rules, correlationRules }: CorrelatorContent): CorrelatorContent => {
  const counted = new Set(
    [...rules, ...correlationRules].filter(learns).flatMap(({ id, correlation }) => correlation?.rules ?? [id]),
  );
  return {
    rules: rules.filter((rule) => learns(rule) || counted.has(rule.id)),
    correlationRules: correlationRules.filter((rule) => learns(rule) || counted.has(rule.id)),
  };
};
