import type { SignalStore } from '../engine/signal-store.ts';
import type { WindowStore } from '../engine/window-store.ts';

/** What DynamoDB would bill: a read unit is 4 KB read for sure, a write unit 1 KB written. */
export type Units = { reads: number; writes: number };

/** About what an item takes beside its texts: key, TTL, names of attributes. */
const itemBytes = 150;
const unitsOf = (bytes: number, perUnit: number): number => Math.ceil((itemBytes + bytes) / perUnit);
const bytesOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
/** What is kept of an action that counts towards a finding. */
const actionBytes = 16;

/** The same window store; `units` grows by what its requests would take of the table. */
export const meterWindowStore = (store: WindowStore, units: Units): WindowStore => ({
  look: async (...asked) => {
    const seen = await store.look(...asked);
    units.reads += unitsOf((seen?.count ?? 0) * actionBytes, 4_096);
    return seen;
  },
  remember: async (...counted) => {
    const seen = await store.remember(...counted);
    units.writes += unitsOf(seen.count * actionBytes, 1_024);
    return seen;
  },
  take: async (...taken) => {
    units.writes += 1;
    return await store.take(...taken);
  },
});

/** The same signal store, metered. */
export const meterSignalStore = (store: SignalStore, units: Units): SignalStore => ({
  add: async (...signal) => {
    const texts = await store.add(...signal);
    units.writes += unitsOf(bytesOf(texts), 1_024);
    return texts;
  },
  read: async (...asked) => {
    const sets = await store.read(...asked);
    for (const texts of sets) units.reads += unitsOf(bytesOf(texts), 4_096);
    return sets;
  },
  drop: async (key, texts) => {
    if (texts.length > 0) units.writes += unitsOf(bytesOf(texts), 1_024);
    await store.drop(key, texts);
  },
});
