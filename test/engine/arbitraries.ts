import { isIP } from 'node:net';
import fc, { type Arbitrary } from 'fast-check';
import type { Condition, Leaf } from '../../engine/condition.ts';
import { issuesOfValue } from '../../engine/leaf-value.ts';
import {
  decorators,
  type OperatorName,
  operators,
  type ParsedOperator,
  parseOperator,
} from '../../engine/operators.ts';
import type { References } from '../../engine/reference.ts';

export type Scalar = string | number | boolean;

/** A field that a leaf may ask for, and a value that some record has there, so that leaves hold now and then. */
export type Field = { readonly path: string; readonly near: Scalar };

export const lists = new Map<string, readonly (string | number)[]>([
  ['empty', []],
  ['words', ['a', 'ab', 'Root']],
  ['numbers', [0, 9, 22]],
  ['networks', ['198.51.100.0/24', '2001:db8::/32']],
]);

const addresses = ['198.51.100.7', '203.0.113.9', '2001:db8::7', '::ffff:198.51.100.9'];
const words = [
  '',
  'a',
  'b',
  'ab',
  'A',
  'Root',
  'root',
  '9',
  '22',
  '1e1',
  '*',
  'a*b',
  'a\nb',
  'null',
  'cloudtrail.amazonaws.com',
];
const numbers = [0, -0, 1, 9, 10, 22, 22.5, -1, 1e21];

export const scalars: Arbitrary<Scalar> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  { weight: 3, arbitrary: fc.constantFrom(...numbers) },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 2, arbitrary: fc.constantFrom(...addresses) },
);

const names = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', 'b', 'items') },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '$', '0', '1', 'fact') },
);

/** Fields of generated records. */
export const fields: Arbitrary<Field> = fc.record({
  path: fc.array(names, { minLength: 1, maxLength: 3, size: 'max' }).map((steps) => steps.join('.')),
  near: scalars,
});

const objectOf = (values: Arbitrary<unknown>): Arbitrary<object> =>
  fc.array(fc.tuple(names, values), { maxLength: 4, size: 'max' }).map((entries) => Object.fromEntries(entries));

/** What may stand in a field of a record: everything that JSON has, and JSON in texts, whole and damaged. */
const valuesOf = (depth: number): Arbitrary<unknown> => {
  const plain = fc.oneof(
    { weight: 8, arbitrary: scalars },
    { weight: 1, arbitrary: fc.constantFrom(null, [], {}, [null], '{"a":', '%7B%', '{}') },
    { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
  );
  if (depth === 0) return plain;
  const deeper = valuesOf(depth - 1);
  const object = objectOf(deeper);
  const list = fc.array(deeper, { maxLength: 3, size: 'max' });
  return fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 4, arbitrary: object },
    { weight: 4, arbitrary: list },
    { weight: 1, arbitrary: fc.oneof(object, list).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.oneof(object, list).map((value) => encodeURIComponent(JSON.stringify(value))) },
  );
};

export const records: Arbitrary<object> = objectOf(valuesOf(3));

const oneOrMore = <T>(values: Arbitrary<T>): Arbitrary<readonly T[]> =>
  fc.array(values, { minLength: 1, maxLength: 3 });

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A pattern that finds a text: whole, from its beginning, in any case, or with something left out. */
const patternsAbout = (text: string): Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(`^${escapePattern(text)}$`, `^${escapePattern(text.slice(0, 4))}`, `(?i)${escapePattern(text)}`),
    fc.constantFrom('^a+$', '(a|b)', '[0-9]{2}', '^$', '.', '(?s)a.b', '(?i)root'),
  );

const wildcardsAbout = (text: string): Arbitrary<string> => {
  const literal = (part: string): string => part.replaceAll('*', '\\*');
  const middle = text.length >> 1;
  return fc.oneof(
    fc.constantFrom(literal(text), `${literal(text.slice(0, middle))}*`, `*${literal(text.slice(middle))}`),
    fc.constantFrom('*', 'a*', '*b', 'a*b', '*o*', 'a\\*b', '\\*', '198.51.*.7', '*.amazonaws.com'),
  );
};

const rangesAbout = (near: Scalar): Arbitrary<string> => {
  const version = isIP(String(near));
  const longest = version === 4 ? 32 : 128;
  const about = version === 0 ? [] : [fc.nat({ max: longest }).map((prefix) => `${near}/${prefix}`)];
  const fixed = fc.constantFrom(
    ...addresses,
    '198.51.100.0/24',
    '0.0.0.0/0',
    '::/0',
    '2001:db8::/32',
    '203.0.113.8/31',
  );
  return fc.oneof(fixed, ...about);
};

/** Other values than the one that is there come from the small pools. */
const nearOr = <T extends Scalar>(near: Scalar, type: 'string' | 'number', pool: Arbitrary<T>): Arbitrary<T> =>
  typeof near === type
    ? fc.oneof({ weight: 3, arbitrary: fc.constant(near as T) }, { weight: 2, arbitrary: pool })
    : pool;

const piecesOf = (name: OperatorName, text: string): Arbitrary<string> => {
  if (name === 'prefix') return fc.nat({ max: text.length }).map((end) => text.slice(0, end));
  if (name === 'suffix') return fc.nat({ max: text.length }).map((start) => text.slice(start));
  return fc.constantFrom(text, text.toUpperCase(), text.toLowerCase());
};

/** Constants that an author may write beside an operator. */
const constantsOf = (name: OperatorName, near: Scalar): Arbitrary<unknown> => {
  const someScalar = fc.oneof(fc.constant(near), scalars);
  const text = nearOr(near, 'string', fc.constantFrom(...words));
  const number = nearOr(near, 'number', fc.constantFrom(...numbers));
  switch (operators[name].value) {
    case 'scalar':
      return someScalar;
    case 'scalars':
      return oneOrMore(someScalar);
    case 'number':
      return fc.tuple(number, fc.constantFrom(0, 0, 1, -1)).map(([base, step]) => base + step);
    case 'text': {
      const about = name === 'wildcard' ? wildcardsAbout : (whole: string) => piecesOf(name, whole);
      const one = text.chain(about);
      return fc.oneof(one, oneOrMore(one));
    }
    case 'address':
      return fc.oneof(rangesAbout(near), oneOrMore(rangesAbout(near)));
    case 'pattern':
      return text.chain(patternsAbout);
    case 'boolean':
      return fc.boolean();
    case 'condition':
      throw new TypeError(`${name} takes a tree, not a constant`);
  }
};

/** Lists that a rule may name beside an operator. */
const listsFor = (operator: ParsedOperator): readonly string[] => {
  if (!operator.valueIsList && !['scalars', 'text', 'address'].includes(operator.value)) return [];
  return [...lists]
    .filter(([, values]) => values.length === 0 || issuesOfValue(values, operator, []).length === 0)
    .map(([name]) => name);
};

const operatorNames = Object.keys(operators) as OperatorName[];
const decoratorNames = Object.keys(decorators) as (keyof typeof decorators)[];
const decorations = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...decoratorNames), { minLength: 1, maxLength: 2, size: 'max' }) },
);

const valuesBeside = (operator: ParsedOperator, near: Scalar, others: Arbitrary<Field>): Arbitrary<unknown> => {
  const constants = constantsOf(operator.name, near);
  const suitable = listsFor(operator);
  const namedLists = suitable.length === 0 ? [] : [fc.constantFrom(...suitable).map((list) => ({ list }))];
  const references = operator.comparesFields ? [others.map(({ path }) => ({ fact: path }))] : [];
  return fc.oneof(
    { weight: 6, arbitrary: operator.valueIsList ? oneOrMore(constants) : constants },
    ...[...namedLists, ...references].map((arbitrary) => ({ weight: 1, arbitrary })),
  );
};

/** Trees of conditions, of the form that a rule file may hold, over some fields and with some shared conditions to refer to. */
export const createTrees = (
  someFields: Arbitrary<Field>,
  shared: readonly string[],
): ((depth: number) => Arbitrary<Condition>) => {
  const plainLeaves: Arbitrary<Condition> = fc
    .tuple(someFields, fc.constantFrom(...operatorNames.filter((name) => name !== 'anyItem')), decorations)
    .chain(([{ path, near }, name, used]) => {
      const operator = [...used, name].join(':');
      const parsed = parseOperator(operator);
      if (parsed === undefined) throw new TypeError(`${operator} is not an operator`);
      return valuesBeside(parsed, near, someFields).map((value): Leaf => ({ fact: path, operator, value }));
    });

  /** Asks for the items somewhere on the way to a field, and for the rest of the way inside them. */
  const itemLeaves = (depth: number): Arbitrary<Condition> =>
    fc.tuple(someFields, fc.nat({ max: 3 }), decorations).chain(([{ path, near }, cut, used]) => {
      const steps = path.split('.');
      const at = Math.max(1, Math.min(cut, steps.length - 1));
      const rest = steps.slice(at).join('.');
      const inside = rest === '' ? someFields : fc.oneof(fc.constant({ path: rest, near }), someFields);
      const operator = [...used.filter((decorator) => !decorators[decorator].valueIsList), 'anyItem'].join(':');
      const trees = createTrees(inside, shared)(depth - 1);
      return trees.map((value): Leaf => ({ fact: steps.slice(0, at).join('.'), operator, value }));
    });

  const nodesOf = (depth: number): Arbitrary<Condition> => {
    if (depth === 0) return plainLeaves;
    return fc.oneof(
      { weight: 5, arbitrary: plainLeaves },
      { weight: 2, arbitrary: itemLeaves(depth) },
      { weight: 4, arbitrary: treesOf(depth - 1) },
    );
  };

  const treesOf = (depth: number): Arbitrary<Condition> => {
    const nodes = nodesOf(depth);
    const references = shared.length === 0 ? [] : [fc.constantFrom(...shared).map((condition) => ({ condition }))];
    return fc.oneof(
      { weight: 3, arbitrary: oneOrMore(nodes).map((all): Condition => ({ all })) },
      { weight: 3, arbitrary: oneOrMore(nodes).map((any): Condition => ({ any })) },
      { weight: 2, arbitrary: nodes.map((not): Condition => ({ not })) },
      ...references.map((arbitrary) => ({ weight: 1, arbitrary })),
    );
  };
  return treesOf;
};

/** A tree with all that it refers to. */
export type TreeCase = { readonly tree: Condition; readonly references: References };

/** Trees that refer to shared conditions, of which the second may refer to the first. */
export const treeCases = (someFields: Arbitrary<Field>): Arbitrary<TreeCase> =>
  fc
    .tuple(
      createTrees(someFields, [])(1),
      createTrees(someFields, ['first'])(1),
      createTrees(someFields, ['first', 'second'])(2),
    )
    .map(([first, second, tree]) => ({
      tree,
      references: {
        lists,
        conditions: new Map([
          ['first', first],
          ['second', second],
        ]),
      },
    }));
