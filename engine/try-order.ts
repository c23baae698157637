import type { Condition, Leaf } from './condition.ts';
import { parseFieldPath } from './field.ts';
import { isFieldReference } from './leaf-value.ts';
import { parseOperator } from './operators.ts';
import { type References, sharedConditionOf } from './reference.ts';

type Test = (item: unknown) => boolean;
type Part = { readonly condition: Condition; readonly cost: number };

/**
 * The parts of an `all` or `any` with what they cost, the cheapest first: the order changes nothing of what the whole says,
 * and most records are done with after a part that compares one text. Parts of equal cost stay as the author put them.
 */
export const cheapestFirst = (conditions: readonly Condition[], references: References): readonly Part[] =>
  conditions
    .map((condition) => ({ condition, cost: costOf(condition, references) }))
    .toSorted((one, other) => one.cost - other.cost);

/**
 * Tries parts until one gives the answer that settles the whole: false for an `all`, true for an `any`. Which part that
 * mostly is, only records can tell, so one that settles more for its cost than the part before it takes its place.
 */
export const settledBy = (answer: boolean, parts: readonly Part[], compile: (condition: Condition) => Test): Test => {
  const tests = parts.map(({ condition }) => compile(condition));
  const costs = parts.map(({ cost }) => cost);
  const settled = parts.map(() => 0);
  const goesBefore = (index: number): boolean =>
    (settled[index] as number) * (costs[index - 1] as number) >
    (settled[index - 1] as number) * (costs[index] as number);
  return (item) => {
    for (let index = 0; index < tests.length; index++) {
      if ((tests[index] as Test)(item) !== answer) continue;
      settled[index] = (settled[index] as number) + 1;
      if (index > 0 && goesBefore(index)) for (const list of [tests, costs, settled]) swapWithPrevious(list, index);
      return answer;
    }
    return !answer;
  };
};

const swapWithPrevious = (list: unknown[], index: number): void => {
  const previous = list[index - 1];
  list[index - 1] = list[index];
  list[index] = previous;
};

/** A guess, in steps along a path: an expression or an address range takes as long as some twenty. */
const slow = 20;

const costOf = (condition: Condition, references: References): number => {
  if ('all' in condition) return costOfParts(condition.all, references);
  if ('any' in condition) return costOfParts(condition.any, references);
  if ('not' in condition) return costOf(condition.not, references);
  if ('condition' in condition) return costOf(sharedConditionOf(condition.condition, references), references);
  return costOfLeaf(condition);
};

/** Every other time, a part settles the matter and the next is not tried. */
const costOfParts = (conditions: readonly Condition[], references: References): number =>
  cheapestFirst(conditions, references).reduceRight((rest, { cost }) => cost + rest / 2, 0);

const costOfLeaf = ({ fact, operator: written, value }: Leaf): number => {
  const operator = parseOperator(written);
  const steps = parseFieldPath(fact).length;
  if (operator?.isSlow?.(value) === true || operator?.name === 'anyItem' || isFieldReference(value))
    return steps + slow;
  return steps + (operator?.name === 'wildcard' ? 1 : 0);
};
