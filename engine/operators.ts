import { BlockList, isIP } from 'node:net';
import { RE2JS } from 're2js';
import type { Condition } from './condition.ts';
import type { FieldValue } from './field.ts';
import { onFirstUse } from './on-first-use.ts';
import { wildcardTest } from './wildcard.ts';

/** Decides on what a path led to: one value, a list of values, or `undefined`. */
export type FieldTest = (field: FieldValue) => boolean;

/** What an author may write as the value of an operator. */
export type ValueKind = 'scalar' | 'scalars' | 'number' | 'text' | 'address' | 'pattern' | 'boolean' | 'condition';

export type Operator = {
  readonly value: ValueKind;
  readonly says: string;
  /** Whether the value may be another field: never for what is compiled to a pattern, which attackers must not write. */
  readonly comparesFields: boolean;
  /** Whether it takes so long for a value that its answer about a text is worth keeping. */
  readonly isSlow?: (value: unknown) => boolean;
  readonly compile: (value: unknown, compileItem: (condition: Condition) => (item: unknown) => boolean) => FieldTest;
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const textsOf = (value: unknown): readonly string[] => listOf(value).filter((item) => typeof item === 'string');

/** A list satisfies an operator when any of its elements does; nothing satisfies none. */
const anyValue =
  (test: (value: unknown) => boolean): FieldTest =>
  (field) =>
    Array.isArray(field) ? field.some(test) : field !== undefined && test(field);

const anyText = (test: (text: string) => boolean): FieldTest =>
  anyValue((actual) => typeof actual === 'string' && test(actual));

const negate = (operator: Operator, says: string): Operator => ({
  ...operator,
  says,
  compile: (value, compileItem) => {
    const test = operator.compile(value, compileItem);
    return (field) => !test(field);
  },
});

const textTest =
  (matches: (text: string, expected: string) => boolean): Operator['compile'] =>
  (value) => {
    const expected = textsOf(value);
    return anyText((actual) => {
      for (const item of expected) if (matches(actual, item)) return true;
      return false;
    });
  };

const numberIn = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;

const numberTest =
  (compare: (actual: number, expected: number) => boolean): Operator['compile'] =>
  (value) => {
    const expected = numberIn(value);
    return anyValue((actual) => compare(numberIn(actual), expected));
  };

const oneOf: Operator['compile'] = (value) => {
  const expected = new Set(listOf(value));
  return anyValue((actual) => expected.has(actual));
};

/** Parses `10.0.0.0/8`, `2001:db8::/32` or a single address; throws a TypeError that says what is wrong. */
export const parseAddressRange = (text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } => {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  const longest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (version === 0 || more.length > 0 || !(prefix >= 0 && prefix <= longest)) {
    throw new TypeError(`"${text}" is not an IP address or range such as 198.51.100.0/24 or 2001:db8::/32`);
  }
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
};

/** Compiles an RE2 expression, matched in linear time; throws an Error that says what is wrong with it. */
export const compilePattern = (pattern: string): { readonly test: (text: string) => boolean } => RE2JS.compile(pattern);

/** The account of a principal or resource as policies and records name them: a 12-digit id, or the fifth part of an ARN. */
const accountIn = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined;
  const id = value.startsWith('arn:') ? value.split(':', 5)[4] : value;
  return id !== undefined && /^\d{12}$/.test(id) ? id : undefined;
};

const blockListOf = (value: unknown): BlockList => {
  const ranges = new BlockList();
  for (const text of listOf(value)) {
    const { address, prefix, family } = parseAddressRange(String(text));
    ranges.addSubnet(address, prefix, family);
  }
  return ranges;
};

const compileCidr: Operator['compile'] = (value) => {
  const ranges = onFirstUse(() => blockListOf(value));
  return anyValue((actual) => {
    // sourceIPAddress is a service name for calls made by services: no address, hence in no range.
    const version = typeof actual === 'string' ? isIP(actual) : 0;
    return version !== 0 && ranges().check(actual as string, version === 4 ? 'ipv4' : 'ipv6');
  });
};

const equal: Operator = {
  value: 'scalar',
  says: 'is exactly this value',
  comparesFields: true,
  compile: (value) => anyValue((actual) => actual === value),
};
const isIn: Operator = { value: 'scalars', says: 'is one of these values', comparesFields: true, compile: oneOf };
const contains: Operator = { ...equal, says: 'is a list that holds this value' };

/**
 * Every operator of the rule language. json-rules-engine's keep its names and meaning, the rest are named after
 * EventBridge's (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
 */
export const operators = {
  equal,
  notEqual: negate(equal, 'is not this value, or is missing'),
  in: isIn,
  notIn: negate(isIn, 'is none of these values, or is missing'),
  contains,
  doesNotContain: negate(contains, 'is not a list that holds this value'),
  lessThan: number('is a number below', (actual, expected) => actual < expected),
  lessThanInclusive: number('is a number of at most', (actual, expected) => actual <= expected),
  greaterThan: number('is a number above', (actual, expected) => actual > expected),
  greaterThanInclusive: number('is a number of at least', (actual, expected) => actual >= expected),
  prefix: text('begins with', (actual, expected) => actual.startsWith(expected)),
  suffix: text('ends with', (actual, expected) => actual.endsWith(expected)),
  equalsIgnoreCase: {
    value: 'text',
    says: 'is this text in any case',
    comparesFields: true,
    compile: (value) => {
      const expected = new Set(textsOf(value).map((text) => text.toLowerCase()));
      return anyText((actual) => expected.has(actual.toLowerCase()));
    },
  },
  ofAccount: {
    value: 'text',
    says: 'is the id of one of these accounts, or an ARN in one of them',
    comparesFields: true,
    compile: (value) => {
      const accounts = new Set(listOf(value).map(accountIn));
      return anyValue((actual) => accountIn(actual) !== undefined && accounts.has(accountIn(actual)));
    },
  },
  wildcard: {
    value: 'text',
    says: 'matches this text, where * stands for any characters',
    comparesFields: false,
    isSlow: (value) => listOf(value).length > 2,
    compile: (value) => {
      const tests = listOf(value).map((pattern) => wildcardTest(String(pattern)));
      return anyText((actual) => {
        for (const test of tests) if (test(actual)) return true;
        return false;
      });
    },
  },
  cidr: { value: 'address', says: 'is an address in', comparesFields: false, isSlow: () => true, compile: compileCidr },
  exists: {
    value: 'boolean',
    says: 'is there (null, {} and [] count as missing)',
    comparesFields: false,
    compile: (value) => (field) => (field !== undefined) === value,
  },
  regex: {
    value: 'pattern',
    says: 'contains a match of this RE2 expression',
    comparesFields: false,
    isSlow: () => true,
    compile: (value) => {
      const pattern = onFirstUse(() => compilePattern(String(value)));
      return anyText((actual) => pattern().test(actual));
    },
  },
  anyItem: {
    value: 'condition',
    says: 'is a list with one item for which all this holds',
    comparesFields: false,
    compile: (value, compileItem) => anyValue(compileItem(value as Condition)),
  },
} as const satisfies Record<string, Operator>;

function number(says: string, compare: (actual: number, expected: number) => boolean): Operator {
  return { value: 'number', says, comparesFields: true, compile: numberTest(compare) };
}

function text(says: string, matches: (actual: string, expected: string) => boolean): Operator {
  return { value: 'text', says, comparesFields: true, compile: textTest(matches) };
}

type Decorator = {
  readonly says: string;
  readonly valueIsList: boolean;
  readonly decorate: (compile: Operator['compile']) => Operator['compile'];
};

/** json-rules-engine's operator decorators, written before the operator: `not:prefix`, `everyFact:cidr`. */
export const decorators = {
  not: {
    says: 'the exact negation',
    valueIsList: false,
    decorate: (compile) => (value, compileItem) => {
      const test = compile(value, compileItem);
      return (field) => !test(field);
    },
  },
  someFact: {
    says: 'any element of the field',
    valueIsList: false,
    decorate: (compile) => (value, compileItem) => {
      const test = compile(value, compileItem);
      return (field) => field !== undefined && listOf(field).some(test);
    },
  },
  everyFact: {
    says: 'every element of the field, and at least one',
    valueIsList: false,
    decorate: (compile) => (value, compileItem) => {
      const test = compile(value, compileItem);
      return (field) => field !== undefined && listOf(field).every(test);
    },
  },
  someValue: {
    says: 'for any element of the value',
    valueIsList: true,
    decorate: (compile) => (value, compileItem) => {
      const tests = listOf(value).map((item) => compile(item, compileItem));
      return (field) => tests.some((test) => test(field));
    },
  },
  everyValue: {
    says: 'for every element of the value',
    valueIsList: true,
    decorate: (compile) => (value, compileItem) => {
      const tests = listOf(value).map((item) => compile(item, compileItem));
      return (field) => tests.every((test) => test(field));
    },
  },
} as const satisfies Record<string, Decorator>;

export type OperatorName = keyof typeof operators;
export type DecoratorName = keyof typeof decorators;

/** An operator with its decorators, as written in a rule. */
export type ParsedOperator = Operator & { readonly name: OperatorName; readonly valueIsList: boolean };

/** Resolves `equal`, `not:prefix`, `everyFact:in`; `undefined` when a part of the name is unknown. */
export const parseOperator = (written: string): ParsedOperator | undefined => {
  const parts = written.split(':');
  const name = parts.pop() ?? '';
  if (!Object.hasOwn(operators, name) || !parts.every((part) => Object.hasOwn(decorators, part))) return undefined;
  const used: readonly Decorator[] = parts.map((part) => decorators[part as DecoratorName]);
  const operator: Operator = operators[name as OperatorName];
  return {
    ...operator,
    name: name as OperatorName,
    valueIsList: used.some((decorator) => decorator.valueIsList),
    compile: used.reduceRight((compile, decorator) => decorator.decorate(compile), operator.compile),
  };
};
