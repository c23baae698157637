import type { Condition, Leaf } from '../../engine/condition.ts';
import { parseFieldPath, readField } from '../../engine/field.ts';
import { isFieldReference, isListReference } from '../../engine/leaf-value.ts';
import { parseAddressRange, parseOperator } from '../../engine/operators.ts';
import { type RuleStep, recordOfCase } from '../../engine/rule-test.ts';
import { textMatching } from './text-matching.ts';

/** What differs from a record: fields set, and fields taken away (`undefined`). */
export type Difference = ReadonlyMap<string, unknown>;

/** What stands in a list of the owner's while a rule is tried. */
export const listedValue = 'listed-value';

/** The difference as a case of a test writes it. */
export const asCase = (difference: Difference): Pick<RuleStep, 'with' | 'without'> => {
  const entries = [...difference];
  return {
    with: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    without: entries.filter(([, value]) => value === undefined).map(([path]) => path),
  };
};

/** The record with a difference; `undefined` where that leads nowhere in it. */
export const differing = (record: object, difference: Difference): object | undefined => {
  const { with: set, without } = asCase(difference);
  const present = without.filter((path) => readField(record, parseFieldPath(path)) !== undefined);
  try {
    return recordOfCase(record, { with: set, without: present }) as object;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
};

/** Changes with which a leaf is likely to hold, or not to. */
export const changesFor = (leaf: Leaf, wanted: boolean, record: object): readonly Difference[] => {
  const only = (value: unknown): Difference => new Map([[leaf.fact, value]]);
  if (!wanted) return [undefined, 'another-value', 0].map(only);
  if (isFieldReference(leaf.value)) {
    const { fact: other } = leaf.value;
    const there = readField(record, parseFieldPath(other));
    return [there === undefined ? new Map([...only('same-value'), [other, 'same-value']]) : only(there)];
  }
  const name = parseOperator(leaf.operator)?.name ?? '';
  return likelyValues(name, isListReference(leaf.value) ? listedValue : leaf.value).map(only);
};

const likelyValues = (operator: string, value: unknown): readonly unknown[] => {
  const each = [value].flat();
  const texts = each.map(String);
  const number = Number(value);
  switch (operator) {
    case 'prefix':
    case 'suffix':
      return texts;
    case 'wildcard':
      return texts.map((text) => text.replaceAll(/\\\*|\*/g, (star) => (star === '*' ? '' : '*')));
    case 'regex':
      return [textMatching(String(value))];
    case 'cidr':
      return texts.map((text) => parseAddressRange(text).address);
    case 'lessThan':
      return [number - 1];
    case 'greaterThan':
      return [number + 1];
    case 'exists':
      return value === true ? ['a-value'] : [undefined];
    default:
      return each;
  }
};

const maxTries = 5_000;

/**
 * A difference with which a tree holds for a record, searched for leaf by leaf; `undefined` where none is found. Fields that
 * the record has already are tried first.
 */
export const satisfy = (
  tree: Condition,
  record: object,
  listValue: (name: string) => unknown,
): Difference | undefined => {
  let tries = 0;
  const holds = (condition: Condition, tried: object): boolean => {
    if ('all' in condition) return condition.all.every((each) => holds(each, tried));
    if ('any' in condition) return condition.any.some((each) => holds(each, tried));
    if ('not' in condition) return !holds(condition.not, tried);
    return 'fact' in condition && leafHolds(condition, tried, listValue);
  };
  const search = function* (condition: Condition, wanted: boolean, so: Difference): Generator<Difference> {
    tries += 1;
    if (tries > maxTries) return;
    if ('not' in condition) return yield* search(condition.not, !wanted, so);
    const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : undefined;
    if (parts !== undefined) {
      if ('all' in condition === wanted) yield* searchAll(parts, wanted, so);
      else for (const part of parts) yield* search(part, wanted, so);
      return;
    }
    if ('fact' in condition) yield* searchLeaf(condition, wanted, so);
  };
  const searchAll = function* (
    [part, ...rest]: readonly Condition[],
    wanted: boolean,
    so: Difference,
  ): Generator<Difference> {
    if (part === undefined) yield so;
    else for (const next of search(part, wanted, so)) yield* searchAll(rest, wanted, next);
  };
  const searchLeaf = function* (leaf: Leaf, wanted: boolean, so: Difference): Generator<Difference> {
    const now = differing(record, so);
    if (now === undefined) return;
    if (leafHolds(leaf, now, listValue) === wanted) yield so;
    const before = so.get(leaf.fact);
    for (const change of changesFor(leaf, wanted, now)) {
      const value = change.get(leaf.fact);
      const together =
        typeof before === 'string' && typeof value === 'string' ? [`${before} ${value}`, `${value} ${before}`] : [];
      for (const candidate of [value, ...together]) {
        const next = new Map([...so, ...change, [leaf.fact, candidate]]);
        const tried = differing(record, next);
        if (tried !== undefined && leafHolds(leaf, tried, listValue) === wanted) yield next;
      }
    }
  };
  for (const found of search(tree, true, new Map())) {
    const tried = differing(record, found);
    if (tried !== undefined && holds(tree, tried)) return found;
  }
  return undefined;
};

const leafHolds = ({ fact, operator, value }: Leaf, record: object, listValue: (name: string) => unknown): boolean => {
  const constant = isFieldReference(value)
    ? readField(record, parseFieldPath(value.fact))
    : isListReference(value)
      ? listValue(value.list)
      : value;
  const test = parseOperator(operator)?.compile(constant, () => () => false);
  return test?.(readField(record, parseFieldPath(fact))) ?? false;
};
