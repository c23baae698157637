import type { FieldPath } from './field.ts';
import { isJsonObject } from './record.ts';
import { piecesTest } from './wildcard.ts';

/**
 * Whether an event passes a pattern, as EventBridge's engine decides, for the operators that subscriptions use; throws a
 * TypeError for any other. Fields below one list must come from the same element, and `exists` is about leaves: an empty object or
 * list is none. https://github.com/aws/event-ruler#readme
 */
export const matchesPattern = (pattern: unknown, event: unknown): boolean => matchesAt(pattern, event, [], event);

const matchesAt = (pattern: unknown, at: unknown, path: FieldPath, event: unknown): boolean => {
  if (!isJsonObject(pattern)) throw new TypeError(`not a pattern: ${JSON.stringify(pattern)}`);
  if (Array.isArray(at)) {
    const elements = at.length === 0 ? [undefined] : at;
    return elements.some((element) => matchesAt(pattern, element, path, event));
  }
  return Object.entries(pattern).every(([field, expected]) => {
    if (field === '$or') return listOf(expected).some((alternative) => matchesAt(alternative, at, path, event));
    const value = isJsonObject(at) && Object.hasOwn(at, field) ? at[field] : undefined;
    const below = [...path, field];
    if (!Array.isArray(expected)) return matchesAt(expected, value, below, event);
    const isAbsent = (): boolean => leavesAt(event, below).length === 0;
    return expected.some((matcher) => matchesLeaf(matcher, leavesOf(value), isAbsent));
  });
};

const listOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new TypeError(`expected a list, found ${JSON.stringify(value)}`);
};

const leavesOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isJsonObject(value) ? [] : [value];
};

/** All leaves that a path leads to, through whatever lists. */
const leavesAt = (value: unknown, path: FieldPath): readonly unknown[] => {
  if (Array.isArray(value)) return value.flatMap((element) => leavesAt(element, path));
  const [step, ...rest] = path;
  if (step === undefined) return leavesOf(value);
  return isJsonObject(value) && Object.hasOwn(value, step) ? leavesAt(value[step], rest) : [];
};

/** A missing field is missing in the whole event, not in one element of a list. */
const matchesLeaf = (matcher: unknown, leaves: readonly unknown[], isAbsent: () => boolean): boolean => {
  if (!isJsonObject(matcher)) return leaves.includes(matcher);
  const [[operator = '', operand] = [], ...more] = Object.entries(matcher);
  if (more.length > 0) throw new TypeError(`a matcher has one operator: ${JSON.stringify(matcher)}`);
  if (operator === 'exists') return operand === true ? leaves.length > 0 : isAbsent();
  if (operator === 'anything-but') {
    const excluded = listOf(operand);
    return leaves.some((leaf) => !excluded.includes(leaf));
  }
  const test = testOf(operator, operand);
  return leaves.some((leaf) => typeof leaf === 'string' && test(leaf));
};

const testOf = (operator: string, operand: unknown): ((text: string) => boolean) => {
  if (isJsonObject(operand) && (operator === 'prefix' || operator === 'suffix')) {
    const test = testOf(operator, String(operand['equals-ignore-case']).toLowerCase());
    return (text) => test(text.toLowerCase());
  }
  if (typeof operand !== 'string') throw new TypeError(`${operator} takes text, not ${JSON.stringify(operand)}`);
  switch (operator) {
    case 'prefix':
      return (text) => text.startsWith(operand);
    case 'suffix':
      return (text) => text.endsWith(operand);
    case 'equals-ignore-case':
      return (text) => text.toLowerCase() === operand.toLowerCase();
    case 'wildcard':
      return piecesTest(piecesOf(operand));
    default:
      throw new TypeError(`unknown operator ${operator}`);
  }
};

/** EventBridge's wildcards escape the backslash too, and nothing else; two stars in a row are refused. */
const piecesOf = (wildcard: string): readonly string[] => {
  if (/^(?:\\[\\*]|[^\\*]|\*(?!\*))*$/s.test(wildcard)) {
    const pieces = [''];
    for (const [part] of wildcard.matchAll(/\\?./gs)) {
      if (part === '*') pieces.push('');
      else pieces.push(`${pieces.pop() ?? ''}${part.at(-1)}`);
    }
    return pieces;
  }
  throw new TypeError(`not a wildcard: ${wildcard}`);
};
