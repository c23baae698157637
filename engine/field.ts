import type { JsonObject } from './record.ts';

/** What a path leads to: nothing, one value, or (through lists) several. `null`, `{}` and `[]` count as nothing. */
export type FieldValue = unknown;

/** A path such as `requestParameters.ipPermissions.items.fromPort`, split once. */
export type FieldPath = readonly string[];

/** Lists inside lists deeper than this are an attack on the stack, not a CloudTrail field. */
const maxListDepth = 16;

/** Splits a dotted path. Bracketed indexes are for fixtures only; a rule steps through every item of a list. */
export const parseFieldPath = (path: string): FieldPath => path.split('.');

const isNothing = (value: unknown): boolean => {
  if (value === null || value === undefined) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
};

/**
 * Own properties only: a record with no "constructor" field must not seem to have one. JSON has neither functions nor the
 * prototype of objects, and all that an object inherits is one of these; to ask so is several times as fast as `hasOwn`.
 */
const isInherited = (value: unknown): boolean => typeof value === 'function' || value === Object.prototype;

let lastText: string | undefined;
let lastParsed: unknown;

/**
 * Reads JSON carried in a string: policy documents arrive as JSON text, percent-encoded JSON text, or parsed
 * (`requestParameters.policyDocument`, `responseElements.role.assumeRolePolicyDocument`, `bucketPolicy`).
 * Text that is neither is simply not a step further: `undefined`.
 */
const jsonInText = (text: string): unknown => {
  if (text === lastText) return lastParsed;
  const start = text.trimStart();
  if (!/^(?:[{[]|%(?:7B|5B|20|0A|0D|09))/i.test(start)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(start.startsWith('%') ? decodeURIComponent(start) : start);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof URIError)) throw error;
  }
  lastText = text;
  lastParsed = parsed;
  return parsed;
};

const collect = (value: unknown, path: FieldPath, from: number, listDepth: number, into: unknown[]): void => {
  if (isNothing(value)) return;
  if (Array.isArray(value)) {
    if (listDepth >= maxListDepth) return;
    for (const item of value) collect(item, path, from, listDepth + 1, into);
    return;
  }
  if (from === path.length) {
    into.push(value);
    return;
  }
  const inner = typeof value === 'string' ? jsonInText(value) : value;
  if (typeof inner !== 'object') return;
  if (inner !== value) {
    collect(inner, path, from, listDepth, into);
    return;
  }
  const key = path[from] as string;
  const next = (inner as JsonObject)[key];
  if (!isInherited(next)) collect(next, path, from + 1, listDepth, into);
};

/**
 * Reads a field from a record (or from an item of a list), through lists and through JSON carried in strings.
 * A path that meets a list yields a list of all values found; otherwise the value itself; `undefined` for nothing.
 */
export const readField = (root: unknown, path: FieldPath): FieldValue => {
  let value = root;
  for (let step = 0; step < path.length; step++) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return readThroughLists(value, path, step);
    }
    value = (value as JsonObject)[path[step] as string];
    if (value === undefined || isInherited(value)) return undefined;
  }
  return Array.isArray(value) ? readThroughLists(value, path, path.length) : isNothing(value) ? undefined : value;
};

const readThroughLists = (value: unknown, path: FieldPath, from: number): FieldValue => {
  if (typeof value === 'string') {
    const inner = jsonInText(value);
    return typeof inner === 'object' && inner !== null ? readField(inner, path.slice(from)) : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const found: unknown[] = [];
  collect(value, path, from, 0, found);
  return found.length === 0 ? undefined : found;
};

/** Paths that our own code names are few and constant: they are split once. */
const ownPaths = new Map<string, FieldPath>();
const ownPath = (path: string): FieldPath => {
  const known = ownPaths.get(path);
  if (known !== undefined) return known;
  const split = parseFieldPath(path);
  ownPaths.set(path, split);
  return split;
};

/** The field as text, when it is a non-empty string; attackers cannot make it anything else. */
export const readText = (root: unknown, path: string): string | undefined => {
  const value = readField(root, ownPath(path));
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** All strings a field holds: none, one, or those of a list. */
export const readTexts = (root: unknown, path: string): readonly string[] => {
  const value = readField(root, ownPath(path));
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string' && item !== '');
};
