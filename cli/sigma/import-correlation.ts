import { isJsonObject } from '../../engine/record.ts';
import type { RuleFile } from './import-rule.ts';
import { kebabOf } from './kebab.ts';
import { Refusal } from './refusal.ts';
import { headOf } from './rule-head.ts';
import type { SigmaCorrelation } from './sigma-document.ts';

const carried = ['event_count', 'value_count', 'temporal', 'temporal_ordered'];

/**
 * Translates a Sigma correlation. `idOf` gives our id for a name or id of Sigma, and throws a Refusal where there is none.
 * What our schema does not allow, it says itself when the file is parsed.
 */
export const importCorrelation = (
  id: string,
  sigma: SigmaCorrelation,
  idOf: (reference: string) => string,
  note: (text: string) => void,
): RuleFile => {
  const { type, rules: references, aliases: named, timespan, condition } = sigma.correlation;
  if (!carried.includes(type)) throw new Refusal(`the type "${type}"; there are ${carried.join(', ')}`);
  const rules = references.map(idOf);
  const aliases = Object.fromEntries(
    Object.entries(named).map(([alias, fields]) => [
      kebabOf(alias),
      Object.fromEntries(Object.entries(fields).map(([reference, field]) => [idOf(reference), field])),
    ]),
  );
  const nameOf = (field: string): string => (Object.hasOwn(named, field) ? kebabOf(field) : field);
  return {
    ...headOf(id, sigma, note),
    id,
    correlation: {
      type,
      rules,
      ...(Object.keys(aliases).length === 0 ? {} : { aliases }),
      groupBy: sigma.correlation['group-by'].map(nameOf),
      ...conditionOf(type, condition, rules.length, nameOf),
      timespan,
    },
    message: '{correlation.count} matches within {correlation.timespan}: {correlation.group}',
  };
};

const conditionOf = (
  type: string,
  condition: unknown,
  rules: number,
  nameOf: (field: string) => string,
): Readonly<Record<string, unknown>> => {
  if (type === 'temporal' || type === 'temporal_ordered') {
    if (condition === undefined) return {};
    const all = isJsonObject(condition) && Object.keys(condition).length === 1 && condition.gte === rules;
    if (all) return {};
    throw new Refusal(`a condition on "${type}" other than that all its rules match: ${JSON.stringify(condition)}`);
  }
  if (!isJsonObject(condition)) throw new Refusal('expected a condition such as {gte: 10}');
  const { field, ...limits } = condition;
  if (field === undefined) return { condition: limits };
  if (typeof field !== 'string') throw new Refusal('counts the values of several fields together');
  return { field: nameOf(field), condition: limits };
};
