import type { Condition, Leaf } from '../../engine/condition.ts';

/** All of these, without a list around one, or a list of the same kind inside it. */
export const allOf = (conditions: readonly Condition[]): Condition => {
  const all = conditions.flatMap((each) => ('all' in each ? each.all : [each]));
  const [only] = all;
  return only !== undefined && all.length === 1 ? only : { all };
};

/** Any of these, likewise. */
export const anyOf = (conditions: readonly Condition[]): Condition => {
  const any = conditions.flatMap((each) => ('any' in each ? each.any : [each]));
  const [only] = any;
  return only !== undefined && any.length === 1 ? only : { any };
};

export const leaf = (fact: string, operator: string, value: unknown): Leaf => ({ fact, operator, value });

/** A file has "all", "any", "not" or "condition" at the top. */
export const asRoot = (condition: Condition): Condition => ('fact' in condition ? { all: [condition] } : condition);
