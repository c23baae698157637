import { createDetector, type DetectorContent, type Look } from '../../../engine/detector.ts';
import type { CloudTrailRecord } from '../../../engine/record.ts';
import { correlationRuleSchema, ruleSchema } from '../../../engine/rule.ts';
import type { SignalStore } from '../../../engine/signal-store.ts';
import type { Happening, Spec } from './reference.ts';

/** Records in the order of their arrival, each perhaps several times, and how they are divided among detectors. */
export type Stream = {
  readonly specs: readonly Spec[];
  readonly lateness: number;
  readonly deliveries: readonly { readonly happening: Happening; readonly receivedAt: number }[];
  readonly batches: readonly Batch[];
};

/** So many records in a row: one detector takes them in turn, or all detectors at once where the lateness allows it. */
export type Batch = { readonly size: number; readonly worker: number; readonly atOnce: boolean };
export const workerCount = 3;

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

const durationOf = (ms: number): string => {
  const [unit, length] = Object.entries(units).find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / length}${unit}`;
};

const fieldOf = (name: string): string => `requestParameters.${name}`;

/** The rule files that a spec stands for. */
export const contentOf = (specs: readonly Spec[]): DetectorContent => {
  const own = new Set(specs.map(({ id }) => id));
  const plain = new Set(specs.flatMap(({ rules }) => rules).filter((id) => !own.has(id)));
  return {
    rules: [...plain].map((id) =>
      ruleSchema.parse({
        id,
        signal: true,
        conditions: { all: [{ fact: 'eventName', operator: 'equal', value: id }] },
      }),
    ),
    correlationRules: specs.map((spec) =>
      correlationRuleSchema.parse({
        id: spec.id,
        correlation: {
          type: spec.type,
          rules: spec.rules,
          groupBy: spec.groupBy.map(fieldOf),
          ...('field' in spec ? { field: fieldOf(spec.field) } : {}),
          ...('timespan' in spec ? { timespan: durationOf(spec.timespan) } : {}),
          ...('lookback' in spec ? { lookback: durationOf(spec.lookback), learning: durationOf(spec.learning) } : {}),
          ...('least' in spec ? { condition: { gte: spec.least } } : {}),
          ...('deviations' in spec ? { deviations: spec.deviations } : {}),
        },
        dedup: { window: durationOf(spec.dedup) },
      }),
    ),
    suppressions: [],
    conditions: new Map(),
    lists: new Map(),
  };
};

const recordOf = ({ id, action, at, rule, fields }: Happening): CloudTrailRecord => ({
  eventVersion: '1.11',
  eventTime: new Date(at).toISOString().replace('.000Z', 'Z'),
  eventSource: 'example.amazonaws.com',
  eventName: rule,
  eventID: id,
  ...(action === id ? {} : { sharedEventID: action }),
  requestParameters: Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  ),
});

/** A detector over a store, and the ids of all that it found, news or not. */
export const createWorker = (
  content: DetectorContent,
  latenessMs: number,
  signals: SignalStore,
  found: Set<string>,
) => {
  const detector = createDetector(content, { signals, latenessMs });
  // What was told before is neither confirmed nor built: that is not what is tested here.
  const look: Look = async ({ id }) => {
    found.add(id);
    return { is: 'repeat' };
  };
  return async (happening: Happening, receivedAt: number): Promise<void> => {
    const { failures } = await detector.detect({ record: recordOf(happening) }, receivedAt, look);
    if (failures[0] !== undefined) throw failures[0];
  };
};

/** A function runs for seconds, and clocks differ by as much: `now` of those who work at the same time. */
const skewMs = 30_000;

/** The ids of what the engine finds in a stream, its state in a store that is empty before. */
export const findingsOf = async (
  { specs, lateness, deliveries, batches }: Stream,
  store: SignalStore,
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  const content = contentOf(specs);
  const workers = Array.from({ length: workerCount }, () => createWorker(content, lateness, store, found));
  let next = 0;
  for (let turn = 0; next < deliveries.length; turn++) {
    const { size, worker, atOnce } = batches[turn % batches.length] as Batch;
    const batch = deliveries.slice(next, next + size);
    next += size;
    const detect = (number: number) => workers[number % workerCount] as (typeof workers)[number];
    const last = Math.max(...batch.map(({ receivedAt }) => receivedAt));
    if (atOnce && batch.every(({ happening }) => last <= happening.at + lateness)) {
      await Promise.all(
        batch.map(({ happening, receivedAt }, index) =>
          detect(worker + index)(happening, Math.max(receivedAt, last - skewMs)),
        ),
      );
    } else for (const { happening, receivedAt } of batch) await detect(worker)(happening, receivedAt);
  }
  return found;
};
