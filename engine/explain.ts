import { Almanac, Engine, type RuleProperties } from 'json-rules-engine';
import type { Condition, Leaf } from './condition.ts';
import { parseFieldPath, readField } from './field.ts';
import { isFieldReference } from './leaf-value.ts';
import { type ParsedOperator, parseOperator } from './operators.ts';
import { constantOf, type References, sharedConditionOf } from './reference.ts';

/** Why a tree holds or does not, node by node; `items` are the elements that an `anyItem` looked at. */
export type Explanation =
  | {
      readonly node: 'all' | 'any' | 'not';
      readonly holds: boolean;
      /** The name, where the node is a shared condition. */
      readonly condition?: string;
      readonly of: readonly Explanation[];
    }
  | {
      readonly node: 'leaf';
      readonly holds: boolean;
      readonly fact: string;
      readonly operator: string;
      readonly expected: unknown;
      readonly actual: unknown;
      readonly items?: readonly Explanation[];
    };

type EngineNode = {
  readonly all?: readonly EngineNode[];
  readonly any?: readonly EngineNode[];
  readonly not?: EngineNode;
  readonly result?: boolean;
};

/** Where the root of a tree is. Places stand in for facts; the brackets, which no field path may have, keep the two apart. */
const rootPlace = '[root]';

type Prepared = {
  readonly tree: RuleProperties['conditions'];
  readonly items: ReadonlyMap<string, readonly Explanation[]>;
};

/**
 * Evaluates a condition tree with json-rules-engine and reports every node. One engine per call, constant facts and an
 * almanac of our own: concurrent runs of a shared engine lose matches, and its default path language is jsonpath-plus.
 * Throws what json-rules-engine throws, and TypeErrors for names that do not exist.
 */
export const explain = async (condition: Condition, item: unknown, references: References): Promise<Explanation> => {
  const engine = new Engine([], { allowUndefinedFacts: true });
  const { tree, items } = await prepare(condition, item, references, engine);
  engine.addRule({ conditions: tree, event: { type: 'match' } });

  const almanac = new Almanac({ allowUndefinedFacts: true });
  almanac.factValue = async <T>(fact: string): Promise<T> =>
    (items.get(fact)?.map(({ holds }) => holds) ?? readField(item, parseFieldPath(fact))) as T;

  const { results, failureResults } = await engine.run({}, { almanac });
  const [outcome] = [...results, ...failureResults];
  if (outcome === undefined) throw new TypeError('json-rules-engine returned no result');
  // The engine reports a root's result on the outcome, not on the root node.
  const root = { ...(outcome.conditions as EngineNode), result: outcome.result === true };
  return report(condition, root, item, references, items, rootPlace);
};

/**
 * Turns our tree into one for json-rules-engine: shared conditions inlined, lists resolved, and each `anyItem` evaluated
 * beforehand, item by item, since an operator of the engine cannot evaluate a tree.
 */
const prepare = async (
  condition: Condition,
  item: unknown,
  references: References,
  engine: Engine,
): Promise<Prepared> => {
  const items = new Map<string, readonly Explanation[]>();

  const convert = async (node: Condition, place: string): Promise<unknown> => {
    if ('all' in node) return { all: await Promise.all(node.all.map((child, i) => convert(child, `${place}.${i}`))) };
    if ('any' in node) return { any: await Promise.all(node.any.map((child, i) => convert(child, `${place}.${i}`))) };
    if ('not' in node) return { not: await convert(node.not, `${place}.0`) };
    if ('condition' in node) return convert(sharedConditionOf(node.condition, references), place);

    const operator = parseOperator(node.operator);
    if (operator === undefined) throw new TypeError(`"${node.operator}" is not an operator`);
    if (operator.value === 'condition') {
      const field = readField(item, parseFieldPath(node.fact));
      const elements = field === undefined ? [] : [field].flat();
      items.set(place, await Promise.all(elements.map((each) => explain(node.value as Condition, each, references))));
      addOperator(engine, node.operator, operator);
      return { fact: place, operator: node.operator, value: true };
    }
    addOperator(engine, node.operator, operator);
    const value = isFieldReference(node.value) ? node.value : constantOf(node.value, references);
    return { fact: node.fact, operator: node.operator, value };
  };

  return { tree: (await convert(condition, rootPlace)) as Prepared['tree'], items };
};

/** For an `anyItem` the field is the list of what its items came to, and an item holds when it is `true`. */
const addOperator = (engine: Engine, written: string, operator: ParsedOperator): void => {
  engine.addOperator(written, (actual: unknown, expected: unknown) => {
    const field = operator.value === 'condition' && Array.isArray(actual) && actual.length === 0 ? undefined : actual;
    return operator.compile(expected, () => (holds) => holds === true)(field);
  });
};

const report = (
  condition: Condition,
  engineNode: EngineNode,
  item: unknown,
  references: References,
  items: Prepared['items'],
  place: string,
): Explanation => {
  const child = (node: Condition, result: EngineNode | undefined, index: number): Explanation => {
    if (result === undefined) throw new TypeError(`json-rules-engine reported nothing for ${place}.${index}`);
    return report(node, result, item, references, items, `${place}.${index}`);
  };
  const holds = engineNode.result === true;
  if ('all' in condition) {
    return { node: 'all', holds, of: condition.all.map((node, i) => child(node, engineNode.all?.[i], i)) };
  }
  if ('any' in condition) {
    return { node: 'any', holds, of: condition.any.map((node, i) => child(node, engineNode.any?.[i], i)) };
  }
  if ('not' in condition) return { node: 'not', holds, of: [child(condition.not, engineNode.not, 0)] };
  if ('condition' in condition) {
    const shared = sharedConditionOf(condition.condition, references);
    return {
      ...report(shared, engineNode, item, references, items, place),
      condition: condition.condition,
    } as Explanation;
  }
  return reportLeaf(condition, holds, item, references, items.get(place));
};

const reportLeaf = (
  { fact, operator, value }: Leaf,
  holds: boolean,
  item: unknown,
  references: References,
  items: readonly Explanation[] | undefined,
): Explanation => ({
  node: 'leaf',
  holds,
  fact,
  operator,
  expected: isFieldReference(value) ? readField(item, parseFieldPath(value.fact)) : constantOf(value, references),
  actual: readField(item, parseFieldPath(fact)),
  ...(items === undefined ? {} : { items }),
});

/** All leaves of an explanation with what they came to, conditions inside `anyItem` included, in the order of the tree. */
export const leavesOf = (explanation: Explanation): readonly Extract<Explanation, { node: 'leaf' }>[] =>
  explanation.node === 'leaf'
    ? [explanation, ...(explanation.items ?? []).flatMap(leavesOf)]
    : explanation.of.flatMap(leavesOf);
