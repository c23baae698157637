import fc, { type Arbitrary } from 'fast-check';
import type { Happening, Spec, SpecOf } from './reference.ts';
import { type Batch, type Stream, workerCount } from './run-stream.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Somewhere within a slot, and half a year's end, where groups are remembered anew (`new-value.ts`). */
const starts = [Date.UTC(2026, 9, 14, 12), Math.ceil(Date.UTC(2026, 9, 14) / (180 * day)) * 180 * day - 30 * hour];

/** How the times of a stream lie: `steps` of equal length, and so many seconds beside them. */
type Grid = { readonly step: number; readonly steps: number; readonly jitter: number };

/** Some records alike, one after another; delays are in twentieths of the lateness, one for each delivery. */
type Burst = {
  readonly step: number;
  readonly jitter: number;
  readonly count: number;
  readonly rule: number;
  readonly group: readonly string[];
  readonly zone: string;
  readonly value: readonly string[];
  readonly isCopied: boolean;
  readonly delays: readonly number[];
};

const often = <Value>(usual: Arbitrary<Value>, weight: number, ...others: readonly Arbitrary<Value>[]) =>
  fc.oneof({ weight, arbitrary: usual }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));

/** One group has most of what happens; few records belong to several, or to none. */
const groups = often<readonly string[]>(
  fc.constant(['hot']),
  6,
  fc.constantFrom(['one'], ['other']),
  fc.constantFrom([], ['hot', 'one'], ['one', 'other', 'one']),
);
const values = often<readonly string[]>(
  fc.constantFrom(['v1'], ['v2']),
  4,
  fc.constantFrom(['v3'], ['v4'], ['v5']),
  fc.constantFrom([], ['v1', 'v2'], ['v3', 'v3', 'v1']),
);

const bursts = ({ steps, jitter }: Grid, rules: number, maxCount: number): Arbitrary<Burst> =>
  fc.record({
    step: fc.nat(steps),
    jitter: often(fc.constant(0), 2, fc.integer({ min: -jitter, max: jitter })),
    count: often(fc.constant(1), 6, fc.integer({ min: 2, max: maxCount })),
    rule: fc.nat(rules - 1),
    group: groups,
    zone: fc.constantFrom('here', 'there'),
    value: values,
    isCopied: often(fc.constant(false), 5, fc.constant(true)),
    delays: fc.array(often(fc.constant(0), 1, fc.nat(20)), { minLength: 1, maxLength: 2 }),
  });

/** Records of bursts, and when each arrives: in no order beyond the lateness, some of them more than once. */
const arrange = (
  all: readonly Burst[],
  rules: readonly string[],
  { step: length }: Grid,
  start: number,
  lateness: number,
): Stream['deliveries'] =>
  all
    .flatMap(({ step, jitter, count, rule, group, zone, value, isCopied, delays }, number) =>
      Array.from({ length: count }, (_, index) => {
        const action = `event-${number}-${index}`;
        const at = start + step * length + (jitter + (index >> 1)) * second;
        const fields = { group, zone: [zone], value };
        const happening = { id: action, action, at, rule: rules[rule] as string, fields };
        const copy = { ...happening, id: `${action}-copy` };
        return (isCopied ? [happening, copy] : [happening]).flatMap((each) =>
          delays.map((delay) => ({
            happening: each,
            receivedAt: at + Math.floor((((delay + 7 * index) % 21) * lateness) / 20),
          })),
        );
      }).flat(),
    )
    .toSorted((one, other) => one.receivedAt - other.receivedAt);

const batches: Arbitrary<readonly Batch[]> = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 12 }), worker: fc.nat(workerCount - 1), atOnce: fc.boolean() }),
  { minLength: 1, maxLength: 5 },
);

type Kind = {
  readonly specs: readonly Spec[];
  readonly rules: readonly string[];
  readonly grid: Grid;
  readonly lateness: number;
  readonly start: number;
  readonly least: number;
  readonly most: number;
  readonly maxCount: number;
};

const streamOf = ({ specs, rules, grid, lateness, start, least, most, maxCount }: Kind): Arbitrary<Stream> =>
  fc
    .record({
      all: fc.array(bursts(grid, rules.length, maxCount), { minLength: least, maxLength: most, size: 'max' }),
      batches,
      // A detector without a clock goes by the times of records; two of them would not know of each other's.
      isTimeless: often(fc.constant(false), 3, fc.constant(true)),
    })
    .map(({ all, batches, isTimeless }): Stream => {
      const deliveries = arrange(all, rules, grid, start, lateness);
      if (!isTimeless) return { specs, lateness, deliveries, batches };
      return {
        specs,
        lateness,
        deliveries: deliveries.map(({ happening }) => ({ happening, receivedAt: 0 })),
        batches: batches.map(({ size }) => ({ size, worker: 0, atOnce: false })),
      };
    });

const plain = ['rule-a', 'rule-b', 'rule-c'] as const;
const timespans = fc.constantFrom(10 * second, minute, 10 * minute, hour);
const latenesses = fc.constantFrom(0, 15 * minute, hour);
const groupings = often<readonly string[]>(fc.constant(['group']), 3, fc.constantFrom(['group', 'zone'], []));

/** Fifths of the time span, so that many records are exactly one apart; a few seconds beside them, and hot or spread. */
const slidingGrid = (timespan: number): Arbitrary<Grid> =>
  fc.constantFrom(8, 20, 40).map((steps) => ({ step: timespan / 5, steps, jitter: 2 }));

const slidingHead = fc
  .record({ timespan: timespans, groupBy: groupings, dedups: fc.constantFrom(1, 1.5, 2, 5) })
  .map(({ timespan, groupBy, dedups }) => ({ timespan, groupBy, dedup: dedups * timespan }));

const sliding = (
  specs: (head: {
    readonly timespan: number;
    readonly groupBy: readonly string[];
    readonly dedup: number;
  }) => Arbitrary<readonly Spec[]>,
  { most = 50, maxCount = 16, rules = plain }: { most?: number; maxCount?: number; rules?: readonly string[] } = {},
): Arbitrary<Stream> =>
  fc.record({ head: slidingHead, lateness: latenesses, offset: fc.nat(4) }).chain(({ head, lateness, offset }) =>
    fc.tuple(specs(head), slidingGrid(head.timespan)).chain(([all, grid]) =>
      streamOf({
        specs: all,
        rules,
        grid,
        lateness,
        start: (starts[0] as number) + (offset * head.timespan) / 5,
        least: 5,
        most,
        maxCount,
      }),
    ),
  );

const counts = fc.integer({ min: 2, max: 5 });

const eventCount = sliding((head) =>
  fc
    .record({ least: counts, rules: fc.subarray([...plain], { minLength: 1 }) })
    .map(({ least, rules }): Spec[] => [{ id: 'counted', type: 'event_count', ...head, rules, least }]),
);

const valueCount = sliding((head) =>
  counts.map((least): Spec[] => [
    { id: 'counted', type: 'value_count', ...head, rules: ['rule-a', 'rule-b'], field: 'value', least },
  ]),
);

const temporal = sliding((head) =>
  fc
    .constantFrom(2, 3)
    .map((count): Spec[] => [{ id: 'together', type: 'temporal', ...head, rules: plain.slice(0, count) }]),
);

const orderedPair = sliding(
  (head) =>
    fc
      .shuffledSubarray(['rule-a', 'rule-b'], { minLength: 2 })
      .map((rules): Spec[] => [{ id: 'ordered', type: 'temporal_ordered', ...head, rules }]),
  { most: 40, maxCount: 30, rules: ['rule-a', 'rule-b'] },
);

/** Fewer records than a slot keeps of each rule: of three rules and more the engine promises no more. */
const orderedTriple = sliding(
  (head) =>
    fc
      .shuffledSubarray([...plain], { minLength: 3 })
      .map((rules): Spec[] => [{ id: 'ordered', type: 'temporal_ordered', ...head, rules }]),
  { most: 20, maxCount: 2 },
);

const newValueSpec = (
  id: string,
  groupBy: readonly string[],
  lookback: number,
  dedup: number,
): SpecOf<'new_value'> => ({
  id,
  type: 'new_value',
  rules: ['rule-a', 'rule-b'],
  groupBy,
  field: 'value',
  lookback,
  learning: day,
  dedup,
});

const newValue = fc
  .record({
    groupBy: groupings,
    lookback: fc.constantFrom(day, 36 * hour, 2 * day),
    dedup: fc.constantFrom(hour, 5 * hour, day),
    lateness: latenesses,
    start: fc.constantFrom(...starts),
    steps: fc.constantFrom(60, 140),
  })
  .chain(({ groupBy, lookback, dedup, lateness, start, steps }) =>
    streamOf({
      specs: [newValueSpec('novelty', groupBy, lookback, dedup)],
      rules: plain,
      grid: { step: hour, steps, jitter: 1_900 },
      lateness,
      start,
      least: 20,
      most: 110,
      maxCount: 3,
    }),
  );

const spikeOf = (timespans: readonly number[]): Arbitrary<Stream> =>
  fc
    .record({
      timespan: fc.constantFrom(...timespans),
      groupBy: groupings,
      least: fc.integer({ min: 2, max: 8 }),
      deviations: fc.constantFrom(1, 2.5, 5),
      learnt: fc.integer({ min: 1, max: 3 }),
      lateness: fc.constantFrom(0, 15 * minute),
    })
    .chain(({ timespan, groupBy, least, deviations, learnt, lateness }) => {
      const learning = Math.max(learnt * timespan, 2 * hour);
      const head = { id: 'many', type: 'spike', rules: plain, groupBy, timespan, dedup: timespan } as const;
      return streamOf({
        specs: [{ ...head, least, deviations, lookback: day, learning }],
        rules: plain,
        grid: { step: timespan / 2, steps: Math.floor((2.5 * day) / timespan) * 2, jitter: timespan / 2 / second - 1 },
        lateness,
        start: starts[0] as number,
        least: 10,
        most: 90,
        maxCount: 20,
      });
    });

/** Signals of one group within one time span, at most. */
const densest = ({ deliveries }: Stream, timespan: number): number => {
  const groups = new Map<string, Set<string>>();
  for (const { happening } of deliveries) {
    const key = `${Math.floor(happening.at / timespan)} ${happening.fields.group}`;
    groups.set(key, (groups.get(key) ?? new Set()).add(happening.id));
  }
  return Math.max(...[...groups.values()].map(({ size }) => size));
};

const outermost = { id: 'last', type: 'event_count', groupBy: [], rules: ['outer'], least: 2 } as const;

/** What correlates the findings of `inner`, and matches beside them. */
const outers = (head: { readonly timespan: number; readonly dedup: number }): Arbitrary<Spec> => {
  const common = { ...head, id: 'outer', groupBy: ['group'], rules: ['inner', 'rule-c'] };
  return fc.constantFrom<Spec>(
    { ...common, type: 'event_count', least: 2 },
    { ...common, type: 'event_count', least: 4 },
    { ...common, type: 'value_count', least: 2, field: 'zone' },
    { ...common, type: 'temporal' },
    { ...common, type: 'temporal_ordered' },
  );
};

/**
 * Findings of `event_count` are made at the same times in any order, however many signals there are: of those of others
 * nothing counts findings here (docs/correlation.md).
 */
const hotChains = sliding(
  (head) =>
    fc.record({ least: counts, outer: outers(head) }).map(({ least, outer }): Spec[] => {
      const inner = { ...head, groupBy: ['group', 'zone'], id: 'inner', rules: ['rule-a', 'rule-b'] };
      const last: readonly Spec[] = outer.type === 'event_count' ? [{ ...head, ...outermost }] : [];
      return [{ ...inner, type: 'event_count', least }, outer, ...last];
    }),
  { most: 40, maxCount: 12 },
);

/** Those of the others are, as long as no slot has more signals than it keeps. */
const sparseChains = sliding(
  (head) => {
    const common = { ...head, groupBy: ['group', 'zone'], id: 'inner', rules: ['rule-a', 'rule-b'] };
    const inners = fc.constantFrom<Spec>(
      { ...common, type: 'event_count', least: 2 },
      { ...common, type: 'value_count', least: 2, field: 'value' },
      { ...common, type: 'temporal' },
      { ...common, type: 'temporal_ordered' },
    );
    return fc.tuple(inners, outers(head)).map(([inner, outer]) => [inner, outer, { ...head, ...outermost }]);
  },
  { most: 30, maxCount: 3 },
).filter((stream) => densest(stream, (stream.specs[0] as SpecOf<'temporal'>).timespan) <= 6);

/** Over hours and days: new values counted, and what was counted as a new value or a spike. */
const longChains = fc
  .record({
    specs: fc.constantFrom<readonly Spec[]>(
      [
        newValueSpec('inner', ['group', 'zone'], day, 6 * hour),
        {
          id: 'outer',
          type: 'event_count',
          rules: ['inner'],
          groupBy: ['group'],
          timespan: 6 * hour,
          dedup: 6 * hour,
          least: 2,
        },
      ],
      [
        {
          id: 'inner',
          type: 'event_count',
          rules: ['rule-a', 'rule-b'],
          groupBy: ['group', 'zone'],
          timespan: hour,
          dedup: hour,
          least: 2,
        },
        { ...newValueSpec('outer', ['group'], day, 6 * hour), rules: ['inner'], field: 'zone' },
      ],
      [
        {
          id: 'inner',
          type: 'event_count',
          rules: ['rule-a', 'rule-b'],
          groupBy: ['group', 'zone'],
          timespan: hour,
          dedup: hour,
          least: 2,
        },
        {
          id: 'outer',
          type: 'spike',
          rules: ['inner', 'rule-c'],
          groupBy: ['group'],
          timespan: 8 * hour,
          dedup: 8 * hour,
          lookback: day,
          learning: 8 * hour,
          least: 2,
          deviations: 1,
        },
      ],
    ),
    lateness: latenesses,
  })
  .chain(({ specs, lateness }) =>
    streamOf({
      specs,
      rules: plain,
      grid: { step: hour, steps: 90, jitter: 1_900 },
      lateness,
      start: starts[0] as number,
      least: 10,
      most: 60,
      maxCount: 5,
    }),
  );

/** Streams of every kind, by name. */
export const streams = {
  event_count: eventCount,
  value_count: valueCount,
  temporal,
  'temporal_ordered of two': orderedPair,
  'temporal_ordered of three': orderedTriple,
  new_value: newValue,
  spike: spikeOf([30 * minute, 2 * hour, 8 * hour]),
  'correlations of event_count': hotChains,
  'correlations of others': sparseChains,
  'correlations over days': longChains,
} satisfies Record<string, Arbitrary<Stream>>;

/** Spikes that compare few times with each other, for stores that answer slowly. */
export const shortSpikes = spikeOf([8 * hour]);

export const happeningsOf = ({ deliveries }: Stream): readonly Happening[] =>
  deliveries.map(({ happening }) => happening);
