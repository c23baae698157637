import type { Explanation } from './explain.ts';
import { operatorPhrases } from './operator-phrases.ts';
import type { OperatorName } from './operators.ts';
import { oneLine, renderValue } from './template.ts';

type ExplainedLeaf = Extract<Explanation, { node: 'leaf' }>;

const maxText = 300;
const maxItems = 5;

/** Cuts an explanation to a size that fits an event: long values become short text, of many items those that hold stay. */
export const shortenExplanation = (explanation: Explanation): Explanation => {
  if (explanation.node !== 'leaf') return { ...explanation, of: explanation.of.map(shortenExplanation) };
  const items = explanation.items?.toSorted((a, b) => Number(b.holds) - Number(a.holds)).slice(0, maxItems);
  return {
    ...explanation,
    expected: shortenValue(explanation.expected),
    actual: shortenValue(explanation.actual),
    ...(items === undefined ? {} : { items: items.map(shortenExplanation) }),
  };
};

const shortenValue = (value: unknown): unknown => {
  if (typeof value === 'string') return oneLine(value, maxText);
  if (Array.isArray(value) && value.length > maxItems) {
    return [...value.slice(0, maxItems).map(shortenValue), `and ${value.length - maxItems} more`];
  }
  if (typeof value !== 'object' || value === null) return value;
  const text = JSON.stringify(value);
  return text.length > maxText ? oneLine(text, maxText) : value;
};

/** Why a rule fired, a line for each leaf or shared condition that decided it. */
export const renderWhy = (explanation: Explanation): readonly string[] => {
  if (explanation.node === 'leaf') return [renderLeaf(explanation), ...itemLines(explanation)];
  if (explanation.condition !== undefined) return [explanation.condition];
  if (explanation.node === 'not') return explanation.of.flatMap(renderWhyNot);
  return explanation.of.filter(({ holds }) => holds === explanation.holds).flatMap(renderWhy);
};

const renderWhyNot = (explanation: Explanation): readonly string[] => {
  if (explanation.node === 'leaf') return [`not: ${renderLeaf(explanation)}`];
  if (explanation.condition !== undefined) return [`not: ${explanation.condition}`];
  return explanation.of.flatMap(renderWhyNot);
};

const itemLines = ({ items }: { readonly items?: readonly Explanation[] }): readonly string[] =>
  (items ?? [])
    .filter(({ holds }) => holds)
    .slice(0, 1)
    .flatMap(renderWhy)
    .map((line) => `- ${line}`);

/** One leaf in words, with what the record had in its place. */
export const renderLeaf = ({ fact, operator, expected, actual, holds }: ExplainedLeaf): string => {
  const name = operator.split(':').at(-1) as OperatorName;
  const decorators = operator.slice(0, -name.length).replaceAll(':', ': ');
  const found = actual === undefined ? 'it is missing' : `it is ${quote(actual)}`;
  if (name === 'exists') {
    const says = `${decorators}${fact} ${expected === true ? 'is there' : 'is missing'}`;
    return actual === undefined && holds ? says : `${says}; ${found}`;
  }
  if (name === 'anyItem') return `${decorators}${fact} ${operatorPhrases.anyItem}`;
  const says = `${decorators}${fact} ${operatorPhrases[name]} ${quote(expected)}`;
  return operator === 'equal' && holds && !Array.isArray(actual) ? says : `${says}; ${found}`;
};

const quote = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `[${renderValue(value.map(quote))}]`;
  return typeof value === 'string' ? JSON.stringify(oneLine(value)) : oneLine(JSON.stringify(value));
};
