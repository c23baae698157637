import type { Condition, Leaf } from './condition.ts';
import { parseFieldPath } from './field.ts';
import { isFieldReference } from './leaf-value.ts';
import { parseOperator } from './operators.ts';
import { type References, sharedConditionOf } from './reference.ts';

type Test = (item: unknown) => boolean;
type Part = { readonly condition: Condition; readonly cost: number };

/**
 * Orders the parts of an `all` or `any` by what they cost, the cheapest first: the order changes nothing of what the whole says,
 * and most records are done with after a part that compares one text. Parts of equal cost stay as the author put them.
 */
export const createTryOrder = (references: References): ((conditions: readonly Condition[]) => readonly Part[]) => {
  const shared = new Map<string, number>();

  const cheapestFirst = (conditions: readonly Condition[]): readonly Part[] =>
    conditions.map((condition) => ({ condition, cost: costOf(condition) })).sort((one, other) => one.cost - other.cost);

  const costOf = (condition: Condition): number => {
    if ('all' in condition) return costOfParts(condition.all);
    if ('any' in condition) return costOfParts(condition.any);
    if ('not' in condition) return costOf(condition.not);
    if ('condition' in condition) return costOfShared(condition.condition);
    return costOfLeaf(condition);
  };

  /** Every other time, a part settles the matter and the next is not tried. */
  const costOfParts = (conditions: readonly Condition[]): number =>
    cheapestFirst(conditions).reduceRight((rest, { cost }) => cost + rest / 2, 0);

  const costOfShared = (name: string): number => {
    const cost = shared.get(name) ?? costOf(sharedConditionOf(name, references));
    shared.set(name, cost);
    return cost;
  };

  return cheapestFirst;
};

/** A guess, in steps along a path: an expression or an address range takes as long as some twenty. */
const slow = 20;

const costOfLeaf = ({ fact, operator: written, value }: Leaf): number => {
  const operator = parseOperator(written);
  const steps = parseFieldPath(fact).length;
  if (operator?.isSlow?.(value) === true || operator?.name === 'anyItem' || isFieldReference(value))
    return steps + slow;
  return steps + (operator?.name === 'wildcard' ? 1 : 0);
};

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
