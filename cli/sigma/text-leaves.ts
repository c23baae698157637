import type { Condition } from '../../engine/condition.ts';
import { encodeText } from './encoding.ts';
import { Refusal } from './refusal.ts';
import { oneOrMany, type SigmaItem } from './sigma-item.ts';
import { expressionOf, hasNoCase, parseSigmaText, plainTextOf, type SigmaText, wildcardOf } from './sigma-text.ts';
import { allOf, anyOf, leaf } from './tree.ts';

type Scalar = string | number | boolean;

/** These hold more fields: no text of theirs can be compared. */
const objects = new Set(['requestParameters', 'responseElements', 'userIdentity', 'additionalEventData', 'resources']);

const scalarOf = (value: unknown): Scalar => {
  if (['string', 'number', 'boolean'].includes(typeof value)) return value as Scalar;
  throw new Refusal(`expected a text, a number, true or false, found ${JSON.stringify(value) ?? typeof value}`);
};

/** The condition that texts, numbers and truth values of an item come to, with its modifiers. */
export const compareTexts = (item: SigmaItem, values: readonly unknown[]): Condition => {
  if (item.modifiers.has('all')) return allOf(values.map((value) => leavesOfTexts(item, [value])));
  return leavesOfTexts(item, values);
};

/** The leaves that one of the values satisfies: as few as their kinds allow, so that as few must be covered by cases. */
const leavesOfTexts = (item: SigmaItem, values: readonly unknown[]): Condition => {
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
const textsOf = ({ modifiers, encodings: chain }: SigmaItem, value: Scalar): readonly SigmaText[] => {
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
const casedLeaves = (item: SigmaItem, values: readonly Scalar[]): readonly Condition[] => {
  const exact = values.flatMap((value): readonly Scalar[] =>
    typeof value === 'string' ? textsOf(item, value).map((text) => plainTextOf(text) ?? '') : [value],
  );
  if (exact.length === 0) return [];
  return [exact.length === 1 ? leaf(item.path, 'equal', exact[0]) : leaf(item.path, 'in', exact)];
};

/** To Sigma all values are texts: `true` is also what a record has without quotes, and so is a number. */
const uncasedLeaves = (item: SigmaItem, values: readonly Scalar[]): readonly Condition[] => {
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

const wildcardLeaves = (item: SigmaItem, texts: readonly SigmaText[]): readonly Condition[] => {
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
