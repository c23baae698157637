import type { Condition, Leaf } from './condition.ts';
import { isFieldReference, isListReference } from './leaf-value.ts';
import { markdownCode } from './markdown.ts';
import { operatorPhrases } from './operator-phrases.ts';
import type { DecoratorName, OperatorName } from './operators.ts';

/** Where words that stand for more lead: the Markdown of a shared condition or a list. */
export type WordLinks = {
  readonly condition: (name: string) => string;
  readonly list: (name: string) => string;
};

/** More values than these are cut: the rule has them all. */
const maxValues = 20;

/** A condition in words, as a nested list in Markdown. What stands at the top are things that must all hold. */
export const conditionInWords = (condition: Condition, links: WordLinks): string =>
  ('all' in condition ? condition.all : [condition]).flatMap((each) => linesOf(each, links, 0)).join('\n');

const linesOf = (condition: Condition, links: WordLinks, depth: number): readonly string[] => {
  const line = (words: string): string => `${'  '.repeat(depth)}- ${words}`;
  const below = (conditions: readonly Condition[]): readonly string[] =>
    conditions.flatMap((each) => linesOf(each, links, depth + 1));
  if ('all' in condition) return [line('all of these:'), ...below(condition.all)];
  if ('any' in condition) return [line('at least one of these:'), ...below(condition.any)];
  if ('condition' in condition) return [line(links.condition(condition.condition))];
  if ('not' in condition) {
    const { not } = condition;
    if ('any' in not) return [line('none of these:'), ...below(not.any)];
    if ('all' in not) return [line('not all of these together:'), ...below(not.all)];
    const [first = '', ...others] = linesOf(not, links, depth);
    return [first.replace('- ', '- **not**: '), ...others];
  }
  const item = itemOf(condition);
  return [line(leafInWords(condition, links)), ...(item === undefined ? [] : below('all' in item ? item.all : [item]))];
};

const itemOf = ({ operator, value }: Leaf): Condition | undefined =>
  operator.endsWith('anyItem') ? (value as Condition) : undefined;

const beforeField: Readonly<Record<DecoratorName, string>> = {
  not: '**not**: ',
  someFact: 'some element of ',
  everyFact: 'every element of ',
  someValue: 'for at least one of the values, ',
  everyValue: 'for each of the values, ',
};

const leafInWords = ({ fact, operator, value }: Leaf, links: WordLinks): string => {
  const parts = operator.split(':');
  const name = parts.pop() as OperatorName;
  const before = parts.map((part) => beforeField[part as DecoratorName]).join('');
  const field = `${before}${markdownCode(fact)}`;
  if (name === 'exists') return `${field} ${value === true ? 'is there' : 'is missing'}`;
  if (name === 'anyItem') return `${field} ${operatorPhrases.anyItem}:`;
  return `${field} ${operatorPhrases[name]} ${valueInWords(value, links)}`;
};

const valueInWords = (value: unknown, links: WordLinks): string => {
  if (isListReference(value)) return links.list(value.list);
  if (isFieldReference(value)) return `the field ${markdownCode(value.fact)}`;
  if (!Array.isArray(value)) return markdownCode(typeof value === 'string' ? value || '""' : JSON.stringify(value));
  const shown = value.slice(0, maxValues).map((each) => valueInWords(each, links));
  return `${shown.join(', ')}${value.length > maxValues ? ` and ${value.length - maxValues} more` : ''}`;
};
