import fc from 'fast-check';
import { Engine } from 'json-rules-engine';
import { describe, expect, it } from 'vitest';
import { createConditionCompiler } from '../../engine/compile.ts';
import { type Condition, conditionSchema } from '../../engine/condition.ts';
import { explain } from '../../engine/explain.ts';
import { parseFieldPath, readField } from '../../engine/field.ts';
import {
  comparisonExamples,
  type DecoratorExample,
  decoratorExamples,
  emptyList,
  type OperatorExample,
  operatorExamples,
  pathExamples,
  stockDifferences,
} from '../../engine/operator-examples.ts';
import { operators, parseAddressRange, parseOperator } from '../../engine/operators.ts';
import type { References } from '../../engine/reference.ts';
import { wildcardTest } from '../../engine/wildcard.ts';
import { seeded } from './seed.ts';

const references: References = { conditions: new Map(), lists: new Map([[emptyList, []]]) };
const compile = createConditionCompiler(references);

const leaf = (operator: string, value: unknown): Condition => ({ all: [{ fact: 'field', operator, value }] });
const show = (value: unknown): string => (value === undefined ? 'a missing field' : JSON.stringify(value));

/** What the compiled tree and json-rules-engine say; the tree has to be one that a rule file may hold. */
const evaluate = async (tree: Condition, record: unknown): Promise<{ compiled: boolean; reference: boolean }> => {
  conditionSchema.parse(tree);
  return { compiled: compile(tree)(record), reference: (await explain(tree, record, references)).holds };
};

/** What json-rules-engine's own operator says, of a record with its fields as facts. */
const stock = async (operator: string, record: object, value: unknown): Promise<boolean> => {
  const engine = new Engine([], { allowUndefinedFacts: true });
  const conditions = { all: [{ fact: 'field', operator, value }] };
  engine.addRule({ conditions, event: { type: 'match' } });
  const { results } = await engine.run({ ...record });
  return results.length === 1;
};

const recordOf = (field: unknown): object => (field === undefined ? {} : { field });
const rowsOf = <T extends OperatorExample>(rows: readonly T[]) =>
  rows.map((row) => ({ ...row, says: row.holds ? 'holds' : 'does not hold' }));

describe.each(Object.entries(operatorExamples))('%s', (operator, examples: readonly OperatorExample[]) => {
  it.each(rowsOf(examples).map((row) => ({ ...row, of: show(row.field), with: show(row.value) })))(
    '$says for $of with $with',
    async ({ field, value, holds }) => {
      expect(await evaluate(leaf(operator, value), recordOf(field))).toEqual({ compiled: holds, reference: holds });
    },
  );

  it('has examples that hold and that do not, of a missing field and of a list', () => {
    expect(new Set(examples.map(({ holds }) => holds))).toEqual(new Set([true, false]));
    expect(examples.some(({ field }) => field === undefined)).toBe(true);
    expect(examples.some(({ field }) => Array.isArray(field))).toBe(true);
  });

  it('is negated exactly by "not:" and by {"not": ...}', async () => {
    for (const { field, value, holds } of examples) {
      const negated = { compiled: !holds, reference: !holds };
      expect(await evaluate(leaf(`not:${operator}`, value), recordOf(field)), show(field)).toEqual(negated);
      expect(await evaluate({ not: leaf(operator, value) }, recordOf(field)), show(field)).toEqual(negated);
    }
  });
});

describe.each(Object.entries(decoratorExamples))('the decorator %s', (_, examples: readonly DecoratorExample[]) => {
  it.each(rowsOf(examples).map((row) => ({ ...row, of: show(row.field), with: show(row.value) })))(
    '$operator $says for $of with $with',
    async ({ operator, field, value, holds }) => {
      expect(await evaluate(leaf(operator, value), recordOf(field))).toEqual({ compiled: holds, reference: holds });
    },
  );
});

describe('a field compared with another field', () => {
  it.each(comparisonExamples.map((row) => ({ ...row, of: JSON.stringify(row.record) })))(
    '$operator on $of',
    async ({ operator, record, holds }) => {
      expect(await evaluate(leaf(operator, { fact: 'other' }), record)).toEqual({ compiled: holds, reference: holds });
    },
  );

  it('is refused where the value is a pattern, a range or a tree, which whoever makes the call must not write', () => {
    const refusing = Object.keys(operators).filter(
      (operator) => !conditionSchema.safeParse(leaf(operator, { fact: 'other' })).success,
    );
    expect(refusing).toEqual(['wildcard', 'cidr', 'exists', 'regex', 'anyItem']);
  });
});

describe('a path', () => {
  it.each(pathExamples.map((row) => ({ ...row, of: JSON.stringify(row.record), finds: show(row.found) })))(
    '$path finds $finds in $of',
    ({ path, record, found }) => {
      expect(readField(record, parseFieldPath(path))).toEqual(found);
    },
  );
});

describe("json-rules-engine's own operators", () => {
  const single = fc.oneof(
    fc.constantFrom('', ' ', '0', '9', '10', '1e3', '0x10', '-1', '.5', '22abc', 'Infinity', 'NaN', 'Root', 'root'),
    fc.string({ maxLength: 4 }),
    fc.integer({ min: -20, max: 20 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  );
  const field = fc.option(single, { nil: undefined, freq: 8 });
  const number = fc.oneof(fc.constantFrom(0, 9, 10, 16, 1000), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const values = fc.array(single, { minLength: 1, maxLength: 4 });
  const list = fc.array(single, { minLength: 1, maxLength: 4 });

  const cases = {
    equal: fc.tuple(field, single),
    notEqual: fc.tuple(field, single),
    in: fc.tuple(field, values),
    notIn: fc.tuple(field, values),
    contains: fc.tuple(list, single),
    doesNotContain: fc.tuple(list, single),
    lessThan: fc.tuple(field, number),
    lessThanInclusive: fc.tuple(field, number),
    greaterThan: fc.tuple(field, number),
    greaterThanInclusive: fc.tuple(field, number),
    'not:equal': fc.tuple(field, single),
    'someFact:equal': fc.tuple(list, single),
    'someFact:notEqual': fc.tuple(list, single),
    'someFact:greaterThan': fc.tuple(list, number),
    'everyFact:equal': fc.tuple(list, single),
    'everyFact:notIn': fc.tuple(list, values),
    'everyFact:lessThan': fc.tuple(list, number),
    'someValue:contains': fc.tuple(list, values),
    'everyValue:contains': fc.tuple(list, values),
    'someValue:equal': fc.tuple(field, values),
    'everyValue:notEqual': fc.tuple(field, values),
    'someValue:lessThan': fc.tuple(field, fc.array(number, { minLength: 1 })),
    'not:everyFact:equal': fc.tuple(list, single),
  };

  it.each(Object.entries(cases))(
    '%s says the same as ours, of a single value and of what is made for lists',
    async (operator, pairs) => {
      // One of two values is often the other, or an operator that asks for equality would hardly ever hold.
      const meeting = fc.tuple(pairs, fc.boolean()).map(([[actual, expected], meet]): [unknown, unknown] => {
        if (!meet) return [actual, expected];
        const [first] = [actual].flat();
        if (Array.isArray(expected)) return [actual, [...expected, ...(first === undefined ? [] : [first])]];
        return [actual, typeof first === typeof expected ? first : expected];
      });
      const seen = new Set<boolean>();
      await fc.assert(
        fc.asyncProperty(meeting, async ([actual, expected]) => {
          const theirs = await stock(operator, recordOf(actual), expected);
          seen.add(theirs);
          expect(compile(leaf(operator, expected))(recordOf(actual))).toBe(theirs);
        }),
        { ...seeded, numRuns: 300 },
      );
      expect(seen.size).toBe(2);
    },
  );

  it.each(stockDifferences.map((row) => ({ ...row, of: JSON.stringify(row.record), with: JSON.stringify(row.value) })))(
    '$operator differs on $of with $with: $why',
    async ({ operator, record, value, stock: theirs, holds }) => {
      const ours = await evaluate(leaf(operator, value), record);
      expect(ours).toEqual({ compiled: holds, reference: holds });
      if (theirs === 'throws') await expect(stock(operator, { other: undefined, ...record }, value)).rejects.toThrow();
      else expect(await stock(operator, record, value)).toBe(theirs);
      expect(theirs).not.toBe(holds);
    },
  );
});

describe('an address range', () => {
  const toBits = (address: string, version: 4 | 6): bigint => {
    if (version === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    const [head = '', tail = ''] = address.split('::');
    const left = head === '' ? [] : head.split(':');
    const right = tail === '' ? [] : tail.split(':');
    const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
    return [...left, ...zeros, ...right].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
  };
  const toAddress = (bits: bigint, version: 4 | 6): string => {
    const [count, size] = version === 4 ? [4, 8n] : [8, 16n];
    const parts = Array.from(
      { length: count },
      (_, i) => (bits >> (size * BigInt(count - 1 - i))) & ((1n << size) - 1n),
    );
    return version === 4 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':');
  };

  it.each([
    [4, 32n],
    [6, 128n],
  ] as const)('holds the IPv%d addresses that share its leading bits, whatever its length', (version, length) => {
    const bits = fc.bigInt({ min: 0n, max: (1n << length) - 1n });
    fc.assert(
      fc.property(bits, bits, fc.bigInt({ min: 0n, max: length }), fc.boolean(), (network, other, prefix, near) => {
        // ::ffff:0:0/96 is IPv4 in IPv6, which has rows of its own.
        fc.pre(version === 4 || (network >> 32n !== 0xffffn && other >> 32n !== 0xffffn));
        const rest = length - prefix;
        const address = near ? network ^ (rest === length ? other : 1n << (rest % length)) : other;
        fc.pre(version === 4 || address >> 32n !== 0xffffn);
        const range = `${toAddress(network, version)}/${prefix}`;
        const holds = operators.cidr.compile(range, () => () => false)(toAddress(address, version));
        expect(holds, `${toAddress(address, version)} in ${range}`).toBe(network >> rest === address >> rest);
      }),
      { ...seeded, numRuns: 2000 },
    );
  });

  it('reads the addresses of the examples as they are written', () => {
    expect(toAddress(toBits('198.51.100.7', 4), 4)).toBe('198.51.100.7');
    expect(toAddress(toBits('2001:db8::9', 6), 6)).toBe('2001:db8:0:0:0:0:0:9');
  });

  it.each([
    '',
    '198.51.100.0/33',
    '198.51.100.0/-1',
    '198.51.100.0/',
    '198.51.100/24',
    '198.51.100.0/24/8',
    '198.51.100.256',
    '2001:db8::/129',
    '2001:db8:::/32',
    'example.com',
    '198.51.100.0/2 4',
  ])('%j is refused, with what would be right', (text) => {
    expect(() => parseAddressRange(text)).toThrow(`"${text}" is not an IP address or range such as 198.51.100.0/24`);
  });

  it.each(['fe80::1%eth0', '::1%', '1.2.3.4%eth0', '::ffff:1.2.3.4%x', '%00', '[2001:db8::1]'])(
    'does not throw for %j as an address',
    (text) => {
      for (const range of ['0.0.0.0/0', '2001:db8::/32', '198.51.100.0/24']) {
        expect(operators.cidr.compile(range, () => () => false)(text)).toBe(
          text === '::ffff:1.2.3.4%x' && range === '0.0.0.0/0',
        );
      }
    },
  );
});

describe('a wildcard', () => {
  /** Each `*` tried at every length, as the definition says. */
  const matches = (pieces: readonly string[], text: string): boolean => {
    const [first = '', ...rest] = pieces;
    if (rest.length === 0) return text === first;
    if (!text.startsWith(first)) return false;
    const after = text.slice(first.length);
    return Array.from({ length: after.length + 1 }, (_, i) => after.slice(i)).some((tail) => matches(rest, tail));
  };
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\\', '*'), maxLength: 8 });
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 3 });

  it('says what trying every length for every star says', () => {
    fc.assert(
      fc.property(
        fc.array(plain, { minLength: 1, maxLength: 4 }),
        letters,
        fc.array(plain),
        (pieces, text, filling) => {
          const pattern = pieces.map((piece) => piece.replaceAll('*', '\\*')).join('*');
          const made = pieces.reduce((sum, piece, index) => sum + (filling[index] ?? '') + piece);
          for (const candidate of [text, made]) {
            expect(wildcardTest(pattern)(candidate), `${pattern} on ${candidate}`).toBe(matches(pieces, candidate));
          }
        },
      ),
      { ...seeded, numRuns: 2000 },
    );
  });

  it('does not retry: a text made to be retried is done at once', () => {
    const pattern = `${'a*'.repeat(50)}b`;
    const started = Date.now();
    expect(wildcardTest(pattern)('a'.repeat(1_000_000))).toBe(false);
    expect(Date.now() - started).toBeLessThan(2000);
  });
});

describe('a regular expression', () => {
  it('is matched in linear time: a text made to be retried is done at once', () => {
    const test = operators.regex.compile('^(a+)+$');
    const started = Date.now();
    expect(test(`${'a'.repeat(50_000)}!`)).toBe(false);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it.each(['(', 'a{2,1}', '(?=a)', '\\1', '[z-a]'])('%j is refused', (pattern) => {
    expect(conditionSchema.safeParse(leaf('regex', pattern)).success).toBe(false);
  });
});

describe('the name of an operator', () => {
  it('may carry decorators, the outermost first', () => {
    expect(parseOperator('not:everyFact:cidr')?.name).toBe('cidr');
    expect(parseOperator('someValue:not:cidr')?.valueIsList).toBe(true);
  });

  it.each([
    '',
    ':',
    'not:',
    ':equal',
    'equal:',
    'not::equal',
    'nor:equal',
    'swap:equal',
    'toString',
    'constructor:equal',
    '__proto__',
  ])('%j is none', (written) => {
    expect(parseOperator(written)).toBeUndefined();
  });

  it('of anyItem takes no decorator that wants a list of values: a list of trees is written as {"any": [...]}', () => {
    const tree = { all: [{ fact: 'a', operator: 'equal', value: 1 }] };
    for (const value of [tree, [tree], { list: emptyList }]) {
      expect(conditionSchema.safeParse(leaf('someValue:anyItem', value)).success).toBe(false);
    }
  });
});
