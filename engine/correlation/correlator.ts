import { createHash } from 'node:crypto';
import { durationMs } from '../duration.ts';
import { readText } from '../field.ts';
import { type Identity, identifyInWindow } from '../identity.ts';
import { onFirstUse } from '../on-first-use.ts';
import { actionIdOf, type CloudTrailRecord, deliveryIdOf, eventNameOf, eventSourceOf } from '../record.ts';
import type { AnyRule, CorrelationRule, Rule } from '../rule.ts';
import type { SignalStore } from '../signal-store.ts';
import type { Correlation } from './correlation.ts';
import { createCorrelationWindow } from './index.ts';
import { usualWindowMs } from './measures.ts';
import { actionDigits, type Signal } from './signal.ts';
import type { Decisive, Progress, Window } from './sliding-window.ts';
import { type Keys, keysOfFindings, keysOfRecords } from './source.ts';

/** Several matches that make one finding. */
export type Correlated = {
  readonly rule: AnyRule;
  readonly correlation: Correlation;
  readonly identity: Identity;
  readonly group: Group;
  readonly decisive: Decisive;
};

/** The fields of `groupBy` as written, and the values that all matches share. */
export type Group = readonly (readonly [field: string, value: string])[];

/** A match to count. Times are milliseconds since 1970. */
export type CountedMatch = {
  readonly ruleId: string;
  readonly record: CloudTrailRecord;
  readonly eventTime: number;
  readonly now: number;
};

export type Correlator = {
  /** Whether matches of a rule count for anything. */
  readonly counts: (ruleId: string) => boolean;
  /**
   * Takes a match in; gives the findings that it completes, each once. `isSuppressed` says for which rules it must not count.
   * Throws what the store throws. Taking a match again changes nothing and gives the same again.
   */
  readonly take: (match: CountedMatch, isSuppressed: (rule: AnyRule) => boolean) => Promise<readonly Correlated[]>;
  /** How far everything is that a match, taken in before, counts for. */
  readonly look: (match: CountedMatch) => Promise<readonly CorrelationProgress[]>;
};

export type CorrelationProgress = { readonly rule: AnyRule; readonly group: Group; readonly progress: Progress };

export type CorrelatorContent = {
  readonly rules: readonly Rule[];
  readonly correlationRules: readonly CorrelationRule[];
};

/** A correlation; what it works with is made when it first counts something, of hundreds few ever do. */
type Counting = {
  readonly rule: AnyRule;
  readonly correlation: Correlation;
  readonly start: () => { readonly dedupMs: number; readonly window: Window };
};
/** A correlation that counts what another rule has to say, and where that rule stands among its `rules`. */
type Listener<From> = { readonly counting: Counting; readonly position: number; readonly keysOf: (from: From) => Keys };

const add = <Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
};

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, actionDigits);

/** Compiles the correlations of a rule set, cycles excluded (`rule-set.ts`). All that they remember is in the store. */
export const createCorrelator = (content: CorrelatorContent, store: SignalStore, latenessMs: number): Correlator => {
  const onMatch = new Map<string, Listener<CloudTrailRecord>[]>();
  const onFinding = new Map<string, Listener<readonly string[]>[]>();
  const rules: readonly AnyRule[] = [...content.rules, ...content.correlationRules];
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (const rule of rules) {
    const { correlation } = rule;
    if (correlation === undefined) continue;
    const start = onFirstUse(() => {
      const dedupMs = rule.dedup === undefined ? usualWindowMs(correlation) : durationMs(rule.dedup.window);
      const window = createCorrelationWindow(correlation, { name: rule.id, dedupMs, latenessMs }, store);
      return { dedupMs, window };
    });
    const counting = { rule, correlation, start };
    for (const [position, id] of (correlation.rules ?? [rule.id]).entries()) {
      // Of a rule that correlates, others count the findings and not each match.
      const source = id === rule.id ? undefined : byId.get(id)?.correlation;
      if (source === undefined) add(onMatch, id, { counting, position, keysOf: keysOfRecords(correlation, id) });
      else add(onFinding, id, { counting, position, keysOf: keysOfFindings(correlation, id, source) });
    }
  }

  /** Counts a signal in one group, and what that completes wherever it is counted in turn. */
  const count = async (
    { rule, correlation, start }: Counting,
    group: readonly string[],
    signal: Signal,
    now: number,
    isSuppressed: (rule: AnyRule) => boolean,
  ): Promise<readonly Correlated[]> => {
    const { dedupMs, window } = start();
    const found: Correlated[] = [];
    for (const decisive of await window.take(JSON.stringify(group), signal, now)) {
      const key = JSON.stringify(correlation.type === 'new_value' ? [...group, signal.value] : group);
      const identity = identifyInWindow(rule.id, key, decisive.at, dedupMs);
      if (!rule.signal) found.push({ rule, correlation, identity, group: nameGroup(correlation, group), decisive });
      const action = shortHash(identity.id);
      const { eventId } = signal;
      for (const listener of onFinding.get(rule.id) ?? []) {
        if (isSuppressed(listener.counting.rule)) continue;
        const next = { at: decisive.at, action, rule: listener.position, eventId, event: rule.id };
        found.push(...(await countKeys(listener.counting, listener.keysOf(group), next, now, isSuppressed)));
      }
    }
    return found;
  };

  const countKeys = async (
    counting: Counting,
    { groups, values }: Keys,
    signal: Omit<Signal, 'value'>,
    now: number,
    isSuppressed: (rule: AnyRule) => boolean,
  ): Promise<readonly Correlated[]> => {
    const found: Correlated[] = [];
    for (const group of groups) {
      for (const value of values)
        found.push(...(await count(counting, group, { ...signal, value }, now, isSuppressed)));
    }
    return found;
  };

  const lookAt = async (
    { counting, position }: { readonly counting: Counting; readonly position: number },
    { groups, values }: Keys,
    signal: Omit<Signal, 'rule' | 'value'>,
    now: number,
  ): Promise<readonly CorrelationProgress[]> => {
    const { rule, correlation } = counting;
    const { window } = counting.start();
    const found: CorrelationProgress[] = [];
    for (const group of groups) {
      for (const value of values) {
        const progress = await window.look(JSON.stringify(group), { ...signal, rule: position, value }, now);
        found.push({ rule, group: nameGroup(correlation, group), progress });
      }
      for (const listener of onFinding.get(rule.id) ?? []) {
        found.push(...(await lookAt(listener, listener.keysOf(group), signal, now)));
      }
    }
    return found;
  };

  return {
    look: async ({ ruleId, record, eventTime, now }) => {
      const signal = signalOf(record, eventTime);
      const listeners = onMatch.get(ruleId) ?? [];
      return (await Promise.all(listeners.map((each) => lookAt(each, each.keysOf(record), signal, now)))).flat();
    },
    counts: (ruleId) => onMatch.has(ruleId),
    take: async ({ ruleId, record, eventTime, now }, isSuppressed) => {
      const found = new Map<string, Correlated>();
      const signal = signalOf(record, eventTime);
      for (const { counting, position, keysOf } of onMatch.get(ruleId) ?? []) {
        if (isSuppressed(counting.rule)) continue;
        const counted = await countKeys(counting, keysOf(record), { ...signal, rule: position }, now, isSuppressed);
        for (const each of counted) {
          if (!found.has(each.identity.id)) found.set(each.identity.id, each);
        }
      }
      return [...found.values()];
    },
  };
};

const nameGroup = ({ groupBy }: Correlation, group: readonly string[]): Group =>
  groupBy.map((field, index) => [field, group[index] ?? '']);

const signalOf = (record: CloudTrailRecord, eventTime: number): Omit<Signal, 'rule' | 'value'> => ({
  at: Math.max(0, eventTime),
  action: shortHash(actionIdOf(record)),
  eventId: readText(record, 'eventID') ?? deliveryIdOf(record),
  event: `${eventSourceOf(record)} ${eventNameOf(record)}`,
});
