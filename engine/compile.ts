import type { Condition, Leaf } from './condition.ts';
import { type FieldPath, parseFieldPath, readField } from './field.ts';
import { isFieldReference, isListReference } from './leaf-value.ts';
import { type FieldTest, parseOperator } from './operators.ts';
import type { CloudTrailRecord } from './record.ts';
import type { Rule } from './rule.ts';

/**
 * How rules become a matcher. A rule's condition tree is compiled once into closures: no evaluation of text, no generated
 * code, no promise on the way. Then the index answers, for a record, which few rules could match at all:
 *
 * 1. rules that name `events` wait under (eventSource, eventName);
 * 2. rules that name none wait under a constant they demand of one field (`userIdentity.type` equal "Root");
 * 3. only what has neither is tried on every record.
 *
 * json-rules-engine (`explain.ts`) evaluates the same trees independently and is held equal by a property test.
 */

/** What conditions may refer to by name. */
export type References = {
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly lists: ReadonlyMap<string, readonly (string | number)[]>;
};

type Test = (item: unknown) => boolean;

export type CompiledRule = { readonly rule: Rule; readonly matches: (record: CloudTrailRecord) => boolean };

export type Matcher = {
  readonly rules: readonly CompiledRule[];
  /** Calls `visit` with each rule that could match the record, once. */
  readonly forEachCandidate: (record: CloudTrailRecord, visit: (rule: CompiledRule) => void) => void;
};

/** The constant value of a leaf, with `{"list": name}` replaced by the list; throws a TypeError for an unknown name. */
export const constantOf = (value: unknown, { lists }: References): unknown => {
  if (!isListReference(value)) return value;
  const list = lists.get(value.list);
  if (list === undefined) throw new TypeError(`there is no list "${value.list}" in rules/lists/`);
  return list;
};

/** The tree behind `{"condition": name}`; throws a TypeError for an unknown name. */
export const sharedConditionOf = (name: string, { conditions }: References): Condition => {
  const shared = conditions.get(name);
  if (shared === undefined) throw new TypeError(`there is no condition "${name}" in rules/conditions/`);
  return shared;
};

/** Compiles condition trees; equal leaves and equal shared conditions become one closure. */
export const createConditionCompiler = (references: References): ((condition: Condition) => Test) => {
  const leaves = new Map<string, Test>();
  const shared = new Map<string, Test>();

  const once = (cache: Map<string, Test>, key: string, make: () => Test): Test => {
    const made = cache.get(key) ?? make();
    cache.set(key, made);
    return made;
  };

  const compileLeaf = ({ fact, operator: written, value }: Leaf): Test => {
    const operator = parseOperator(written);
    if (operator === undefined) throw new TypeError(`"${written}" is not an operator`);
    const path = parseFieldPath(fact);
    if (isFieldReference(value)) {
      const other = parseFieldPath(value.fact);
      return (item) => operator.compile(readField(item, other), compile)(readField(item, path));
    }
    const test: FieldTest = operator.compile(constantOf(value, references), compile);
    return (item) => test(readField(item, path));
  };

  const compile = (condition: Condition): Test => {
    if ('all' in condition) {
      const tests = condition.all.map(compile);
      return (item) => tests.every((test) => test(item));
    }
    if ('any' in condition) {
      const tests = condition.any.map(compile);
      return (item) => tests.some((test) => test(item));
    }
    if ('not' in condition) {
      const test = compile(condition.not);
      return (item) => !test(item);
    }
    if ('condition' in condition) {
      const { condition: name } = condition;
      return once(shared, name, () => compile(sharedConditionOf(name, references)));
    }
    return once(leaves, JSON.stringify(condition), () => compileLeaf(condition));
  };

  return compile;
};

/** A constant that a field must have for the rule to match. */
export type Guard = { readonly fact: string; readonly values: readonly unknown[] };

/**
 * The most selective constant a tree demands of one field, if it demands any: of an `all` the best of its parts,
 * of an `any` only a field on which every branch insists.
 */
export const guardOf = (condition: Condition, references: References): Guard | undefined => {
  if ('all' in condition) {
    const guards = condition.all.map((child) => guardOf(child, references)).filter((guard) => guard !== undefined);
    return guards.sort((a, b) => a.values.length - b.values.length)[0];
  }
  if ('any' in condition) {
    const guards = condition.any.map((child) => guardOf(child, references));
    const [first] = guards;
    if (first === undefined || !guards.every((guard) => guard?.fact === first.fact)) return undefined;
    return { fact: first.fact, values: guards.flatMap((guard) => guard?.values ?? []) };
  }
  if ('condition' in condition) return guardOf(sharedConditionOf(condition.condition, references), references);
  if (!('fact' in condition) || isFieldReference(condition.value)) return undefined;
  if (condition.operator !== 'equal' && condition.operator !== 'in') return undefined;
  return { fact: condition.fact, values: [constantOf(condition.value, references)].flat() };
};

/** Compiles rules into a matcher. Throws a TypeError where a rule refers to what is not there; `rule-set.ts` finds these first. */
export const compileRules = (rules: readonly Rule[], references: References): Matcher => {
  const compile = createConditionCompiler(references);
  const compiled = rules.map((rule): CompiledRule => ({ rule, matches: compile(rule.conditions) }));

  const pinned = compiled.filter(({ rule }) => rule.events !== undefined);
  const free = compiled.filter(({ rule }) => rule.events === undefined);
  const always: CompiledRule[] = [];
  const guards = new Map<string, { path: FieldPath; byValue: Map<unknown, CompiledRule[]> }>();
  for (const candidate of free) {
    const guard = guardOf(candidate.rule.conditions, references);
    if (guard === undefined) {
      always.push(candidate);
      continue;
    }
    const index = guards.get(guard.fact) ?? { path: parseFieldPath(guard.fact), byValue: new Map() };
    guards.set(guard.fact, index);
    for (const value of new Set(guard.values))
      index.byValue.set(value, [...(index.byValue.get(value) ?? []), candidate]);
  }

  const byEvent = createEventIndex(pinned);
  return {
    rules: compiled,
    forEachCandidate: (record, visit) => {
      for (const candidate of byEvent(record.eventSource, record.eventName)) visit(candidate);
      for (const { path, byValue } of guards.values()) visitGuarded(readField(record, path), byValue, visit);
      for (const candidate of always) visit(candidate);
    },
  };
};

const none: readonly CompiledRule[] = [];

const visitGuarded = (
  field: unknown,
  byValue: ReadonlyMap<unknown, readonly CompiledRule[]>,
  visit: (rule: CompiledRule) => void,
): void => {
  if (!Array.isArray(field)) {
    for (const candidate of byValue.get(field) ?? none) visit(candidate);
    return;
  }
  for (const candidate of new Set(field.flatMap((value) => byValue.get(value) ?? none))) visit(candidate);
};

/** Names beyond this many pairs are not AWS's (it has some 18,000 operations); they are looked up without being kept. */
const maxKnownPairs = 20_000;

/** Spelling varies by service (`viewBilling`, `ViewBilling`), so names are compared in lower case, once per distinct pair. */
const createEventIndex = (rules: readonly CompiledRule[]) => {
  const known = new Map<unknown, Map<unknown, readonly CompiledRule[]>>();
  let pairs = 0;
  return (source: unknown, name: unknown): readonly CompiledRule[] => {
    if (typeof source !== 'string' || typeof name !== 'string') return none;
    const found = known.get(source)?.get(name);
    if (found !== undefined) return found;
    const matching = rules.filter(({ rule }) => coversEvent(rule.events ?? {}, source, name));
    if (pairs < maxKnownPairs) {
      pairs++;
      known.set(source, (known.get(source) ?? new Map()).set(name, matching.length === 0 ? none : matching));
    }
    return matching;
  };
};

/** Whether a rule's `events` name this event. */
export const coversEvent = (events: NonNullable<Rule['events']>, source: string, name: string): boolean => {
  const names = Object.hasOwn(events, source) ? events[source] : undefined;
  if (names === undefined || names === '*') return names === '*';
  const lower = name.toLowerCase();
  return names.some((expected) =>
    expected.endsWith('*') ? lower.startsWith(expected.slice(0, -1).toLowerCase()) : lower === expected.toLowerCase(),
  );
};
