import { type Condition, type Leaf, visitCondition } from '../../engine/condition.ts';
import { parseFieldPath, readField } from '../../engine/field.ts';
import { isListReference } from '../../engine/leaf-value.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import type { Rule } from '../../engine/rule.ts';
import { compileRules } from '../../engine/rule-index.ts';
import { exampleRecordOf } from '../rule-template.ts';
import { asCase, changesFor, type Difference, differing, listedValue, satisfy } from './witness.ts';

/** A test as it will be written, and the record that its cases start from. */
export type DerivedTest = { readonly fixture: object; readonly test: Readonly<Record<string, unknown>> };

/**
 * Cases that follow from the rule itself: a record that it matches, and for each leaf one in which that turns over. They say
 * what the rule does, not whether that is right: an attack that was recorded belongs beside them.
 */
export const deriveTest = (rule: Rule, fixtureName: string): DerivedTest => {
  const example = exampleRecordOf(...eventOf(rule));
  const listNames = listsIn(rule.conditions);
  const lists = new Map(listNames.map((name) => [name, [listedValue]]));
  const base = satisfy(rule.conditions, example, (name) => lists.get(name));
  const fixture = differing(example, base ?? new Map()) ?? example;
  const compiled = compileRules([rule], { conditions: new Map(), lists });
  const covers = (record: object): boolean => {
    let matched = false;
    compiled.forEachCandidate(record as CloudTrailRecord, ({ matches }) => {
      matched ||= matches(record as CloudTrailRecord);
    });
    return matched;
  };
  const cases = [
    { name: 'as the rule describes it', matches: covers(fixture) },
    ...turningCases(rule.conditions, fixture).flatMap(({ name, difference }) => {
      const record = differing(fixture, difference);
      if (record === undefined) return [];
      const { with: set, without } = asCase(difference);
      return [{ name, ...(Object.keys(set).length > 0 ? { with: set } : { without }), matches: covers(record) }];
    }),
  ];
  const filled = listNames.length === 0 ? {} : { lists: Object.fromEntries(lists) };
  return { fixture, test: { fixture: fixtureName, ...filled, cases } };
};

/** One of the rule's events, or one that any account has. */
const eventOf = ({ events = {}, conditions }: Rule): readonly [source: string, name: string] => {
  const [[source, names] = []] = Object.entries(events);
  const first = names === undefined || names === '*' ? undefined : names[0];
  const asked = (fact: string): string | undefined => {
    let found: string | undefined;
    visitCondition(conditions, '', (node) => {
      if (!('fact' in node) || node.fact !== fact) return;
      const [text] = [node.value].flat();
      if (typeof text === 'string' && ['equal', 'in', 'equalsIgnoreCase'].includes(node.operator)) found ??= text;
    });
    return found;
  };
  const name = first?.endsWith('*') ? `${first.slice(0, -1)}Something` : first;
  return [source ?? asked('eventSource') ?? 'sts.amazonaws.com', name ?? asked('eventName') ?? 'GetCallerIdentity'];
};

const listsIn = (tree: Condition): readonly string[] => {
  const names = new Set<string>();
  visitCondition(tree, '', (node) => {
    if ('fact' in node && isListReference(node.value)) names.add(node.value.list);
  });
  return [...names];
};

/** For each leaf the changes of its own field that may turn it over, and what to call them. */
const turningCases = (
  tree: Condition,
  fixture: object,
): readonly { readonly name: string; readonly difference: Difference }[] => {
  const cases = new Map<string, { readonly name: string; readonly difference: Difference }>();
  const add = (leaf: Leaf, wanted: boolean): void => {
    const [difference] = changesFor(leaf, wanted, fixture);
    if (difference === undefined) return;
    const value = difference.get(leaf.fact);
    if (value === undefined && readField(fixture, parseFieldPath(leaf.fact)) === undefined) return;
    const name = value === undefined ? `without ${leaf.fact}` : `${leaf.fact} is ${JSON.stringify(value)}`;
    cases.set(name, { name, difference });
  };
  visitCondition(tree, '', (node) => {
    if (!('fact' in node)) return;
    add(node, true);
    add(node, false);
  });
  return [...cases.values()];
};
