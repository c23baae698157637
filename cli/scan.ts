import { createReadStream } from 'node:fs';
import { type Delivery, isBareRecord, unwrap } from '../engine/delivery.ts';
import type { Detector } from '../engine/detector.ts';
import { messageOf } from '../engine/errors.ts';
import { accountOf, type CloudTrailRecord, deliveryIdOf } from '../engine/record.ts';
import type { Batch, Matched } from './batch.ts';
import type { LogFile } from './find-log-files.ts';
import { hashId } from './hash-id.ts';
import { type Input, stdin } from './input.ts';
import { readStream } from './read-inputs.ts';
import { inflate } from './read-records.ts';
import { readWholeFile } from './read-whole-file.ts';
import { cutRecords } from './record-cutter.ts';
import { createJsonSplitter } from './split-json.ts';
import { createTextBuffer } from './text-buffer.ts';

/** Records in a batch of a large file: what is read ahead stays small. */
const batchRecords = 4_096;

type Matcher = Pick<Detector, 'match'>;

/** Reads files (or `stdin`), takes their records out of their envelopes and tries the rules: all that needs no state. */
export async function* scan(files: readonly LogFile[], detector: Matcher): AsyncGenerator<Batch> {
  const collector = createCollector(detector);
  for (const file of files) {
    const { path } = file;
    const bytes = readWholeFile(file);
    if (bytes === undefined) {
      for await (const input of readStream(open(path), nameOf(path))) {
        collector.add(input);
        if (collector.size() >= batchRecords) yield collector.take(nameOf(path));
      }
    } else if (collector.addLogFile(bytes, path)) {
      giveBack(bytes);
    } else {
      for (const input of split(bytes, path)) {
        collector.add(input);
        if (collector.size() >= batchRecords) yield collector.take(path);
      }
    }
    if (collector.size() >= batchRecords) yield collector.take(nameOf(path));
  }
  yield collector.take(nameOf(files.at(-1)?.path ?? ''));
}

/** Node lets buffers below this share memory, which is then not one file's to give back. */
const aloneBytes = 1024 * 1024;

/** Gives the memory of a large file back at once: the next one takes it, and the collector need not come for it. */
const giveBack = ({ length, buffer }: Buffer): void => {
  if (length >= aloneBytes && buffer instanceof ArrayBuffer) buffer.transfer(0);
};

const nameOf = (path: string): string => (path === stdin ? 'stdin' : path);

const open = (path: string): AsyncIterable<Uint8Array> =>
  path === stdin ? process.stdin : createReadStream(path, { highWaterMark: 1 << 18 });

function* split(bytes: Buffer, place: string): Generator<Input> {
  const splitter = createJsonSplitter(place);
  yield* splitter.push(bytes);
  yield* splitter.end();
}

const createCollector = ({ match }: Matcher) => {
  let ids: number[] = [];
  let matched: Matched[] = [];
  const texts = createTextBuffer();
  let unreadable: Batch['unreadable'][number][] = [];
  let skipped: Batch['skipped'][number][] = [];

  /** Whether some rule matches the record or fails on it. */
  const isMatch = (record: CloudTrailRecord): boolean => {
    const { eventID } = record;
    const id = hashId(
      accountOf(record) ?? '',
      typeof eventID === 'string' && eventID !== '' ? eventID : deliveryIdOf(record),
    );
    const { rules, failures } = match(record);
    ids.push(id);
    return rules.length > 0 || failures.length > 0;
  };

  const addDelivery = (delivery: Delivery, place: string): void => {
    try {
      if (isMatch(delivery.record)) matched.push({ index: ids.length - 1, place, delivery });
    } catch (error) {
      // One record that nobody foresaw (nested 100,000 deep, say) must not hide what the others hold.
      unreadable.push({ place, message: messageOf(error) });
    }
  };

  return {
    size: () => ids.length,
    /** Adds the records of a log file that has nothing else in it; false, and nothing is added, where it is not that. */
    addLogFile: (bytes: Buffer, place: string): boolean => {
      const before = { ids: ids.length, matched: matched.length, texts: texts.length() };
      const at = `${place}:1`;
      let isWhole = false;
      try {
        isWhole = cutRecords(bytes, (value, piece) => {
          if (!isBareRecord(value)) return false;
          if (isMatch(value)) {
            matched.push({ index: ids.length - 1, place: at, from: texts.length(), to: texts.add(piece) });
          }
          return true;
        });
      } catch {
        // A record that nobody foresaw: one after the other, as for all that is odd.
      }
      if (!isWhole) {
        ids.length = before.ids;
        matched.length = before.matched;
        texts.cut(before.texts);
      }
      return isWhole;
    },
    add: (input: Input): void => {
      if (input.kind === 'unreadable') {
        unreadable.push({ place: input.place, message: input.error.message });
        return;
      }
      for (const item of unwrap(input.value, inflate)) {
        const place = `${input.place}${item.kind === 'delivery' ? '' : item.place}`;
        if (item.kind === 'delivery') addDelivery(item.delivery, place);
        else if (item.kind === 'skipped') skipped.push({ place, reason: item.reason });
        else unreadable.push({ place, message: item.error.message });
      }
    },
    take: (place: string): Batch => {
      const batch = { place, ids: new Float64Array(ids), matched, texts: texts.take(), unreadable, skipped };
      ids = [];
      matched = [];
      unreadable = [];
      skipped = [];
      return batch;
    },
  };
};
