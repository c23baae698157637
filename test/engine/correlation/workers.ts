import fc from 'fast-check';
import { expect } from 'vitest';
import type { SignalStore } from '../../../engine/signal-store.ts';
import { seed } from '../seed.ts';
import { type Happening, referenceFindings, type Spec } from './reference.ts';
import { contentOf, createWorker } from './run-stream.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 9, 14, 12);

type Delivery = { readonly happening: Happening; readonly receivedAt: number };
export type SharedStream = {
  readonly specs: readonly Spec[];
  readonly lateness: number;
  readonly deliveries: readonly Delivery[];
};

const recordCount = 5_000;

/**
 * Records of `length` ms, of which `matching` in a hundred match some rule, many of them in one group. One of eight is
 * delivered twice, one of eight has a copy for another account; by `orderOf`, of a record and a number from 0 to 1.
 */
const deliver = (
  rules: readonly string[],
  length: number,
  matching: number,
  orderOf: (happening: Happening, chance: number) => number,
): readonly { readonly happening: Happening; readonly order: number }[] => {
  const chance = fc.nat(1_000_000).map((number) => number / 1_000_000);
  // Without bias: a percentage is to be one.
  const item = fc.noBias(
    fc.record({
      second: fc.nat(length / 1_000 - 1),
      matches: fc.nat(99).map((number) => number < matching),
      rule: fc.constantFrom(...rules),
      group: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(5) }).map(String),
      zone: fc.constantFrom('here', 'there'),
      value: fc.nat(9).map((number) => `value-${number}`),
      chances: fc.tuple(chance, chance),
    }),
  );
  const items = fc.sample(item, { seed, numRuns: (recordCount * 4) / 5 });
  return items
    .flatMap(({ second, matches, rule, group, zone, value, chances }, index) => {
      const at = start + second * 1_000;
      const id = `event-${index}`;
      const fields = { group: [group], zone: [zone], value: [value] };
      const happening = { id, action: id, at, rule: matches ? rule : 'nothing', fields };
      const again = index % 8 === 0 ? happening : { ...happening, id: `${id}-copy` };
      return (index % 4 === 0 ? [happening, again] : [happening]).map((each, delivery) => {
        const order = orderOf(each, chances[delivery] as number);
        return { happening: each, order };
      });
    })
    .toSorted((one, other) => one.order - other.order);
};

/**
 * An hour of records in an order that has nothing to do with their times, each said to arrive at its end: most of them in
 * bursts, so that the workers are at the same sets at once, and every fifth anywhere.
 */
export const shuffledHour = (matching: number): SharedStream => {
  const head = { groupBy: ['group'], timespan: 5 * minute, dedup: 5 * minute } as const;
  return {
    specs: [
      { ...head, id: 'counted', type: 'event_count', rules: ['rule-a'], least: 4 },
      { ...head, id: 'valued', type: 'value_count', rules: ['rule-b'], field: 'value', least: 3 },
      { ...head, id: 'together', type: 'temporal', rules: ['rule-c', 'rule-d'] },
      { ...head, id: 'ordered', type: 'temporal_ordered', rules: ['rule-d', 'rule-c'] },
    ],
    lateness: hour,
    deliveries: deliver(['rule-a', 'rule-b', 'rule-c', 'rule-d'], hour, matching, ({ at, fields }, chance) => {
      const burst = ((Math.floor(at / head.timespan) * 31 + Number(fields.group) * 7) % 101) / 101;
      return chance < 0.2 ? chance * 5 : burst + chance / 200;
    }).map(({ happening }) => ({ happening, receivedAt: start + hour })),
  };
};

/** Two days of records, each of them late by up to ten minutes: what is left of the lateness is for the workers. */
export const lateDays = (matching: number): SharedStream => ({
  specs: [
    {
      id: 'novelty',
      type: 'new_value',
      rules: ['rule-a'],
      groupBy: ['group', 'zone'],
      field: 'value',
      lookback: day,
      learning: day,
      dedup: hour,
    },
    {
      id: 'many',
      type: 'spike',
      rules: ['rule-b'],
      groupBy: ['group'],
      timespan: 4 * hour,
      lookback: day,
      learning: 4 * hour,
      least: 3,
      deviations: 1,
      dedup: 4 * hour,
    },
  ],
  lateness: 15 * minute,
  deliveries: deliver(['rule-a', 'rule-b'], 2 * day, matching, ({ at }, chance) => at + chance * 10 * minute).map(
    ({ happening, order }) => ({ happening, receivedAt: Math.floor(order) }),
  ),
});

/** Lets sixteen detectors take the records of a stream, whoever is free the next, and expects the reference's findings. */
export const expectSameOfWorkers = async (
  { specs, lateness, deliveries }: SharedStream,
  store: SignalStore,
): Promise<void> => {
  expect(deliveries.length).toBe(recordCount);
  const found = new Set<string>();
  const left = deliveries.values();
  const content = contentOf(specs);
  const work = async (): Promise<void> => {
    const take = createWorker(content, lateness, store, found);
    for (const { happening, receivedAt } of left) await take(happening, receivedAt);
  };
  await Promise.all(Array.from({ length: 16 }, work));
  const happenings = deliveries.map(({ happening }) => happening);
  for (const spec of specs) expect(referenceFindings([spec], happenings, lateness).size, spec.id).toBeGreaterThan(2);
  expect([...found].sort()).toEqual([...referenceFindings(specs, happenings, lateness)].sort());
};
