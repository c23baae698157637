import { pipeline, type Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { EventError, messageOf } from '../engine/errors.ts';
import { createLogFileCutter } from '../engine/log-file-cutter.ts';
import type { LogObject } from '../engine/object-notice.ts';

/** Gives what a log file of a bucket lists, while it comes in. Throws EventError naming the object, after what could be read. */
export type ReadLogFile = (object: LogObject) => AsyncIterable<unknown>;

/** gzip has a checksum of its own. */
const createClient = (): S3Client => new S3Client({ responseChecksumValidation: 'WHEN_REQUIRED' });

export const createReadLogFile = (client = createClient()): ReadLogFile =>
  async function* ({ bucket, key }) {
    const cutter = createLogFileCutter();
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      for await (const bytes of gunzip(Body as Readable)) yield* cutter.push(bytes);
      cutter.end();
    } catch (error) {
      throw new EventError(codeOf(error), `s3://${bucket}/${key}: ${messageOf(error)}`, { cause: error });
    }
  };

/** What is cut off is given as far as it goes: the cutter sees that there is no end. A gzip bomb unfolds 64 KB at a time. */
const gunzip = (packed: Readable): AsyncIterable<Uint8Array> => {
  const unpacked = createGunzip({ chunkSize: 1 << 16, finishFlush: constants.Z_SYNC_FLUSH });
  // What fails in either is thrown to the reader of the second.
  return pipeline(packed, unpacked, () => undefined);
};

const codeOf = (error: unknown): EventError['code'] => {
  if (error instanceof EventError) return error.code;
  const isOfZlib = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
  return isOfZlib ? 'EVENT_DAMAGED' : 'EVENT_UNREADABLE';
};
