import { markdownCode } from '../markdown.ts';
import type { Correlation, CorrelationOf, CorrelationType } from './correlation.ts';
import { leastOf } from './measures.ts';

/** A correlation in words, as Markdown; `link` is the Markdown of a rule that it counts. */
export const correlationInWords = (correlation: Correlation, id: string, link: (rule: string) => string): string => {
  const { groupBy, aliases } = correlation;
  const group = groupBy.map((field) => fieldInWords(field, correlation)).join(' and ');
  const rules = (correlation.rules ?? [id]).map(link);
  const says = (words[correlation.type] as (correlation: Correlation, rules: readonly string[]) => string)(
    correlation,
    rules,
  );
  const known = Object.entries(aliases).map(
    ([alias, fields]) =>
      `${markdownCode(alias)} is ${Object.entries(fields)
        .map(([rule, field]) => `${fieldInWords(field, correlation)} of ${link(rule)}`)
        .join(', and ')}.`,
  );
  return [`${says}${group === '' ? '' : `, counted for each ${group} by itself`}.`, ...known].join(' ');
};

const fieldInWords = (field: string, { aliases }: Correlation): string =>
  Object.hasOwn(aliases, field)
    ? markdownCode(field)
    : field
        .split('|')
        .map((each) =>
          each.startsWith('network:') ? `the network of ${markdownCode(each.slice(8))}` : markdownCode(each),
        )
        .join(', or else ');

const words: {
  readonly [Type in CorrelationType]: (correlation: CorrelationOf<Type>, rules: readonly string[]) => string;
} = {
  event_count: ({ condition, timespan }, rules) =>
    `At least ${leastOf(condition)} matches of ${rules.join(' or ')} within ${timespan}`,
  value_count: (correlation, rules) =>
    `At least ${leastOf(correlation.condition)} different values of ${fieldInWords(correlation.field, correlation)} in matches of ${rules.join(' or ')} within ${correlation.timespan}`,
  temporal: ({ timespan }, rules) => `A match of each of ${rules.join(', ')} within ${timespan}, in any order`,
  temporal_ordered: ({ timespan }, rules) => `A match of ${rules.join(', then of ')} within ${timespan}`,
  new_value: (correlation, rules) =>
    `A value of ${fieldInWords(correlation.field, correlation)} in a match of ${rules.join(' or ')} that was not there in the ${correlation.lookback} before; quiet until ${correlation.learning} are known`,
  spike: ({ condition, timespan, lookback, learning, deviations }, rules) =>
    `At least ${leastOf(condition)} matches of ${rules.join(' or ')} within ${timespan}, and far more (${deviations} deviations) than in the ${lookback} before; quiet until ${learning} are known`,
};
