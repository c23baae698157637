import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSqliteState } from '../../../cli/sqlite-state.ts';
import { createMemorySignalStore, type SignalStore } from '../../../engine/signal-store.ts';
import { seeded } from '../seed.ts';
import { referenceFindings } from './reference.ts';
import { findingsOf, type Stream } from './run-stream.ts';
import { happeningsOf, streams } from './streams.ts';

/** Of each of the ten kinds. */
const streamsInMemory = 210;
const streamsInSqlite = 15;

const compare = async (stream: Stream, store: SignalStore): Promise<void> => {
  const expected = referenceFindings(stream.specs, happeningsOf(stream), stream.lateness);
  const found = await findingsOf(stream, store);
  expect([...found].sort()).toEqual([...expected].sort());
};

describe('the engine finds what the reference finds, in any order, with repeats and late arrivals', () => {
  it.each(Object.entries(streams))('%s, in memory', { timeout: 120_000 }, async (_, arbitrary) => {
    const property = fc.asyncProperty(arbitrary, (stream) => compare(stream, createMemorySignalStore()));
    await fc.assert(property, { ...seeded, numRuns: streamsInMemory });
  });

  it.each(Object.entries(streams))('%s, in SQLite', { timeout: 120_000 }, async (_, arbitrary) => {
    const property = fc.asyncProperty(arbitrary, async (stream) => {
      const state = openSqliteState(':memory:', 0);
      try {
        await compare(stream, state.signals);
      } finally {
        state.close();
      }
    });
    await fc.assert(property, { ...seeded, numRuns: streamsInSqlite });
  });
});

describe('the comparison finds what is broken', () => {
  const fails = async (kind: keyof typeof streams, broken: () => SignalStore): Promise<boolean> => {
    const property = fc.asyncProperty(streams[kind], (stream: Stream) => compare(stream, broken()));
    return (await fc.check(property, { ...seeded, numRuns: streamsInMemory, endOnFailure: true })).failed;
  };

  it.each(['event_count', 'value_count', 'temporal', 'temporal_ordered of two', 'new_value', 'spike'] as const)(
    'a store that forgets what other slots hold, with %s',
    { timeout: 120_000 },
    async (kind) => {
      const forgetful = (): SignalStore => ({ ...createMemorySignalStore(), read: async (keys) => keys.map(() => []) });
      expect(await fails(kind, forgetful)).toBe(true);
    },
  );

  it.each(['event_count', 'temporal_ordered of two'] as const)(
    'a store that keeps only what came last, with %s',
    { timeout: 120_000 },
    async (kind) => {
      const short = (): SignalStore => ({ ...createMemorySignalStore(), add: async (_, text) => [text] });
      expect(await fails(kind, short)).toBe(true);
    },
  );
});
