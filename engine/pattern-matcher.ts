import { wildcardOfRegex } from './regex-wildcard.ts';
import { wildcardPieces } from './wildcard.ts';

/**
 * What one field of an event may be, in EventBridge's words. A field with several passes by any of them.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export type Matcher =
  | string
  | boolean
  | { readonly 'equals-ignore-case': string }
  | { readonly prefix: string | { readonly 'equals-ignore-case': string } }
  | { readonly suffix: string }
  | { readonly wildcard: string }
  | { readonly 'anything-but': readonly string[] }
  | { readonly exists: boolean }
  | null;

/** That a field is there, whatever it holds. It is about texts, numbers and the like, not about objects. */
export const exists: Matcher = { exists: true };

/** What takes more characters in a pattern is not compared by the subscription, only asked for. */
const maxCharacters = 500;
const isShort = (matcher: Matcher): boolean => JSON.stringify(matcher).length <= maxCharacters;

/** A text or truth value as it is. Numbers are only asked for: 1 and 1.0 are one number to the engine and two to EventBridge. */
export const constantMatcher = (value: unknown): Matcher =>
  typeof value === 'boolean' || (typeof value === 'string' && isShort(value)) ? value : exists;

/** That a field is missing. To the engine null is so too, and an empty list or object, of which EventBridge sees nothing. */
export const absent: readonly Matcher[] = [{ exists: false }, null];

/** That a field is none of these values, or is missing; `undefined` where EventBridge cannot say it. */
export const noneOf = (values: readonly unknown[]): readonly Matcher[] | undefined => {
  const texts = values.filter((value) => typeof value === 'string');
  const matcher: Matcher = { 'anything-but': texts };
  return texts.length > 0 && texts.length === values.length && isShort(matcher) ? [matcher, ...absent] : undefined;
};

/** Whether a matcher says which value a field has. */
export const isSelective = (matcher: Matcher): boolean =>
  typeof matcher !== 'object' || (matcher !== null && !('exists' in matcher || 'anything-but' in matcher));

/** A name in any case, or with a star at its end the beginning of one. */
export const nameMatcher = (name: string): Matcher =>
  name.endsWith('*') ? { prefix: { 'equals-ignore-case': name.slice(0, -1) } } : { 'equals-ignore-case': name };

const ofText = (value: string, matcher: Matcher): Matcher => (value === '' || !isShort(matcher) ? exists : matcher);

/**
 * Operators of rules that EventBridge has a word for. The Kelvin sign is a "k" in lower case to the engine and not to
 * EventBridge, which compares single letters: what has one is only asked for.
 */
export const textMatchers: Readonly<Record<string, (value: string) => Matcher>> = {
  prefix: (value) => ofText(value, { prefix: value }),
  suffix: (value) => ofText(value, { suffix: value }),
  equalsIgnoreCase: (value) => (/^[ -JL-jl-~]+$/.test(value) ? ofText(value, { 'equals-ignore-case': value }) : exists),
  wildcard: (value) => piecesMatcher(wildcardPieces(value)),
  regex: (value) => piecesMatcher(wildcardOfRegex(value)),
};

/** Texts with anything between them, in the simplest words: wildcards have a quota of their own. */
const piecesMatcher = (pieces: readonly string[]): Matcher => {
  const [first = '', ...rest] = pieces;
  const last = rest.at(-1);
  if (last === undefined) return constantMatcher(first);
  if (pieces.every((piece) => piece === '')) return exists;
  if (rest.every((piece) => piece === '')) return ofText(first, { prefix: first });
  if (pieces.slice(0, -1).every((piece) => piece === '')) return ofText(last, { suffix: last });
  const wildcard = pieces.map((piece) => piece.replaceAll(/[\\*]/g, '\\$&')).join('*');
  return ofText(wildcard, { wildcard });
};

/** Whether all that `narrow` passes is passed by `wide` too; "no" may mean that nobody looked. */
export const covers = (wide: Matcher, narrow: Matcher): boolean => {
  if (wide === narrow) return true;
  if (typeof wide !== 'object' || wide === null) return false;
  if ('exists' in wide) return wide.exists ? !isAbsence(narrow) : isAbsence(narrow) && narrow !== null;
  if ('suffix' in wide) return endOf(narrow)?.endsWith(wide.suffix) === true;
  if (!('prefix' in wide)) return JSON.stringify(wide) === JSON.stringify(narrow);
  const { prefix } = wide;
  if (typeof prefix === 'string') return beginningOf(narrow)?.startsWith(prefix) === true;
  const beginning = beginningOf(narrow) ?? beginningInAnyCase(narrow);
  return beginning?.toLowerCase().startsWith(prefix['equals-ignore-case'].toLowerCase()) === true;
};

const isAbsence = (matcher: Matcher): boolean =>
  matcher === null || (typeof matcher === 'object' && 'exists' in matcher && !matcher.exists);

const beginningOf = (matcher: Matcher): string | undefined => {
  if (typeof matcher === 'string') return matcher;
  if (typeof matcher !== 'object' || matcher === null || !('prefix' in matcher)) return undefined;
  return typeof matcher.prefix === 'string' ? matcher.prefix : undefined;
};

const beginningInAnyCase = (matcher: Matcher): string | undefined => {
  if (typeof matcher !== 'object' || matcher === null) return undefined;
  if ('equals-ignore-case' in matcher) return matcher['equals-ignore-case'];
  return 'prefix' in matcher && typeof matcher.prefix === 'object' ? matcher.prefix['equals-ignore-case'] : undefined;
};

const endOf = (matcher: Matcher): string | undefined => {
  if (typeof matcher === 'string') return matcher;
  return typeof matcher === 'object' && matcher !== null && 'suffix' in matcher ? matcher.suffix : undefined;
};
