import { type AnchorTest, anchorsOfAll } from './anchor.ts';
import { createConditionCompiler } from './compile.ts';
import type { Condition } from './condition.ts';
import type { FieldValue } from './field.ts';
import type { CloudTrailRecord } from './record.ts';
import { createRecordMemory } from './record-memory.ts';
import type { References } from './reference.ts';
import type { Rule } from './rule.ts';
import { coversName, groupByEvent, type RulesByEvent } from './rules-by-event.ts';

/**
 * Which few of many rules could match a record at all:
 *
 * 1. rules that name `events` wait under (eventSource, eventName);
 * 2. rules that name none wait under a value that one field must have (`anchor.ts`), so that the thousandth rule about
 *    user agents costs a look-up, not an evaluation: what rules a value of that field concerns is worked out once per value;
 * 3. only what demands nothing, such as a bare negation, is tried on every record.
 *
 * A record that concerns no rule leaves nothing behind for the garbage collector.
 */

export type CompiledRule = { readonly rule: Rule; readonly matches: (record: CloudTrailRecord) => boolean };

/** A cold start sees few of many rules tried, so a tree is compiled when it is first: it takes its own place then. */
const compileWhenTried = (rule: Rule, compile: (condition: Condition) => CompiledRule['matches']): CompiledRule => {
  const compiled = {
    rule,
    matches: (record: CloudTrailRecord): boolean => {
      compiled.matches = compile(rule.conditions);
      return compiled.matches(record);
    },
  };
  return compiled;
};

export type Matcher = {
  readonly rules: readonly CompiledRule[];
  /** Calls `visit` with each rule that could match the record, once. */
  readonly forEachCandidate: (record: CloudTrailRecord, visit: (rule: CompiledRule) => void) => void;
};

/**
 * Makes a matcher of rules, which may be grouped by event already. One that refers to what is not there throws a TypeError,
 * when it is tried or, where it names no events, at once; `rule-set.ts` finds these first.
 */
export const compileRules = (
  rules: readonly Rule[],
  references: References,
  rulesByEvent: RulesByEvent = groupByEvent(rules),
): Matcher => {
  const memory = createRecordMemory();
  const compile = createConditionCompiler(references, memory);
  const compiled = new Map<Rule, CompiledRule>();
  const compiledOf = (rule: Rule): CompiledRule => {
    const known = compiled.get(rule) ?? compileWhenTried(rule, compile);
    compiled.set(rule, known);
    return known;
  };

  const byEvent = createEventIndex(rulesByEvent, compiledOf);
  const byField = new Map<string, FieldIndex>();
  const always: CompiledRule[] = [];
  const { unpinned } = rulesByEvent;
  const anchorsOfRules = anchorsOfAll(
    unpinned.map(({ conditions }) => conditions),
    references,
  );
  for (const [index, rule] of unpinned.entries()) {
    const candidate = compiledOf(rule);
    const anchors = anchorsOfRules[index];
    if (anchors === undefined) always.push(candidate);
    // A rule under several fields may be reached through two of them; the visit of a record remembers it.
    const entry: Entry = { candidate, visit: 0 };
    for (const { fact, exact, tests } of anchors ?? []) {
      const index = byField.get(fact) ?? createFieldIndex(memory.readerOf(fact));
      byField.set(fact, index);
      for (const value of exact) index.addExact(value, entry);
      for (const test of tests) index.addTest(test, entry);
    }
  }
  const fields = [...byField.values()];
  let visits = 0;

  return {
    get rules() {
      return rules.map(compiledOf);
    },
    forEachCandidate: (record, visit) => {
      memory.take(record);
      for (const candidate of byEvent(record.eventSource, record.eventName)) visit(candidate);
      visits += 1;
      for (const { read, entriesOf } of fields) {
        const field = read(record);
        if (field === undefined) continue;
        if (Array.isArray(field)) for (const value of field) visitEntries(entriesOf(value), visits, visit);
        else visitEntries(entriesOf(field), visits, visit);
      }
      for (const candidate of always) visit(candidate);
    },
  };
};

/** A rule in the index, and the number of the record for which it was visited last. */
type Entry = { readonly candidate: CompiledRule; visit: number };

const visitEntries = (entries: readonly Entry[], visits: number, visit: (rule: CompiledRule) => void): void => {
  for (const entry of entries) {
    if (entry.visit === visits) continue;
    entry.visit = visits;
    visit(entry.candidate);
  }
};

const noEntries: readonly Entry[] = [];

/** Values beyond this many are worked out again: attackers choose user agents, and memory is not theirs to fill. */
const maxKnownValues = 4_096;
/** Longer texts are not kept as keys; a field may hold a megabyte. */
const maxKnownLength = 1_024;

type FieldIndex = ReturnType<typeof createFieldIndex>;
type WaitingTest = Omit<AnchorTest, 'key'> & { readonly entries: Entry[] };

/** The rules that wait under the values of one field. */
const createFieldIndex = (read: (record: CloudTrailRecord) => FieldValue) => {
  const exact = new Map<unknown, Entry[]>();
  const tests = new Map<string, WaitingTest>();
  const known = new Map<unknown, readonly Entry[]>();
  /** The one test there is, where to ask it takes less time than to look a long text up. */
  let only: WaitingTest | undefined;
  const noteOnly = (): void => {
    const [first] = tests.values();
    only = tests.size === 1 && exact.size === 0 && first?.isQuick === true ? first : undefined;
  };

  const workOut = (value: unknown): readonly Entry[] => {
    const tested = [...tests.values()].filter(({ test }) => test(value)).flatMap(({ entries }) => entries);
    const found = [...(exact.get(value) ?? []), ...tested];
    return found.length === 0 ? noEntries : found;
  };

  return {
    read,
    addExact: (value: unknown, entry: Entry): void => {
      const entries = exact.get(value);
      if (entries === undefined) exact.set(value, [entry]);
      else if (entries.at(-1) !== entry) entries.push(entry);
      noteOnly();
    },
    /** Equal tests of many rules are one test. */
    addTest: ({ key, test, isQuick }: AnchorTest, entry: Entry): void => {
      const same = tests.get(key);
      if (same === undefined) tests.set(key, { test, isQuick, entries: [entry] });
      else same.entries.push(entry);
      noteOnly();
    },
    entriesOf: (value: unknown): readonly Entry[] => {
      // Without tests the map of constants is the answer.
      if (tests.size === 0) return exact.get(value) ?? noEntries;
      if (only !== undefined) return only.test(value) ? only.entries : noEntries;
      const before = known.get(value);
      if (before !== undefined) return before;
      const found = workOut(value);
      if (typeof value === 'object' || (typeof value === 'string' && value.length > maxKnownLength)) return found;
      if (known.size >= maxKnownValues) known.clear();
      known.set(value, found);
      return found;
    },
  };
};

const none: readonly CompiledRule[] = [];

/** Names beyond this many pairs are not AWS's (it has some 18,000 operations); they are looked up without being kept. */
const maxKnownPairs = 20_000;

/** The rules of an event, worked out once per distinct pair of source and name. */
const createEventIndex = ({ ofSource }: RulesByEvent, compiledOf: (rule: Rule) => CompiledRule) => {
  // By name first: few names are of two sources, so that mostly one look-up in a map is all.
  const known = new Map<string, KnownEvent[]>();
  let pairs = 0;
  return (source: unknown, name: unknown): readonly CompiledRule[] => {
    if (typeof source !== 'string' || typeof name !== 'string') return none;
    const sameName = known.get(name);
    if (sameName !== undefined) for (const event of sameName) if (event.source === source) return event.rules;
    const rules = ofSource(source).flatMap(({ rule, names }) => (coversName(names, name) ? [compiledOf(rule)] : []));
    if (pairs < maxKnownPairs) {
      pairs += 1;
      const event = { source, rules: rules.length === 0 ? none : rules };
      if (sameName === undefined) known.set(name, [event]);
      else sameName.push(event);
    }
    return rules;
  };
};

type KnownEvent = { readonly source: string; readonly rules: readonly CompiledRule[] };
