import { closeSync, openSync, readSync } from 'node:fs';
import type { Condition } from '../engine/condition.ts';
import type { DetectorContent } from '../engine/detector.ts';
import { ConfigError, messageOf } from '../engine/errors.ts';
import { onFirstUse } from '../engine/on-first-use.ts';
import type { AnyRule, CorrelationRule, Rule } from '../engine/rule.ts';
import { groupByEvent, type PinnedRule } from '../engine/rules-by-event.ts';

/**
 * The rules as they lie beside a function, validated by the build: a first line with what every cold start needs, then what
 * most events need none of, each on a line of its own that is read when it is asked for. These are, in this order: the
 * rules, the rules about other rules, what all of them count, and for each event source the rules about its events.
 */
type FirstLine = Pick<DetectorContent, 'suppressions'> & {
  /** Bytes of each line after this. */
  readonly lengths: readonly number[];
  /** How many are rules, and how many of these are about other rules. */
  readonly rules: number;
  readonly correlationRules: number;
  readonly sources: readonly string[];
  /** The numbers of the rules that name no events, and their conditions: any event may concern them. */
  readonly unpinned: readonly (readonly [number, Condition])[];
  readonly conditions: readonly (readonly [string, Condition])[];
  readonly lists: readonly (readonly [string, readonly (string | number)[]])[];
};

/** What a correlator asks of every rule when a record first matches one. */
type Counted = Partial<Pick<AnyRule, 'id' | 'correlation'>>;
/** The rules of a source by number, and the names of their events. */
type SourceLine = readonly (readonly [number, PinnedRule['names']])[];

/** Writes rules and what they refer to as `readPackedRules` reads them. */
export const packRules = ({ rules, correlationRules, suppressions, conditions, lists }: DetectorContent): string => {
  const all: readonly AnyRule[] = [...rules, ...correlationRules];
  const numbers = new Map<AnyRule, number>(all.map((rule, number) => [rule, number]));
  const numberOf = (rule: Rule): number => numbers.get(rule) as number;
  const sources = [...new Set(rules.flatMap(({ events }) => Object.keys(events ?? {})))].sort();
  const { ofSource, unpinned } = groupByEvent(rules);
  const sourceLines = sources.map(
    (source): SourceLine => ofSource(source).map(({ rule, names }) => [numberOf(rule), names]),
  );
  const counted = all.map(({ id, correlation }): Counted => ({ id, correlation }));
  const lines = [...all, counted, ...sourceLines].map((line) => `${JSON.stringify(line)}\n`);
  const first: FirstLine = {
    lengths: lines.map((line) => Buffer.byteLength(line)),
    rules: rules.length,
    correlationRules: correlationRules.length,
    sources,
    unpinned: unpinned.map((rule) => [numberOf(rule), rule.conditions]),
    suppressions,
    conditions: [...conditions],
    lists: [...lists],
  };
  return [`${JSON.stringify(first)}\n`, ...lines].join('');
};

/** Reads the packed rules. Throws ConfigError when the file is not there or not of their form. */
export const readPackedRules = (path: string): DetectorContent => {
  try {
    const line = readFirstLine(path);
    const first = JSON.parse(line.toString('utf8')) as FirstLine;
    const lineOf = createLineReader(path, line.length, first.lengths);
    const all = first.rules + first.correlationRules;
    const counted = onFirstUse(() => lineOf(all) as readonly Counted[]);
    const handler = readWhenAsked(lineOf, counted);
    const conditions = new Map(first.unpinned);
    const rules = Array.from(
      { length: all },
      (_, number) => new Proxy<object>({ number, conditions: conditions.get(number) }, handler as ProxyHandler<object>),
    );
    const readSource = (line: number): readonly PinnedRule[] =>
      (lineOf(line) as SourceLine).map(([number, names]) => ({ rule: rules[number] as Rule, names }));
    // An index asks once for each event, and a source has hundreds.
    const sources = new Map(
      first.sources.map((source, index) => [source, onFirstUse(() => readSource(all + 1 + index))] as const),
    );
    return {
      rules: rules.slice(0, first.rules) as Rule[],
      correlationRules: rules.slice(first.rules) as CorrelationRule[],
      rulesByEvent: {
        unpinned: first.unpinned.map(([number]) => rules[number] as Rule),
        ofSource: (source) => sources.get(source)?.() ?? [],
      },
      suppressions: first.suppressions,
      conditions: new Map(first.conditions),
      lists: new Map(first.lists),
    };
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `cannot read the packed rules ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
};

/** Most first lines are shorter. */
const usualLength = 48 * 1024;

/** Reading all of a megabyte would take as long as all else that a cold start does with the rules. */
const readFirstLine = (path: string): Buffer => {
  for (let length = usualLength; ; length *= 2) {
    const bytes = readPart(path, 0, length);
    const end = bytes.indexOf('\n');
    if (end >= 0) return bytes.subarray(0, end + 1);
    if (bytes.length < length) return bytes;
  }
};

/** Up to `length` bytes from `start` on, fewer where the file ends. */
const readPart = (path: string, start: number, length: number): Buffer => {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, start));
  } finally {
    closeSync(file);
  }
};

type LineReader = (line: number) => unknown;

const createLineReader = (path: string, after: number, lengths: readonly number[]): LineReader => {
  const starts: number[] = [];
  let start = after;
  for (const length of lengths) {
    starts.push(start);
    start += length;
  }
  return (line) => JSON.parse(readPart(path, starts[line] ?? 0, lengths[line] ?? 0).toString('utf8'));
};

/** A rule that knows its number, and perhaps its conditions, until it is asked for more. */
type Late = { readonly number: number; readonly conditions: Condition | undefined; whole?: AnyRule };

/** Makes rules like any others of late ones. One handler serves all: a cold start has hundreds, and tries a few. */
const readWhenAsked = (lineOf: LineReader, counted: () => readonly Counted[]): ProxyHandler<Late> => {
  const whole = (late: Late): AnyRule => {
    late.whole ??= lineOf(late.number) as AnyRule;
    return late.whole;
  };
  return {
    get: (late, name) => {
      if (name === 'id' || name === 'correlation') return counted()[late.number]?.[name];
      return (name === 'conditions' ? late.conditions : undefined) ?? Reflect.get(whole(late), name);
    },
    has: (late, name) => Reflect.has(whole(late), name),
    ownKeys: (late) => Reflect.ownKeys(whole(late)),
    getOwnPropertyDescriptor: (late, name) => Reflect.getOwnPropertyDescriptor(whole(late), name),
  };
};
