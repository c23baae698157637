import type { Condition } from '../../engine/condition.ts';
import { messageOf } from '../../engine/errors.ts';
import { fieldPathForm } from '../../engine/leaf-value.ts';
import { compilePattern, parseAddressRange } from '../../engine/operators.ts';
import { base64Encodings, wideEncodings } from './encoding.ts';
import { kebabOf } from './kebab.ts';
import { Refusal } from './refusal.ts';
import { oneOrMany, type SigmaItem } from './sigma-item.ts';
import { compareTexts } from './text-leaves.ts';
import { allOf, anyOf, leaf } from './tree.ts';

/** What decides how values are compared, and the modifiers that may stand beside it. */
const comparisons = {
  re: ['i', 'm', 's', 'all', 'neq'],
  cidr: ['all', 'neq'],
  exists: [],
  fieldref: ['cased', 'neq', 'startswith', 'endswith'],
  expand: ['cased', 'neq'],
  lt: ['all'],
  lte: ['all'],
  gt: ['all'],
  gte: ['all'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type Comparison = keyof typeof comparisons;

const encodings = { ...wideEncodings, ...base64Encodings };
const ofTexts = ['contains', 'startswith', 'endswith', 'cased', 'all', 'neq', ...Object.keys(encodings)];

const notCarried: Readonly<Record<string, string>> = {
  windash: 'is for command lines of Windows',
  ...Object.fromEntries(
    ['minute', 'hour', 'day', 'week', 'month', 'year'].map((unit) => [
      unit,
      'takes a part of a date, which no operator of ours does',
    ]),
  ),
};

/** Translates `field|modifier: values`; throws a Refusal that names what cannot be carried. */
export const conditionOfItem = (key: string, value: unknown): Condition => {
  const [path = '', ...modifiers] = key.split('|');
  if (path === '') throw keywordRefusal;
  if (!fieldPathForm.test(path)) throw new Refusal(`"${path}" is not a path into a record such as "userIdentity.arn"`);
  const comparison = modifiers.find((name): name is Comparison => Object.hasOwn(comparisons, name));
  const allowed: readonly string[] = comparison === undefined ? ofTexts : comparisons[comparison];
  for (const name of modifiers) {
    if (name === comparison || allowed.includes(name)) continue;
    const known = Object.hasOwn(comparisons, name) || ofTexts.includes(name) || ['i', 'm', 's'].includes(name);
    const why =
      notCarried[name] ??
      (known ? `cannot stand beside "|${comparison ?? 'none of them'}"` : 'is no modifier of Sigma');
    throw new Refusal(`${path}: "|${name}" ${why}`);
  }
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new Refusal(`${path}: an empty list would match nothing`);
  const item = {
    path,
    modifiers: new Set(modifiers),
    encodings: modifiers.filter((name) => Object.hasOwn(encodings, name)),
  };
  try {
    const condition = comparison === undefined ? compareTexts(item, values) : compare[comparison](item, values);
    return item.modifiers.has('neq') ? { not: condition } : condition;
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`${path}: ${error.message}`);
    throw error;
  }
};

/** Sigma searches the whole text of an event for keywords; a record has fields. */
export const keywordRefusal = new Refusal(
  'keywords are searched for in the whole text of an event, which no operator of ours does; name the field',
);

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  throw new Refusal(`expected a text, found ${JSON.stringify(value) ?? typeof value}`);
};

/** Each value a leaf of its own; with `all`, every one must hold. */
const eachValue = ({ modifiers }: SigmaItem, leaves: readonly Condition[]): Condition =>
  modifiers.has('all') ? allOf(leaves) : anyOf(leaves);

const compareNumbers =
  (operator: string) =>
  (item: SigmaItem, values: readonly unknown[]): Condition =>
    eachValue(
      item,
      values.map((value) => {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        if (typeof number !== 'number' || Number.isNaN(number)) {
          throw new Refusal(`expected a number, found ${JSON.stringify(value)}`);
        }
        return leaf(item.path, operator, number);
      }),
    );

const compare: Readonly<Record<Comparison, (item: SigmaItem, values: readonly unknown[]) => Condition>> = {
  lt: compareNumbers('lessThan'),
  lte: compareNumbers('lessThanInclusive'),
  gt: compareNumbers('greaterThan'),
  gte: compareNumbers('greaterThanInclusive'),

  re: (item, values) => {
    const flags = ['i', 'm', 's'].filter((flag) => item.modifiers.has(flag)).join('');
    return eachValue(
      item,
      values.map((value) => {
        const pattern = `${flags === '' ? '' : `(?${flags})`}${textOf(value)}`;
        try {
          compilePattern(pattern);
        } catch (error) {
          throw new Refusal(`RE2, which is matched in linear time, does not take "${pattern}": ${messageOf(error)}`);
        }
        return leaf(item.path, 'regex', pattern);
      }),
    );
  },

  cidr: (item, values) => {
    const ranges = values.map(textOf);
    try {
      ranges.forEach(parseAddressRange);
    } catch (error) {
      throw new Refusal(messageOf(error));
    }
    if (item.modifiers.has('all')) return allOf(ranges.map((range) => leaf(item.path, 'cidr', range)));
    return leaf(item.path, 'cidr', oneOrMany(ranges));
  },

  exists: (item, values) => {
    const [value, ...more] = values;
    if (typeof value === 'boolean' && more.length === 0) return leaf(item.path, 'exists', value);
    throw new Refusal('"|exists" takes true or false');
  },

  fieldref: (item, values) => {
    const isCased = item.modifiers.has('cased');
    const ends = [...item.modifiers].filter((name) => name === 'startswith' || name === 'endswith');
    if (ends.length > 0 && !isCased) {
      throw new Refusal(
        `"|${ends[0]}" with a field compares in any case, which no operator of ours does; add "|cased"`,
      );
    }
    const end = ends[0] === 'startswith' ? 'prefix' : ends[0] === 'endswith' ? 'suffix' : undefined;
    const operator = end ?? (isCased ? 'equal' : 'equalsIgnoreCase');
    return anyOf(
      values.map((value) => {
        const other = textOf(value);
        if (!fieldPathForm.test(other)) throw new Refusal(`"${other}" is not a path into a record`);
        return leaf(item.path, operator, { fact: other });
      }),
    );
  },

  expand: (item, values) =>
    anyOf(
      values.map((value) => {
        const name = /^%([^%]+)%$/.exec(textOf(value))?.[1];
        const list = name === undefined ? '' : kebabOf(name);
        if (list === '') throw new Refusal(`"${value}" is not a single placeholder such as "%trusted_accounts%"`);
        return leaf(item.path, item.modifiers.has('cased') ? 'in' : 'equalsIgnoreCase', { list });
      }),
    ),
};
