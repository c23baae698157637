import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { createConditionCompiler } from '../../engine/compile.ts';
import { type Condition, childrenOf, conditionSchema } from '../../engine/condition.ts';
import { type Explanation, explain, leavesOf } from '../../engine/explain.ts';
import { parseFieldPath, readField } from '../../engine/field.ts';
import { isFieldReference } from '../../engine/leaf-value.ts';
import { decorators, operators } from '../../engine/operators.ts';
import type { JsonObject } from '../../engine/record.ts';
import { constantOf, type References, sharedConditionOf } from '../../engine/reference.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { recordOfCase } from '../../engine/rule-test.ts';
import { type Field, fields, lists, records, type Scalar, treeCases } from './arbitraries.ts';
import { seed, seeded } from './seed.ts';

type Compile = (references: References) => (condition: Condition) => (record: unknown) => boolean;

/** The first node, outermost first, on which the compiled tree and json-rules-engine's explanation say different things. */
const disagreement = (
  condition: Condition,
  item: unknown,
  explanation: Explanation,
  references: References,
  compile: ReturnType<Compile>,
): string | undefined => {
  const compiled = compile(condition)(item);
  if (compiled !== explanation.holds) {
    return `compiled: ${compiled}, json-rules-engine: ${explanation.holds}, for ${JSON.stringify(condition)} on ${JSON.stringify(item)}`;
  }
  if ('condition' in condition) {
    return disagreement(sharedConditionOf(condition.condition, references), item, explanation, references, compile);
  }
  const children = childrenOf(condition, '').map(({ node }) => node);
  if (explanation.node !== 'leaf') {
    return firstOf(explanation.of.map((each, i) => () => disagreement(children[i]!, item, each, references, compile)));
  }
  if (!('fact' in condition)) return undefined;
  const actual = readField(item, parseFieldPath(condition.fact));
  const expected = isFieldReference(condition.value)
    ? readField(item, parseFieldPath(condition.value.fact))
    : constantOf(condition.value, references);
  const shown = { actual: explanation.actual, expected: explanation.expected };
  // At every leaf: Vitest's `expect` took a fifth of the time here.
  if (!isDeepStrictEqual(shown, { actual, expected })) {
    return `explained with ${JSON.stringify(shown)}: ${JSON.stringify(condition)} on ${JSON.stringify(item)}`;
  }
  if (explanation.items === undefined) return undefined;
  const elements = [actual ?? []].flat();
  if (explanation.items.length !== elements.length) {
    return `explained for ${explanation.items.length} items: ${JSON.stringify(condition)} on ${JSON.stringify(item)}`;
  }
  return firstOf(
    explanation.items.map((each, i) => () => disagreement(children[0]!, elements[i], each, references, compile)),
  );
};

const firstOf = (checks: readonly (() => string | undefined)[]): string | undefined => {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Compiles each node once, for all records. */
const compiledOnce = (compile: ReturnType<Compile>): ReturnType<Compile> => {
  const compiled = new Map<Condition, ReturnType<typeof compile>>();
  return (condition) => {
    const there = compiled.get(condition) ?? compile(condition);
    compiled.set(condition, there);
    return there;
  };
};

/** Explains and compares; throws an error that has the whole case when they disagree. */
const compare = async (
  tree: Condition,
  record: unknown,
  references: References,
  compile: ReturnType<Compile>,
): Promise<Explanation> => {
  const explanation = await explain(tree, record, references);
  const found = disagreement(tree, record, explanation, references, compile);
  if (found !== undefined) {
    const shared = JSON.stringify(Object.fromEntries(references.conditions));
    throw new Error(`${found}\ntree: ${JSON.stringify(tree)}\nrecord: ${JSON.stringify(record)}\nshared: ${shared}`);
  }
  return explanation;
};

const recordsPerTree = 10;

/** Holds for trees over some fields and batches of records; counts what it has compared. */
const agreement = (
  someFields: Arbitrary<Field>,
  someRecords: Arbitrary<unknown>,
  compile: Compile,
  seen: (explanation: Explanation) => void = () => {},
) =>
  fc.asyncProperty(
    treeCases(someFields),
    fc.array(someRecords, { minLength: recordsPerTree, maxLength: recordsPerTree }),
    async ({ tree, references }, batch) => {
      conditionSchema.parse(tree);
      const compileTree = compiledOnce(compile(references));
      for (const record of batch) seen(await compare(tree, record, references, compileTree));
    },
  );

const repository = join(import.meta.dirname, '../..');
const { ruleSet } = parseRuleSet(readRuleFiles(join(repository, 'rules')));
const incident = readdirSync(join(repository, 'samples/incident'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json.gz'))
  .sort()
  .map((name) => gunzipSync(readFileSync(join(repository, 'samples/incident', name))).toString('utf8'))
  .flatMap((text) => (JSON.parse(text) as { Records: JsonObject[] }).Records);
const fixtures = [...ruleSet.fixtures.values()];

/** Collects the values of all fields, by their paths through lists and through JSON in texts. */
const collectFields = (value: unknown, path: string, into: Map<string, Set<Scalar>>): void => {
  if (Array.isArray(value)) {
    for (const item of value) collectFields(item, path, into);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      // A path cannot name a key that has a dot in it.
      if (/^[^.\s[\]{}]+$/.test(key)) collectFields(inner, path === '' ? key : `${path}.${key}`, into);
    }
  } else if (value !== null) {
    into.set(path, (into.get(path) ?? new Set()).add(value as Scalar));
    if (typeof value === 'string') collectFields(documentIn(value) ?? null, path, into);
  }
};

const documentIn = (text: string): unknown => {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** Any field with any of its values, the rare as often as those of every record. */
const fieldsOf = (someRecords: readonly unknown[]): Arbitrary<Field> => {
  const found = new Map<string, Set<Scalar>>();
  for (const record of someRecords) collectFields(record, '', found);
  return fc
    .constantFrom(...found)
    .chain(([path, values]) => fc.constantFrom(...values).map((near): Field => ({ path, near })));
};

describe('compiled rules and json-rules-engine say the same', () => {
  const operatorsSeen = new Map<string, Set<boolean>>();
  const rootsSeen = { true: 0, false: 0 };
  const compared = { generated: 0, written: 0 };
  const count = (explanation: Explanation): void => {
    compared.generated++;
    rootsSeen[`${explanation.holds}`]++;
    for (const { operator, holds } of leavesOf(explanation)) {
      for (const name of operator.split(':')) {
        const outcomes = operatorsSeen.get(name) ?? new Set();
        operatorsSeen.set(name, outcomes.add(holds));
      }
    }
  };

  it('of generated trees on generated records, at every node', async () => {
    await fc.assert(agreement(fields, records, createConditionCompiler, count), { ...seeded, numRuns: 4000 });
  }, 60_000);

  it('of generated trees on the records of this project', async () => {
    const real = [...fixtures, ...incident];
    const property = agreement(fieldsOf(real), fc.constantFrom(...real), createConditionCompiler, count);
    await fc.assert(property, { ...seeded, numRuns: 1000 });
  }, 60_000);

  it('having met every operator and decorator, holding and not holding', () => {
    const all = [...Object.keys(operators), ...Object.keys(decorators)];
    expect(all.filter((name) => operatorsSeen.get(name)?.size !== 2)).toEqual([]);
    expect(Math.min(rootsSeen.true, rootsSeen.false)).toBeGreaterThan((rootsSeen.true + rootsSeen.false) / 10);
  });

  it('of every rule on the cases of its test and on every sixtieth fixture and record of the sample incident', async () => {
    const compile = compiledOnce(createConditionCompiler(ruleSet));
    for (const [index, rule] of ruleSet.rules.entries()) {
      const test = ruleSet.tests.get(rule.id);
      const cases = (test?.cases ?? []).map(({ fixture, ...changes }) =>
        recordOfCase(ruleSet.fixtures.get(fixture ?? test?.fixture ?? ''), changes),
      );
      const others = [...fixtures, ...incident].filter((_, place) => (place + index) % 60 === 0);
      for (const record of [...cases, ...others]) {
        await compare(rule.conditions, record, ruleSet, compile);
        compared.written++;
      }
    }
  }, 60_000);

  it('where a field is named like the places that explain.ts gives to the items of an anyItem', async () => {
    const item: Condition = {
      fact: 'a',
      operator: 'anyItem',
      value: { not: { fact: 'b', operator: 'exists', value: true } },
    };
    const tree: Condition = { any: [item, { fact: '$.0', operator: 'exists', value: true }] };
    const references: References = { lists, conditions: new Map() };
    for (const record of [{ a: [{ b: 1 }] }, { a: 1 }, { a: [{ b: 1 }], $: [{ 0: 'there' }] }]) {
      await compare(tree, record, references, createConditionCompiler(references));
    }
  });

  it('in 50,000 generated cases and those of the rules', () => {
    console.log(`${compared.generated} generated cases and ${compared.written} of the rules compared`);
    expect(compared.generated).toBe(50_000);
    expect(compared.written).toBeGreaterThan(ruleSet.rules.length);
  });
});

describe('the comparison finds what is broken', () => {
  type Change = (condition: Condition) => Condition;

  /** Compiles what a change makes of every node: as if the compiler had that fault. */
  const broken =
    (change: Change): Compile =>
    (references) => {
      const everywhere = (condition: Condition): Condition => {
        const node = change(condition);
        if ('all' in node) return { all: node.all.map(everywhere) };
        if ('any' in node) return { any: node.any.map(everywhere) };
        if ('not' in node) return { not: everywhere(node.not) };
        if ('fact' in node && node.operator.endsWith('anyItem')) {
          return { ...node, value: everywhere(node.value as Condition) };
        }
        return node;
      };
      const conditions = new Map([...references.conditions].map(([name, tree]) => [name, everywhere(tree)]));
      const compile = createConditionCompiler({ ...references, conditions });
      return (condition) => compile(everywhere(condition));
    };

  const renamed =
    (from: string, to: string): Change =>
    (node) =>
      'fact' in node
        ? {
            ...node,
            operator: node.operator
              .split(':')
              .map((name) => (name === from ? to : name))
              .join(':'),
          }
        : node;
  const undecorated =
    (name: string): Change =>
    (node) =>
      'fact' in node ? { ...node, operator: node.operator.replace(`${name}:`, '') } : node;
  const always = {
    any: [
      { fact: 'a', operator: 'exists', value: true },
      { fact: 'a', operator: 'exists', value: false },
    ],
  };

  const faults: Record<string, Change> = {
    'prefix that asks for the suffix': renamed('prefix', 'suffix'),
    'lessThan that includes its value': renamed('lessThan', 'lessThanInclusive'),
    'greaterThanInclusive that leaves its value out': renamed('greaterThanInclusive', 'greaterThan'),
    'equalsIgnoreCase that minds the case': renamed('equalsIgnoreCase', 'in'),
    'notEqual that is not the negation on a list': (node) =>
      'fact' in node && node.operator === 'notEqual' ? { ...node, operator: 'someFact:notEqual' } : node,
    'everyFact that asks for some element': renamed('everyFact', 'someFact'),
    'everyValue that asks for some value': renamed('everyValue', 'someValue'),
    'not: that is passed over': undecorated('not'),
    'not that is passed over': (node) => ('not' in node ? { all: [node.not] } : node),
    'all that forgets its last part': (node) =>
      'all' in node && node.all.length > 1 ? { all: node.all.slice(0, -1) } : node,
    'any that asks for all': (node) => ('any' in node ? { all: node.any } : node),
    'shared condition that always holds': (node) => ('condition' in node ? always : node),
    'list that is empty': (node) =>
      'fact' in node && JSON.stringify(node.value).startsWith('{"list"') ? { ...node, value: { list: 'empty' } } : node,
    'comparison with a field that compares a constant': (node) =>
      'fact' in node && JSON.stringify(node.value).startsWith('{"fact"') ? { ...node, value: '' } : node,
    'anyItem that is content with different items': (node) => {
      if (!('fact' in node) || node.operator !== 'anyItem') return node;
      const tree = node.value as Condition;
      return 'all' in tree ? { all: tree.all.map((part) => ({ ...node, value: { all: [part] } })) } : node;
    },
  };

  it.each(Object.entries(faults))(
    '%s',
    async (_, change) => {
      const result = await fc.check(agreement(fields, records, broken(change)), {
        seed,
        numRuns: 10_000,
        endOnFailure: true,
      });
      expect(result.failed).toBe(true);
    },
    60_000,
  );

  it('and prints the seed, the tree and the record, both made small', async () => {
    const property = agreement(fields, records, broken(renamed('prefix', 'suffix')));
    const report = await fc.assert(property, { ...seeded, numRuns: 10_000 }).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(report).toContain(`seed: ${seed}`);
    expect(report).toMatch(/\nShrunk [1-9]\d* time/);
    expect(report).toMatch(/ for \{.*\} on .*\ntree: \{.*\}\nrecord: \{.*\}\nshared: \{.*\}\n/);
  }, 60_000);
});
