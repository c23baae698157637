import { closeSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { LogFile } from './find-log-files.ts';

/** Larger files are streamed. CloudTrail's own have at most 50 MB when unpacked, and some 5 MB before. */
export const maxFileBytes = 8 * 1024 * 1024;
const maxTextBytes = 64 * 1024 * 1024;
const largeBytes = 2 * 1024 * 1024;

/** Each file in its turn: nothing of it is kept when it is unpacked. */
const asOnDisk = Buffer.allocUnsafeSlow(maxFileBytes + 1);

/**
 * The text of a log file of ordinary size, read in one go, which is several times as fast as streaming it. Gives
 * `undefined` for whatever is out of the ordinary: a pipe, a large file, damaged gzip, UTF-16. Streams deal with these.
 */
export const readWholeFile = (found: LogFile): Buffer | undefined => {
  const bytes = readOrdinary(found);
  const unpacked = bytes === undefined ? undefined : unpack(bytes);
  return unpacked === undefined || unpacked.length === 0 ? undefined : unpacked;
};

const readOrdinary = ({ path, bytes: size }: LogFile): Buffer | undefined => {
  // To open a pipe here would tell whoever writes to it, when it is closed again, that nobody reads.
  if (size === 0 || size > maxFileBytes) return undefined;
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    // One byte more than were found: the file may have grown since.
    return readSync(file, asOnDisk, 0, size + 1, 0) === size ? asOnDisk.subarray(0, size) : undefined;
  } catch {
    // The stream opens it again and says what is wrong.
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
};

const unpack = (bytes: Buffer): Buffer | undefined => {
  const [first, second] = bytes;
  if (first === 0xff || first === 0xfe || first === 0xef) return undefined;
  if (first !== 0x1f || second !== 0x8b) return Buffer.from(bytes);
  try {
    return gunzipSync(bytes, { chunkSize: chunkSizeOf(bytes), maxOutputLength: maxTextBytes });
  } catch {
    // Damaged or a bomb: the stream saves what can be saved, and says what is wrong.
    return undefined;
  }
};

/**
 * The last four bytes of gzip say how much it unpacks to; believed within bounds, it spares copying from chunk to chunk. Large
 * ones have one of few sizes: the allocator then puts each where the one before was, instead of behind it.
 */
const chunkSizeOf = (bytes: Buffer): number => {
  const told = Math.min(Math.max(bytes.readUInt32LE(bytes.length - 4) + 1, 16_384), 16 * 1024 * 1024);
  return told < largeBytes ? told : Math.ceil(told / largeBytes) * largeBytes;
};
