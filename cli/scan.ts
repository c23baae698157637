import { createReadStream } from 'node:fs';
import { type Delivery, unwrap } from '../engine/delivery.ts';
import type { Detector } from '../engine/detector.ts';
import { messageOf } from '../engine/errors.ts';
import { deliveryIdOf } from '../engine/record.ts';
import { hashId } from './hash-id.ts';
import type { Input, Unreadable } from './input.ts';
import { readStream } from './read-inputs.ts';
import { inflate } from './read-records.ts';
import { readWholeFile } from './read-whole-file.ts';

/** What part of a file came to: enough to go on with its records in order, without the many that concern no rule. */
export type Batch = {
  /** The file. */
  readonly place: string;
  /** A hash of the delivery id of each record, in order. */
  readonly ids: Float64Array<ArrayBuffer>;
  /** The records that some rule matches or fails on, by their place in `ids`. */
  readonly matched: readonly { readonly index: number; readonly place: string; readonly delivery: Delivery }[];
  readonly unreadable: readonly { readonly place: string; readonly message: string }[];
  readonly skipped: readonly { readonly place: string; readonly reason: string }[];
};

/** Records in a batch of a large file: what is read ahead stays small. */
const batchRecords = 4_096;

/** The path that means standard input. */
export const stdin = '-';

/** Reads one file (or `stdin`), takes its records out of their envelopes and tries the rules: all that needs no state. */
export async function* scan(path: string, detector: Detector): AsyncGenerator<Batch> {
  const place = path === stdin ? 'stdin' : path;
  const collector = createCollector(detector, place);
  const whole = path === stdin ? undefined : readWholeFile(path);
  if (whole === undefined) {
    const bytes = path === stdin ? process.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
    for await (const input of readStream(bytes, place)) {
      collector.add(input);
      if (collector.size() >= batchRecords) yield collector.take();
    }
  } else {
    for (const input of whole) {
      collector.add(input);
      if (collector.size() >= batchRecords) yield collector.take();
    }
  }
  yield collector.take();
}

/** What could not even be opened, as a batch. */
export const batchOf = ({ place, error }: Unreadable): Batch => ({
  place,
  ids: new Float64Array(),
  matched: [],
  unreadable: [{ place, message: error.message }],
  skipped: [],
});

type Lists = {
  ids: number[];
  matched: Batch['matched'][number][];
  unreadable: Batch['unreadable'][number][];
  skipped: Batch['skipped'][number][];
};

const createCollector = (detector: Detector, place: string) => {
  let lists: Lists = { ids: [], matched: [], unreadable: [], skipped: [] };

  const addDelivery = (delivery: Delivery, at: string): void => {
    try {
      const id = hashId(deliveryIdOf(delivery.record));
      const { rules, failures } = detector.match(delivery.record);
      if (rules.length > 0 || failures.length > 0) lists.matched.push({ index: lists.ids.length, place: at, delivery });
      lists.ids.push(id);
    } catch (error) {
      // One record that nobody foresaw (nested 100,000 deep, say) must not hide what the others hold.
      lists.unreadable.push({ place: at, message: messageOf(error) });
    }
  };

  return {
    size: () => lists.ids.length,
    add: (input: Input): void => {
      if (input.kind === 'unreadable') {
        lists.unreadable.push({ place: input.place, message: input.error.message });
        return;
      }
      for (const item of unwrap(input.value, inflate)) {
        if (item.kind === 'delivery') addDelivery(item.delivery, input.place);
        else if (item.kind === 'skipped')
          lists.skipped.push({ place: `${input.place}${item.place}`, reason: item.reason });
        else lists.unreadable.push({ place: `${input.place}${item.place}`, message: item.error.message });
      }
    },
    take: (): Batch => {
      const { ids, ...rest } = lists;
      lists = { ids: [], matched: [], unreadable: [], skipped: [] };
      return { place, ids: Float64Array.from(ids), ...rest };
    },
  };
};
