import type { Condition, Leaf } from './condition.ts';
import { isFieldReference } from './leaf-value.ts';
import { type FieldTest, type OperatorName, operators } from './operators.ts';
import { constantOf, type References, sharedConditionOf } from './reference.ts';

/**
 * What one field must hold for a tree to hold: one of `exact`, or a value that one of `tests` takes. It is the reason why
 * a rule without `events` is not tried on every record.
 */
export type Anchor = {
  readonly fact: string;
  readonly exact: readonly unknown[];
  readonly tests: readonly AnchorTest[];
};

/** Equal keys are equal tests; a quick one takes less time than to look a text up in a map. */
export type AnchorTest = { readonly key: string; readonly test: FieldTest; readonly isQuick: boolean };

/** Operators that hold only of a value that is there, and of a list only through one of its elements. */
const positive: ReadonlySet<OperatorName> = new Set([
  'prefix',
  'suffix',
  'equalsIgnoreCase',
  'wildcard',
  'ofAccount',
  'cidr',
  'regex',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
]);
const comparing: ReadonlySet<string> = new Set<OperatorName>(['equal', 'in', 'contains']);

/** The anchors of each of some trees that are matched together. */
export const anchorsOfAll = (
  trees: readonly Condition[],
  references: References,
): readonly (readonly Anchor[] | undefined)[] => {
  const anchors = trees.map((tree) => anchorsOf(tree, references));
  const waitsUnderCommon = (some: readonly Anchor[] | undefined): boolean =>
    some?.some(({ fact, exact }) => exact.some((value) => isCommon(fact, value))) === true;
  if (anchors.filter(waitsUnderCommon).length <= maxCrowd) return anchors;
  return anchors.map((some, index) =>
    waitsUnderCommon(some) ? anchorsOf(trees[index] as Condition, references, true) : some,
  );
};

/**
 * The anchors of a tree: each record for which it holds satisfies at least one of them. Of an `all` the part that is
 * likely to let the fewest records through; of an `any` those of every branch. `undefined` when a branch demands nothing,
 * as a negation does.
 */
const anchorsOf = (condition: Condition, references: References, isCrowded = false): readonly Anchor[] | undefined => {
  if ('all' in condition) {
    const parts = condition.all
      .map((part) => anchorsOf(part, references, isCrowded))
      .filter((anchors) => anchors !== undefined);
    return parts.toSorted((one, other) => costOf(one, isCrowded) - costOf(other, isCrowded))[0];
  }
  if ('any' in condition) {
    const branches = condition.any.map((branch) => anchorsOf(branch, references, isCrowded));
    return branches.includes(undefined) ? undefined : branches.flatMap((anchors) => anchors ?? []);
  }
  if ('condition' in condition) {
    return anchorsOf(sharedConditionOf(condition.condition, references), references, isCrowded);
  }
  const anchor = 'fact' in condition ? anchorOfLeaf(condition, references) : undefined;
  return anchor === undefined ? undefined : [anchor];
};

const anchorOfLeaf = ({ fact, operator, value }: Leaf, references: References): Anchor | undefined => {
  if (isFieldReference(value)) return undefined;
  if (operator === 'exists')
    return value === true ? { fact, exact: [], tests: [{ key: 'exists', test: isThere, isQuick: true }] } : undefined;
  const constant = constantOf(value, references);
  if (comparing.has(operator)) return { fact, exact: [constant].flat(), tests: [] };
  if (!positive.has(operator as OperatorName)) return undefined;
  const test = operators[operator as OperatorName].compile(constant, noItems);
  return {
    fact,
    exact: [],
    tests: [{ key: JSON.stringify([operator, constant]), test, isQuick: isQuick(operator, constant) }],
  };
};

const isQuick = (operator: string, value: unknown): boolean =>
  operator === 'prefix' || (operator === 'wildcard' && typeof value === 'string');

const isThere: FieldTest = (field) => field !== undefined;
const noItems = (): never => {
  throw new TypeError('only anyItem compiles conditions, and it is no anchor');
};

/**
 * Values that a good part of all records has. A few rules may wait under one, which costs less than to read another field
 * of each record; for a crowd that would be tried on every other record, the next best anchor is better.
 */
const isCommon = (fact: string, value: unknown): boolean => common[fact]?.includes(value) === true;
const common: Readonly<Record<string, readonly unknown[]>> = {
  'userIdentity.type': ['AssumedRole', 'IAMUser', 'AWSService', 'AWSAccount'],
  eventType: ['AwsApiCall'],
  eventCategory: ['Management', 'Data'],
};
const maxCrowd = 8;

/** A guess at how many records get through: few meet a constant, more a test, and "is there" says next to nothing. */
const costOf = (anchors: readonly Anchor[], isCrowded: boolean): number =>
  anchors.reduce(
    (sum, { fact, exact, tests }) =>
      sum +
      exact.reduce<number>((cost, value) => cost + (isCrowded && isCommon(fact, value) ? 100 : 1), 0) +
      tests.reduce((cost, { key }) => cost + (key === 'exists' ? 1_000 : 5), 0),
    0,
  );
