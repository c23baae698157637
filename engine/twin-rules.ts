import type { Condition, Leaf } from './condition.ts';
import { leastOf } from './correlation/measures.ts';
import { type References, sharedConditionOf } from './reference.ts';
import { type AnyRule, hasConditions, type Rule } from './rule.ts';

/** Rules that fire on exactly what an earlier one fires on, each with the earlier one. */
export const findTwins = (
  rules: readonly AnyRule[],
  references: References,
): readonly { readonly rule: AnyRule; readonly twin: AnyRule }[] => {
  const seen = new Map<string, AnyRule>();
  return rules.flatMap((rule) => {
    const form = normalForm(rule, references);
    const twin = seen.get(form);
    if (twin === undefined) seen.set(form, rule);
    return twin === undefined ? [] : [{ rule, twin }];
  });
};

/** A text that is the same for two rules when they fire on the same, however they are written down. */
const normalForm = (rule: AnyRule, references: References): string =>
  JSON.stringify([
    hasConditions(rule) ? [normalEvents(rule.events), normal(rule.conditions, references)] : null,
    normalCorrelation(rule),
  ]);

type Sorted = readonly unknown[];
const sorted = (values: Sorted): Sorted => {
  const byText = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...byText.keys()].sort().map((text) => byText.get(text));
};

/** Names of events in any case are one name to the engine. */
const normalEvents = (events: Rule['events']): Sorted | null =>
  events === undefined
    ? null
    : sorted(
        Object.entries(events).map(([source, names]) => [
          source,
          names === '*' ? names : sorted(names.map((name) => name.toLowerCase())),
        ]),
      );

const normal = (condition: Condition, references: References): unknown => {
  if ('condition' in condition) return normal(sharedConditionOf(condition.condition, references), references);
  if ('not' in condition) return negate(normal(condition.not, references));
  if ('all' in condition) return join('all', condition.all, references);
  if ('any' in condition) return join('any', condition.any, references);
  return normalLeaf(condition, references);
};

const isJoined = (word: string, form: unknown): form is readonly [string, Sorted] =>
  Array.isArray(form) && form[0] === word;

/** An `all` inside of an `all` is one, and one of a single condition is that condition. */
const join = (word: 'all' | 'any', conditions: readonly Condition[], references: References): unknown => {
  const forms = conditions
    .map((each) => normal(each, references))
    .flatMap((form) => (isJoined(word, form) ? form[1] : [form]));
  const [only, ...others] = sorted(forms);
  return others.length === 0 ? only : [word, [only, ...others]];
};

const negate = (form: unknown): unknown => (isJoined('not', form) ? form[1] : ['not', form]);

const negated: Readonly<Record<string, string>> = { notEqual: 'equal', notIn: 'in', doesNotContain: 'contains' };

const normalLeaf = ({ fact, operator, value }: Leaf, references: References): unknown => {
  if (operator.startsWith('not:')) return negate(normalLeaf({ fact, operator: operator.slice(4), value }, references));
  const positive = Object.hasOwn(negated, operator) ? negated[operator] : undefined;
  if (positive !== undefined) return negate(normalLeaf({ fact, operator: positive, value }, references));
  if (operator === 'anyItem') return ['leaf', fact, operator, normal(value as Condition, references)];
  const word = operator === 'equal' || operator === 'contains' ? 'in' : operator;
  return [
    'leaf',
    fact,
    word,
    Array.isArray(value) ? sorted(value) : word === 'in' || typeof value === 'string' ? [value] : value,
  ];
};

const normalCorrelation = ({ correlation }: AnyRule): unknown => {
  if (correlation === undefined) return null;
  const { groupBy, rules = [], ...rest } = correlation;
  return {
    ...rest,
    ...('condition' in correlation ? { condition: leastOf(correlation.condition) } : {}),
    groupBy: sorted(groupBy),
    rules: correlation.type === 'temporal_ordered' ? rules : sorted(rules),
  };
};
