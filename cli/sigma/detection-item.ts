import type { Condition } from '../../engine/condition.ts';
import { messageOf } from '../../engine/errors.ts';
import { fieldPathForm } from '../../engine/leaf-value.ts';
import { compilePattern, parseAddressRange } from '../../engine/operators.ts';
import { base64Encodings, encodeText, wideEncodings } from './encoding.ts';
import { Refusal } from './refusal.ts';
import { expressionOf, hasNoCase, parseSigmaText, plainTextOf, type SigmaText, wildcardOf } from './sigma-text.ts';
import { allOf, anyOf, leaf } from './tree.ts';

type Scalar = string | number | boolean;

/** One line of a selection: a field, what becomes of its values, and the values. */
type Item = { readonly path: string; readonly modifiers: ReadonlySet<string>; readonly encodings: readonly string[] };

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

/** These hold more fields: no text of theirs can be compared. */
const objects = new Set(['requestParameters', 'responseElements', 'userIdentity', 'additionalEventData', 'resources']);

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

const scalarOf = (value: unknown): Scalar => {
  if (['string', 'number', 'boolean'].includes(typeof value)) return value as Scalar;
  throw new Refusal(`expected a text, a number, true or false, found ${JSON.stringify(value) ?? typeof value}`);
};

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  throw new Refusal(`expected a text, found ${JSON.stringify(value) ?? typeof value}`);
};

/** Each value a leaf of its own; with `all`, every one must hold. */
const eachValue = ({ modifiers }: Item, leaves: readonly Condition[]): Condition =>
  modifiers.has('all') ? allOf(leaves) : anyOf(leaves);

const compareNumbers =
  (operator: string) =>
  (item: Item, values: readonly unknown[]): Condition =>
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

const compare: Readonly<Record<Comparison, (item: Item, values: readonly unknown[]) => Condition>> = {
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

/** Lower-case words joined by hyphens. */
export const kebabOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

const oneOrMany = <T>(values: readonly T[]): T | readonly T[] => (values.length === 1 ? (values[0] as T) : values);

const compareTexts = (item: Item, values: readonly unknown[]): Condition => {
  if (item.modifiers.has('all')) return allOf(values.map((value) => leavesOfTexts(item, [value])));
  return leavesOfTexts(item, values);
};

/** The leaves that one of the values satisfies: as few as their kinds allow, so that as few must be covered by cases. */
const leavesOfTexts = (item: Item, values: readonly unknown[]): Condition => {
  const leaves: Condition[] = [];
  if (values.includes(null)) leaves.push(leaf(item.path, 'exists', false));
  const scalars = values.filter((value) => value !== null).map(scalarOf);
  if (scalars.length > 0 && objects.has(item.path)) {
    throw new Refusal('holds fields and is no text; name the field in it');
  }
  const texts = scalars.flatMap((value) => textsOf(item, value));
  if (texts.some((text) => text.length === 1 && text[0] === '*')) {
    return anyOf([...leaves, leaf(item.path, 'exists', true)]);
  }
  const plain = scalars.filter((value) => textsOf(item, value).every((text) => plainTextOf(text) !== undefined));
  leaves.push(...(item.modifiers.has('cased') ? casedLeaves(item, plain) : uncasedLeaves(item, plain)));
  leaves.push(
    ...wildcardLeaves(
      item,
      texts.filter((text) => plainTextOf(text) === undefined),
    ),
  );
  return anyOf(leaves);
};

/** The texts that a value stands for: encoded, and with the wildcards that `contains` and its like put around it. */
const textsOf = ({ modifiers, encodings: chain }: Item, value: Scalar): readonly SigmaText[] => {
  const ends = {
    start: modifiers.has('contains') || modifiers.has('endswith'),
    end: modifiers.has('contains') || modifiers.has('startswith'),
  };
  return encodeText(parseSigmaText(String(value)), chain).map((text) => [
    ...(ends.start && text[0] !== '*' ? (['*'] as const) : []),
    ...text,
    ...(ends.end && text.at(-1) !== '*' ? (['*'] as const) : []),
  ]);
};

/** With `cased` a value has the type in which it is written. */
const casedLeaves = (item: Item, values: readonly Scalar[]): readonly Condition[] => {
  const exact = values.flatMap((value): readonly Scalar[] =>
    typeof value === 'string' ? textsOf(item, value).map((text) => plainTextOf(text) ?? '') : [value],
  );
  if (exact.length === 0) return [];
  return [exact.length === 1 ? leaf(item.path, 'equal', exact[0]) : leaf(item.path, 'in', exact)];
};

/** To Sigma all values are texts: `true` is also what a record has without quotes, and so is a number. */
const uncasedLeaves = (item: Item, values: readonly Scalar[]): readonly Condition[] => {
  const texts = values.flatMap((value) => textsOf(item, value).map((text) => plainTextOf(text) ?? ''));
  const typed = texts.flatMap(typedValueOf);
  const inAnyCase = texts.filter((text) => !hasNoCase(text));
  const exact = [...texts.filter(hasNoCase), ...typed];
  return [
    ...(inAnyCase.length === 0 ? [] : [leaf(item.path, 'equalsIgnoreCase', oneOrMany(inAnyCase))]),
    ...(exact.length === 0
      ? []
      : [exact.length === 1 ? leaf(item.path, 'equal', exact[0]) : leaf(item.path, 'in', exact)]),
  ];
};

/** What a text is without quotes, where that is no text. */
export const typedValueOf = (text: string): readonly (number | boolean)[] => {
  if (/^(?:true|false)$/i.test(text)) return [text.toLowerCase() === 'true'];
  const number = Number(text);
  return String(number) === text && Number.isFinite(number) ? [number] : [];
};

const wildcardLeaves = (item: Item, texts: readonly SigmaText[]): readonly Condition[] => {
  if (texts.length === 0) return [];
  if (!item.modifiers.has('cased')) return [leaf(item.path, 'regex', expressionOf(texts, false))];
  const [beginnings, ends, others] = [
    texts.flatMap(beginningOf),
    texts.flatMap(endOf),
    texts.filter((text) => beginningOf(text).length + endOf(text).length === 0),
  ];
  const wildcards = others.flatMap((text) => wildcardOf(text) ?? []);
  const rest = others.filter((text) => wildcardOf(text) === undefined);
  return [
    ...(beginnings.length === 0 ? [] : [leaf(item.path, 'prefix', oneOrMany(beginnings))]),
    ...(ends.length === 0 ? [] : [leaf(item.path, 'suffix', oneOrMany(ends))]),
    ...(wildcards.length === 0 ? [] : [leaf(item.path, 'wildcard', oneOrMany(wildcards))]),
    ...(rest.length === 0 ? [] : [leaf(item.path, 'regex', expressionOf(rest, true))]),
  ];
};

const beginningOf = ([first, second, ...more]: SigmaText): readonly string[] =>
  typeof first === 'object' && second === '*' && more.length === 0 ? [first.plain] : [];
const endOf = ([first, second, ...more]: SigmaText): readonly string[] =>
  first === '*' && typeof second === 'object' && more.length === 0 ? [second.plain] : [];
