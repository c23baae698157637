import { createConditionCompiler } from '../engine/compile.ts';
import type { Condition, Leaf } from '../engine/condition.ts';
import { parseFieldPath, readField } from '../engine/field.ts';
import { isFieldReference } from '../engine/leaf-value.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { constantOf, type References, sharedConditionOf } from '../engine/reference.ts';

/** How another engine writes a tree. `test` is for the leaves that it has no operator for: our own, compiled. */
export type Dialect<T> = {
  readonly all: (of: readonly T[]) => T;
  readonly any: (of: readonly T[]) => T;
  readonly not: (of: T) => T;
  /** `undefined` where the engine has nothing of the kind; `value` is a constant. */
  readonly leaf: (fact: string, operator: string, value: unknown) => T | undefined;
  readonly test: (test: (record: unknown) => boolean) => T;
};

export type Translation<T> = {
  readonly translate: (condition: Condition) => T;
  /** The share of the leaves so far that the other engine evaluates with operators of its own. */
  readonly ownShare: () => number;
};

/**
 * Writes trees in the language of another engine. Of fields it is asked to read only what a plain walk finds: no lists on
 * the way, no JSON in strings, no `{}` or `[]`, which count as missing for us and for nobody else.
 */
export const createTranslation = <T>(
  { all, any, not, leaf, test }: Dialect<T>,
  references: References,
  records: readonly CloudTrailRecord[],
): Translation<T> => {
  const compile = createConditionCompiler(references);
  const plain = new Map<string, boolean>();
  let [own, leaves] = [0, 0];

  const isPlain = (fact: string): boolean => {
    const known = plain.get(fact) ?? records.every((record) => isPlainIn(record, fact));
    plain.set(fact, known);
    return known;
  };
  const translateLeaf = (node: Leaf): T => {
    leaves += 1;
    const isOurs = isFieldReference(node.value) || !isPlain(node.fact);
    const translated = isOurs ? undefined : leaf(node.fact, node.operator, constantOf(node.value, references));
    if (translated === undefined) return test(compile(node));
    own += 1;
    return translated;
  };
  const translate = (node: Condition): T => {
    if ('all' in node) return all(node.all.map(translate));
    if ('any' in node) return any(node.any.map(translate));
    if ('not' in node) return not(translate(node.not));
    if ('condition' in node) return translate(sharedConditionOf(node.condition, references));
    return translateLeaf(node);
  };
  return { translate, ownShare: () => own / leaves };
};

const isPlainIn = (record: CloudTrailRecord, fact: string): boolean => {
  const path = parseFieldPath(fact);
  let value: unknown = record;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) break;
    value = Object.hasOwn(value, key) ? (value as CloudTrailRecord)[key] : undefined;
  }
  return (value ?? undefined) === readField(record, path);
};

/** The text of a pattern whose only stars are at its ends, and where it has to be; `undefined` for any other. */
export const simplePattern = (pattern: string): { readonly text: string; readonly at: Place } | undefined => {
  const text = pattern.replace(/^\*/, '').replace(/\*$/, '');
  if (text.includes('*')) return undefined;
  const [isOpen, goesOn] = [pattern.startsWith('*'), pattern.endsWith('*')];
  return { text, at: isOpen ? (goesOn ? 'anywhere' : 'end') : goesOn ? 'start' : 'whole' };
};
export type Place = 'start' | 'end' | 'anywhere' | 'whole';
