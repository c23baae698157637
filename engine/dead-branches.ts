import { type Condition, childrenOf, type Leaf } from './condition.ts';
import { type OperatorName, parseOperator } from './operators.ts';
import { isJsonObject } from './record.ts';
import type { Complaint } from './rule-references.ts';

/** Whether a path leads to one value at most, so that two different values exclude each other. */
export type IsSingle = (path: string) => boolean;

/** Branches of a tree that decide nothing: one that another holds for anyway, one that always holds, one that never can. */
export const findDeadBranches = (tree: Condition, path: string, isSingle: IsSingle): readonly Complaint[] => [
  ...('any' in tree ? shadowedIn(tree.any.map(normal), `${path}.any`) : []),
  ...('all' in tree ? excludedIn(tree.all.map(normal), path, `${path}.all`, isSingle) : []),
  ...childrenOf(tree, path).flatMap(({ node, at }) =>
    // Inside an item paths begin anew.
    findDeadBranches(node, at, 'fact' in tree ? () => false : isSingle),
  ),
];

const positives: Readonly<Partial<Record<OperatorName, OperatorName>>> = {
  notEqual: 'equal',
  notIn: 'in',
  doesNotContain: 'contains',
};

/** Negated operators as `not` of the positive one, so that the two meet. */
const normal = (condition: Condition): Condition => {
  if ('not' in condition) return { not: normal(condition.not) };
  if (!('fact' in condition)) return condition;
  const positive = positives[condition.operator as OperatorName];
  if (positive !== undefined) return { not: { ...condition, operator: positive } };
  return condition.operator === 'exists' && condition.value === false
    ? { not: { ...condition, value: true } }
    : condition;
};

const same = (one: Condition, other: Condition): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Operators whose values are themselves what they look for: a value that passes another test passes it in any record. */
const exact: readonly string[] = ['equal', 'in', 'contains'];
/** Operators that are satisfied by more than their values, and by all that begins, ends or reads like them. */
const stable: readonly string[] = ['prefix', 'suffix', 'equalsIgnoreCase'];

/** Whether the second holds in every record in which the first does; `false` where that is not certain. */
const implies = (one: Condition, other: Condition): boolean => {
  if (same(one, other)) return true;
  if ('all' in other) return other.all.every((each) => implies(one, each));
  if ('any' in one) return one.any.every((each) => implies(each, other));
  if ('all' in one && one.all.some((each) => implies(each, other))) return true;
  if ('any' in other) return other.any.some((each) => implies(one, each));
  if ('not' in one && 'not' in other) return implies(other.not, one.not);
  return 'fact' in one && 'fact' in other && leafImplies(one, other);
};

const leafImplies = (one: Leaf, other: Leaf): boolean => {
  if (isJsonObject(one.value) || isJsonObject(other.value)) return false;
  if (other.operator === 'exists' && other.value === true) {
    return (
      parseOperator(one.operator)?.name === one.operator &&
      (one.fact === other.fact || one.fact.startsWith(`${other.fact}.`))
    );
  }
  if (one.fact !== other.fact) return false;
  const knows = exact.includes(one.operator) || (stable.includes(one.operator) && one.operator === other.operator);
  return knows && isPositive(other) && [one.value].flat().every((value) => passes(other, value));
};

const isPositive = ({ operator }: Leaf): boolean =>
  parseOperator(operator)?.name === operator &&
  positives[operator as OperatorName] === undefined &&
  operator !== 'exists' &&
  operator !== 'anyItem';

const passes = ({ operator, value: expected }: Leaf, value: unknown): boolean =>
  parseOperator(operator)?.compile(expected, () => () => false)(value) ?? false;

const shadowedIn = (parts: readonly Condition[], path: string): readonly Complaint[] => {
  const opposite = parts.findIndex((part) => 'not' in part && parts.some((other) => implies(part.not, other)));
  if (opposite >= 0)
    return [{ path, message: `always holds: [${opposite}] is the opposite of what another branch allows` }];
  return parts.flatMap((part, index) => {
    const by = parts.findIndex(
      (other, at) => at !== index && implies(part, other) && (at < index || !implies(other, part)),
    );
    return by < 0 ? [] : [{ path: `${path}[${index}]`, message: `decides nothing: [${by}] holds whenever it does` }];
  });
};

const excludedIn = (
  parts: readonly Condition[],
  whole: string,
  path: string,
  isSingle: IsSingle,
): readonly Complaint[] => {
  const twice = parts.findIndex((part, index) => parts.slice(0, index).some((other) => same(part, other)));
  const repeated =
    twice < 0 ? [] : [{ path: `${path}[${twice}]`, message: 'decides nothing: the same stands before it' }];
  for (const [index, part] of parts.entries()) {
    for (const [before, other] of parts.slice(0, index).entries()) {
      if (!exclude(part, other, isSingle) && !exclude(other, part, isSingle)) continue;
      return [
        { path: whole, message: `never holds: all[${before}] and all[${index}] exclude each other` },
        ...repeated,
      ];
    }
  }
  return repeated;
};

const exclude = (one: Condition, other: Condition, isSingle: IsSingle): boolean => {
  if ('not' in one) return implies(other, one.not);
  if (!('fact' in one) || !('fact' in other) || one.fact !== other.fact || !isSingle(one.fact)) return false;
  if (isJsonObject(one.value) || isJsonObject(other.value)) return false;
  return exact.includes(one.operator) && isPositive(other) && ![one.value].flat().some((value) => passes(other, value));
};
