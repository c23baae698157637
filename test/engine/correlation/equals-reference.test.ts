import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteState } from '../../../cli/sqlite-state.ts';
import { createMemorySignalStore, type SignalStore } from '../../../engine/signal-store.ts';
import { seed, seeded } from '../seed.ts';
import { agreement, createTally } from './agreement.ts';
import type { Happening, Spec } from './reference.ts';
import type { Stream } from './run-stream.ts';
import { streams } from './streams.ts';
import { expectSameOfWorkers, shuffledHour } from './workers.ts';

type Kind = keyof typeof streams;
const kinds = Object.entries(streams) as [Kind, (typeof streams)[Kind]][];

describe('what the engine finds of a stream, in whatever order and batches, is what the reference finds at once', () => {
  const numRuns = 250;
  const tallies = new Map(kinds.map(([kind]) => [kind, createTally()]));

  it.each(kinds)('%s, in memory', async (kind, arbitrary) => {
    const property = agreement(arbitrary, createMemorySignalStore(), tallies.get(kind));
    await fc.assert(property, { ...seeded, numRuns });
  });

  it('in more than 2,000 streams, many of them with findings and with more signals than a slot keeps', () => {
    const all = [...tallies.values()];
    console.log(Object.fromEntries(tallies));
    expect(all.reduce((sum, { streams: count }) => sum + count, 0)).toBeGreaterThan(2_000);
    for (const { withFindings } of all) expect(withFindings).toBeGreaterThan(numRuns / 6);
    const hot: readonly Kind[] = ['event_count', 'value_count', 'temporal', 'temporal_ordered of two', 'new_value'];
    for (const kind of hot) expect(tallies.get(kind)?.thinned, kind).toBeGreaterThan(numRuns / 20);
  });

  const state = openSqliteState(':memory:', 0);
  afterAll(() => state.close());
  it.each(kinds)('%s, in SQLite', async (_, arbitrary) => {
    await fc.assert(agreement(arbitrary, state.signals), { ...seeded, numRuns: 20 });
  });
});

describe('the comparison finds what is broken', () => {
  const counted: readonly Kind[] = ['event_count', 'value_count', 'temporal'];
  const sliding: readonly Kind[] = [...counted, 'temporal_ordered of two'];

  type Change = { readonly store?: (store: SignalStore) => SignalStore; readonly stream?: (stream: Stream) => Stream };

  const ofSpecs = (change: (spec: Spec) => Spec): Change => ({
    stream: (stream) => ({ ...stream, specs: stream.specs.map(change) }),
  });
  const ofRecords = (change: (happening: Happening) => Happening): Change => ({
    stream: (stream) => ({
      ...stream,
      deliveries: stream.deliveries.map((each) => ({ ...each, happening: change(each.happening) })),
    }),
  });
  const longer = (ms: number): Change =>
    ofSpecs((spec) => ('timespan' in spec ? { ...spec, timespan: spec.timespan + ms } : spec));
  const unread = (index: number): Change => ({
    store: (store) => ({
      ...store,
      read: async (keys, now) => (await store.read(keys, now)).map((texts, place) => (place === index ? [] : texts)),
    }),
  });
  /** What else is dropped with what is redundant. */
  const thinner = (more: (left: readonly string[]) => readonly string[]): Change => ({
    store: (store) => ({
      ...store,
      drop: async (key, texts) => {
        await store.drop(key, texts);
        const [left = []] = await store.read([key], 0);
        await store.drop(key, more(left.toSorted()));
      },
    }),
  });

  /** Reads a set, and writes it back when others have been at it. */
  const lastWriterWins = (): SignalStore => {
    const sets = new Map<string, readonly string[]>();
    return {
      add: async (key, text) => {
        const texts = [...new Set([...(sets.get(key) ?? []), text])];
        await turn();
        sets.set(key, texts);
        return texts;
      },
      read: async (keys) => keys.map((key) => sets.get(key) ?? []),
      drop: async (key, texts) => {
        sets.set(
          key,
          (sets.get(key) ?? []).filter((text) => !texts.includes(text)),
        );
      },
    };
  };

  /** Answers with what was there before the last addition. */
  const lagging = (store: SignalStore): SignalStore => {
    const before = new Map<string, readonly string[]>();
    return {
      ...store,
      add: async (key, text, expiresAt, now) => {
        before.set(key, (await store.read([key], now))[0] ?? []);
        return store.add(key, text, expiresAt, now);
      },
      read: async (keys) => keys.map((key) => before.get(key) ?? []),
    };
  };

  const forgetful = (store: SignalStore): SignalStore => ({
    ...store,
    add: async (key, text, expiresAt, now) => {
      const [there = []] = await store.read([key], now);
      return there.some((other) => other > text) ? [...there, text] : store.add(key, text, expiresAt, now);
    },
  });

  const faults: Record<string, readonly [Change, readonly Kind[]]> = {
    'a window that includes both of its ends': [longer(1_000), sliding],
    'a window that includes neither of its ends': [longer(-1_000), sliding],
    'a condition that asks for one more': [
      ofSpecs((spec) => ('least' in spec ? { ...spec, least: spec.least + 1 } : spec)),
      ['event_count', 'value_count', 'spike', 'correlations of event_count'],
    ],
    'a condition that asks for one less': [
      ofSpecs((spec) => ('least' in spec && spec.least > 2 ? { ...spec, least: spec.least - 1 } : spec)),
      ['event_count', 'value_count'],
    ],
    'the slot before, not read': [unread(0), [...sliding, 'temporal_ordered of three', 'spike']],
    'the slot after, not read': [unread(1), [...sliding, 'temporal_ordered of three', 'spike']],
    'late arrivals that complete something and are forgotten': [{ store: forgetful }, sliding],
    'sets that end before the lateness does': [
      { store: (store) => ({ ...store, add: (key, text, _, now) => store.add(key, text, now + 1_000, now) }) },
      [...sliding, 'new_value', 'spike'],
    ],
    'sets that end with the time span': [
      { stream: (stream) => ({ ...stream, lateness: 0 }) },
      ['event_count', 'temporal', 'new_value'],
    ],
    // Of two in their order a dozen are kept at either end, where one is enough: one fewer hardly ever shows.
    'thinning that keeps the end alone': [
      thinner((left) => left.slice(0, -2)),
      [...counted, 'new_value', 'correlations of event_count'],
    ],
    'thinning that keeps the beginning alone': [
      thinner((left) => left.slice(2)),
      [...counted, 'correlations of event_count'],
    ],
    'a store whose last writer wins': [{ store: lastWriterWins }, ['event_count', 'temporal']],
    'a store that reads what was': [{ store: lagging }, [...sliding, 'spike']],
    'an addition that does not say what was there': [
      { store: (store) => ({ ...store, add: async (...signal) => (await store.add(...signal)).slice(0, 1) }) },
      ['event_count', 'temporal', 'spike'],
    ],
    'copies of an action that count twice': [
      ofRecords((happening) => ({ ...happening, action: happening.id })),
      ['event_count', 'spike'],
    ],
    'a list that counts for its first value': [
      ofRecords((happening) => ({
        ...happening,
        fields: { ...happening.fields, group: happening.fields.group?.slice(0, 1) ?? [] },
      })),
      [...sliding, 'new_value', 'spike'],
    ],
    'a missing field that is a group of its own': [
      ofRecords((happening) =>
        happening.fields.group?.length === 0
          ? { ...happening, fields: { ...happening.fields, group: ['nobody'] } }
          : happening,
      ),
      ['event_count', 'new_value', 'spike'],
    ],
    'an order that does not matter': [
      ofSpecs((spec) => (spec.type === 'temporal_ordered' ? { ...spec, type: 'temporal' } : spec)),
      ['temporal_ordered of two', 'temporal_ordered of three'],
    ],
    'an order the other way round': [
      ofSpecs((spec) => ({ ...spec, rules: spec.rules.toReversed() })),
      ['temporal_ordered of two', 'temporal_ordered of three', 'correlations of others'],
    ],
    'a past that is an hour longer': [
      ofSpecs((spec) => ('learning' in spec ? { ...spec, lookback: spec.lookback + 3_600_000 } : spec)),
      ['new_value'],
    ],
    'a group that is quiet for an hour more': [
      ofSpecs((spec) =>
        'learning' in spec
          ? { ...spec, lookback: spec.lookback + 3_600_000, learning: spec.learning + 3_600_000 }
          : spec,
      ),
      ['new_value'],
    ],
    'a spread that is taken for a little more': [
      ofSpecs((spec) => (spec.type === 'spike' ? { ...spec, deviations: spec.deviations + 0.5 } : spec)),
      ['spike'],
    ],
  };

  const cases = Object.entries(faults).flatMap(([fault, [change, of]]) =>
    of.map((kind) => [fault, kind, change] as const),
  );
  it.each(cases)('%s: %s', { timeout: 60_000 }, async (_, kind, { store, stream }) => {
    const memory = createMemorySignalStore();
    const property = agreement(streams[kind], store?.(memory) ?? memory, createTally(), stream);
    const result = await fc.check(property, { seed, numRuns: 3_000, endOnFailure: true });
    expect(result.failed).toBe(true);
  });

  it('a store whose last writer wins, by sixteen workers', async () => {
    await expectSameOfWorkers(shuffledHour(30), createMemorySignalStore());
    await expect(expectSameOfWorkers(shuffledHour(30), lastWriterWins())).rejects.toThrow('to deeply equal');
  });
});
