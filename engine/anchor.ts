import { constantOf, type References, sharedConditionOf } from './compile.ts';
import type { Condition, Leaf } from './condition.ts';
import { isFieldReference } from './leaf-value.ts';
import { type FieldTest, type OperatorName, operators } from './operators.ts';

/**
 * What one field must hold for a tree to hold: one of `exact`, or a value that one of `tests` takes. It is the reason why
 * a rule without `events` is not tried on every record.
 */
export type Anchor = {
  readonly fact: string;
  readonly exact: readonly unknown[];
  readonly tests: readonly { readonly key: string; readonly test: FieldTest }[];
};

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

/**
 * The anchors of a tree: each record for which it holds satisfies at least one of them. Of an `all` the part that is
 * likely to let the fewest records through; of an `any` those of every branch. `undefined` when a branch demands nothing,
 * as a negation does.
 */
export const anchorsOf = (condition: Condition, references: References): readonly Anchor[] | undefined => {
  if ('all' in condition) {
    const parts = condition.all.map((part) => anchorsOf(part, references)).filter((anchors) => anchors !== undefined);
    return parts.toSorted((one, other) => costOf(one) - costOf(other))[0];
  }
  if ('any' in condition) {
    const branches = condition.any.map((branch) => anchorsOf(branch, references));
    return branches.includes(undefined) ? undefined : branches.flatMap((anchors) => anchors ?? []);
  }
  if ('condition' in condition) return anchorsOf(sharedConditionOf(condition.condition, references), references);
  const anchor = 'fact' in condition ? anchorOfLeaf(condition, references) : undefined;
  return anchor === undefined ? undefined : [anchor];
};

const anchorOfLeaf = ({ fact, operator, value }: Leaf, references: References): Anchor | undefined => {
  if (isFieldReference(value)) return undefined;
  if (operator === 'exists')
    return value === true ? { fact, exact: [], tests: [{ key: 'exists', test: isThere }] } : undefined;
  const constant = constantOf(value, references);
  if (comparing.has(operator)) return { fact, exact: [constant].flat(), tests: [] };
  if (!positive.has(operator as OperatorName)) return undefined;
  const test = operators[operator as OperatorName].compile(constant, noItems);
  return { fact, exact: [], tests: [{ key: JSON.stringify([operator, constant]), test }] };
};

const isThere: FieldTest = (field) => field !== undefined;
const noItems = (): never => {
  throw new TypeError('only anyItem compiles conditions, and it is no anchor');
};

/** A constant is met by few values, a test by more, and "is there" says next to nothing. */
const costOf = (anchors: readonly Anchor[]): number =>
  anchors.reduce(
    (sum, { exact, tests }) =>
      sum + exact.length + tests.reduce((cost, { key }) => cost + (key === 'exists' ? 1_000 : 5), 0),
    0,
  );
