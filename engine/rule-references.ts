import { closest } from './closest.ts';
import { type Condition, visitCondition } from './condition.ts';
import { isListReference, issuesOfValue } from './leaf-value.ts';
import { parseOperator } from './operators.ts';
import type { References } from './reference.ts';

/** What is wrong at a place in a file. */
export type Complaint = { readonly path: string; readonly message: string };

/** What conditions may refer to, and the names of the files that have it, usable or not. */
export type Known = References & {
  readonly files: { readonly conditions: ReadonlySet<string>; readonly lists: ReadonlySet<string> };
};

/** What a condition tree refers to and cannot have: nothing of that name, something with problems, or a list that does not suit. */
export const complainOfReferences = (tree: Condition, path: string, known: Known): readonly Complaint[] => {
  const complaints: Complaint[] = [];
  visitCondition(tree, path, (node, at) => {
    if ('condition' in node && !known.conditions.has(node.condition)) {
      const message = noSuchFile('conditions', node.condition, known.files.conditions);
      complaints.push({ path: `${at}.condition`, message });
    }
    if (!('fact' in node) || !isListReference(node.value)) return;
    const { list: name } = node.value;
    const values = known.lists.get(name);
    const messages =
      values === undefined
        ? [noSuchFile('lists', name, known.files.lists)]
        : whyUnsuitable(values, node.operator).map((why) => `rules/lists/${name}.json does not suit: ${why}`);
    for (const message of messages) complaints.push({ path: `${at}.value.list`, message });
  });
  return complaints;
};

/** An empty list suits every operator: it is there for the owner of the account to fill. */
const whyUnsuitable = (values: readonly (string | number)[], written: string): readonly string[] => {
  const operator = parseOperator(written);
  if (operator === undefined || values.length === 0) return [];
  return issuesOfValue(values, operator, []).map(({ message }) => message);
};

/** Says that a file of `rules/` is not there, or that it is there and unusable. */
export const noSuchFile = (folder: string, name: string, names: ReadonlySet<string>): string =>
  names.has(name)
    ? `rules/${folder}/${name}.json has problems of its own`
    : `there is no rules/${folder}/${name}.json${whatThereIs(name, names)}`;

const maxListed = 12;

/** What there is instead of an unknown name: the likeliest, or all when they are few. */
export const whatThereIs = (name: string, names: ReadonlySet<string>): string => {
  const near = closest(name, names);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return names.size === 0 || names.size > maxListed ? '' : `; there are ${[...names].join(', ')}`;
};

/**
 * Takes shared conditions out that refer to what is not there, to themselves, or to what was taken out, until all that are
 * left can be compiled. `report` learns why each one went.
 */
export const keepUsableConditions = (
  conditions: ReadonlyMap<string, Condition>,
  known: Omit<Known, 'conditions'>,
  report: (name: string, complaint: Complaint) => void,
): ReadonlyMap<string, Condition> => {
  const usable = new Map(conditions);
  for (;;) {
    const unusable = [...usable].flatMap(([name, tree]) => {
      const complaints = [...complainOfReferences(tree, 'conditions', { ...known, conditions: usable })];
      if (leadsTo(name, tree, usable)) {
        complaints.push({ path: 'conditions', message: 'refers to itself, directly or through others' });
      }
      return complaints.length === 0 ? [] : [{ name, complaints }];
    });
    if (unusable.length === 0) return usable;
    for (const { name, complaints } of unusable) {
      usable.delete(name);
      for (const complaint of complaints) report(name, complaint);
    }
  }
};

const leadsTo = (
  name: string,
  tree: Condition,
  conditions: References['conditions'],
  seen = new Set<string>(),
): boolean => {
  let found = false;
  visitCondition(tree, '', (node) => {
    if (found || !('condition' in node)) return;
    const next = conditions.get(node.condition);
    found = node.condition === name;
    if (found || next === undefined || seen.has(node.condition)) return;
    seen.add(node.condition);
    found = leadsTo(name, next, conditions, seen);
  });
  return found;
};
