import type { Condition } from './condition.ts';
import { isListReference } from './leaf-value.ts';

/** What conditions may refer to by name. */
export type References = {
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly lists: ReadonlyMap<string, readonly (string | number)[]>;
};

/** The constant value of a leaf, with `{"list": name}` replaced by the list; throws a TypeError for an unknown name. */
export const constantOf = (value: unknown, { lists }: References): unknown => {
  if (!isListReference(value)) return value;
  const list = lists.get(value.list);
  if (list === undefined) throw new TypeError(`there is no list "${value.list}" in rules/lists/`);
  return list;
};

/** The tree behind `{"condition": name}`; throws a TypeError for an unknown name. */
export const sharedConditionOf = (name: string, { conditions }: References): Condition => {
  const shared = conditions.get(name);
  if (shared === undefined) throw new TypeError(`there is no condition "${name}" in rules/conditions/`);
  return shared;
};
