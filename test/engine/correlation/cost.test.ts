import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMemorySignalStore, type SignalStore } from '../../../engine/signal-store.ts';
import type { Happening, Spec } from './reference.ts';
import { contentOf, createWorker } from './run-stream.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Dollars per million units, on demand in us-east-1. https://aws.amazon.com/dynamodb/pricing/on-demand/ */
const price = { write: 0.625, read: 0.125 };

/** An item holds each text, `id` with its 51 characters, and `texts` and `expiration` by name and number. */
const sizeOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) + 80;

/** Counts what DynamoDB would: a unit for each KB begun that is written, for each 4 KB that is read, and for what is not there. */
const createMeter = () => {
  const store = createMemorySignalStore();
  const units = { write: 0, read: 0 };
  const write = (texts: readonly string[]): void => {
    units.write += Math.ceil(sizeOf(texts) / 1_024);
  };
  const metered: SignalStore = {
    add: async (...signal) => {
      const texts = await store.add(...signal);
      write(texts);
      return texts;
    },
    read: async (keys, now) => {
      const sets = await store.read(keys, now);
      for (const texts of sets) units.read += Math.ceil(sizeOf(texts) / 4_096);
      return sets;
    },
    drop: async (key, texts) => {
      // The size before counts, and that is what was added to.
      write((await store.read([key], 0))[0] ?? []);
      await store.drop(key, texts);
    },
  };
  return { store: metered, units };
};

const head = { id: 'metered', rules: ['rule-a', 'rule-b'], groupBy: ['group'], dedup: day } as const;
const specs: readonly Spec[] = [
  { ...head, type: 'event_count', timespan: 10 * minute, least: 10 },
  { ...head, type: 'event_count', timespan: hour, least: 200 },
  { ...head, type: 'value_count', timespan: 10 * minute, least: 10, field: 'value' },
  { ...head, type: 'temporal', timespan: 10 * minute },
  { ...head, type: 'temporal_ordered', timespan: 10 * minute },
  { ...head, type: 'new_value', lookback: 30 * day, learning: 7 * day, field: 'value' },
  { ...head, type: 'spike', timespan: hour, lookback: day, learning: day, least: 20, deviations: 5 },
];

const matches = 1_000;

/** A thousand matches within an hour, as they come, each in a group of its own or all in one. */
const measure = async (spec: Spec, groupOf: (index: number) => string) => {
  const { store, units } = createMeter();
  const take = createWorker(contentOf([spec]), 15 * minute, store, new Set());
  for (let index = 0; index < matches; index++) {
    const id = `event-${index}`.padEnd(36, '.');
    const happening: Happening = {
      id,
      action: id,
      at: Date.UTC(2026, 9, 14, 12) + Math.floor((index * hour) / matches / 1_000) * 1_000,
      rule: index % 2 === 0 ? 'rule-a' : 'rule-b',
      fields: { group: [groupOf(index)], value: [`arn:aws:iam::111122223333:role/number-${index % 20}`] },
    };
    await take(happening, happening.at + minute);
  }
  return { write: units.write / matches, read: units.read / matches };
};

it('costs what ARCHITECTURE.md says', async () => {
  const rows: string[] = [];
  for (const spec of specs) {
    const of = [await measure(spec, (index) => `group-${index}`), await measure(spec, () => 'hot')];
    const cells = of.flatMap(({ write, read }) => [
      `${write.toFixed(1)} + ${read.toFixed(1)}`,
      `$${(write * price.write + read * price.read).toFixed(2)}`,
    ]);
    const count = 'least' in spec ? `, ${spec.least}` : '';
    rows.push(`| \`${spec.type}\`${count} | ${cells.join(' | ')} |`);
  }
  const text = readFileSync(join(import.meta.dirname, '../../../ARCHITECTURE.md'), 'utf8');
  expect(text).toContain(rows.join('\n'));
});
