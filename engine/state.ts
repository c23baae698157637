import * as z from 'zod/mini';
import { isJsonObject } from './record.ts';

const json = z.json();
export type Json = z.infer<typeof json>;

/** What a read tells of the account, aspect by aspect: `{"AKIA...": "Active"}`. What is not there has no aspect, or `null`. */
export const stateSchema = z.record(z.string(), json);
export type State = Readonly<Record<string, Json>>;

/** One aspect; `null` for what is not there. */
export const aspectOf = (state: State, name: string): Json =>
  Object.hasOwn(state, name) ? (state[name] ?? null) : null;

/** The aspects with these names, the absent ones as `null`. */
export const partOf = (state: State, names: readonly string[]): State =>
  Object.fromEntries(names.map((name) => [name, aspectOf(state, name)]));

/** Whether a state shows all that is expected; what it shows besides is not looked at. */
export const shows = (state: State, expected: State): boolean =>
  Object.entries(expected).every(([name, value]) => isSame(aspectOf(state, name), value));

/**
 * Whether two values mean the same to AWS, which keeps policies by their meaning: not the order of keys and of texts in a
 * list, nor whether one text stands in a list, nor white space in a document.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));

const canonical = (value: unknown): unknown => {
  if (typeof value === 'string') return canonicalText(value);
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    if (items.length === 1) return items[0];
    return items.every((item) => typeof item === 'string') ? items.toSorted() : items;
  }
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, canonical(value[name])]));
};

/** A document in its text; any other text as it is. */
const canonicalText = (text: string): unknown => {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return canonical(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text;
  }
};
