import type { Condition, Leaf } from './condition.ts';
import { parseFieldPath } from './field.ts';
import { isFieldReference } from './leaf-value.ts';
import { parseOperator } from './operators.ts';
import { type References, sharedConditionOf } from './reference.ts';

/**
 * The parts of an `all` or `any` in the order in which they are tried: the order changes nothing of what the whole says, and
 * most records are done with after a part that compares one text. Parts of equal cost stay as the author put them.
 */
export const cheapestFirst = (parts: readonly Condition[], references: References): readonly Condition[] =>
  parts
    .map((part) => ({ part, cost: costOf(part, references) }))
    .toSorted((one, other) => one.cost - other.cost)
    .map(({ part }) => part);

/** A guess, in steps along a path: an expression or an address range takes as long as some twenty. */
const slow = 20;

const costOf = (condition: Condition, references: References): number => {
  const sum = (parts: readonly Condition[]): number =>
    parts.reduce((total, part) => total + costOf(part, references), 0);
  if ('all' in condition) return sum(condition.all);
  if ('any' in condition) return sum(condition.any);
  if ('not' in condition) return costOf(condition.not, references);
  if ('condition' in condition) return costOf(sharedConditionOf(condition.condition, references), references);
  return costOfLeaf(condition);
};

const costOfLeaf = ({ fact, operator: written, value }: Leaf): number => {
  const operator = parseOperator(written);
  const steps = parseFieldPath(fact).length;
  if (operator?.isSlow === true || operator?.name === 'anyItem' || isFieldReference(value)) return steps + slow;
  return steps + (operator?.name === 'wildcard' ? [value].flat().length : 0);
};
