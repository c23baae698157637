import { createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { CloudTrailRecord } from '../engine/record.ts';
import { ALPHANUMERIC, createRandom, HEX, type Random } from '../samples/cloudtrail/random.ts';
import type { Corpus } from './corpus.ts';

/** What was written: `bytes` as text, `packed` on disk. */
export type Written = {
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
  readonly packed: number;
};

export type LogWriter = {
  /** Files in CloudTrail's layout below a folder, of so many records each. */
  readonly writeFiles: (folder: string, sizes: readonly number[]) => Written;
  /** One file of at least so many bytes of text, written as a stream: it need not fit into memory. */
  readonly writeLargeFile: (path: string, shape: Shape, bytes: number) => Promise<Written>;
};

/** A record a line, or log files after each other as `cat` joins them, each a member of the gzip of its own. */
export type Shape = 'lines' | 'joined';

const account = '111122223333';
const start = Date.UTC(2026, 0, 1);
/** Milliseconds from one record to the next. */
const step = 250;

/**
 * Logs of any length from the records of a corpus: again and again, each time at another time and under other ids, and changed
 * in whatever else `vary` changes.
 */
export const createLogWriter = (
  { name, records }: Corpus,
  vary: (record: CloudTrailRecord, random: Random) => CloudTrailRecord = (record) => record,
): LogWriter => {
  const random = createRandom(`logs of ${name}`);
  let next = 0;
  const nextText = (): string => {
    const record = vary(records[next % records.length] as CloudTrailRecord, random);
    next += 1;
    return JSON.stringify({ ...record, ...freshIds(record, random), eventTime: timeOf(next) });
  };

  const writeFiles = (folder: string, sizes: readonly number[]): Written => {
    let [bytes, packed, all] = [0, 0, 0];
    for (const size of sizes) {
      const text = `{"Records":[${Array.from({ length: size }, nextText).join(',')}]}`;
      const path = join(folder, keyOf(timeOf(next), random));
      const file = gzipSync(text);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file);
      bytes += Buffer.byteLength(text);
      packed += file.length;
      all += size;
    }
    return { files: sizes.length, records: all, bytes, packed };
  };

  const writeLargeFile: LogWriter['writeLargeFile'] = async (path, shape, atLeast) => {
    let [bytes, written] = [0, 0];
    const pieces = function* (): Generator<string> {
      while (bytes < atLeast) {
        const texts = Array.from({ length: 5_000 }, nextText);
        const piece = shape === 'lines' ? `${texts.join('\n')}\n` : `{"Records":[${texts.join(',')}]}`;
        bytes += Buffer.byteLength(piece);
        written += texts.length;
        yield piece;
      }
    };
    const members = function* (): Generator<Buffer> {
      for (const piece of pieces()) yield gzipSync(piece);
    };
    if (shape === 'joined') await pipeline(Readable.from(members()), createWriteStream(path));
    else await pipeline(Readable.from(pieces()), createGzip(), createWriteStream(path));
    return { files: 1, records: written, bytes, packed: statSync(path).size };
  };

  return { writeFiles, writeLargeFile };
};

const freshIds = (record: CloudTrailRecord, random: Random): CloudTrailRecord => ({
  eventID: uuid(random),
  ...(typeof record.requestID === 'string' ? { requestID: uuid(random) } : {}),
});

const uuid = (random: Random): string => {
  const text = random.text(32, HEX);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
};

const timeOf = (record: number): string => `${new Date(start + record * step).toISOString().slice(0, 19)}Z`;

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html */
const keyOf = (time: string, random: Random): string => {
  const minute = `${time.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  const file = `${account}_CloudTrail_us-east-1_${minute}_${random.text(16, ALPHANUMERIC)}.json.gz`;
  return `AWSLogs/${account}/CloudTrail/us-east-1/${time.slice(0, 10).replaceAll('-', '/')}/${file}`;
};
