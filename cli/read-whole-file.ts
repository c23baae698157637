import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Larger files are streamed. CloudTrail's own have at most 50 MB when unpacked, and some 5 MB before. */
export const maxFileBytes = 8 * 1024 * 1024;
const maxTextBytes = 64 * 1024 * 1024;

/**
 * The text of a log file of ordinary size, read in one go, which is several times as fast as streaming it. Gives
 * `undefined` for whatever is out of the ordinary: a pipe, a large file, damaged gzip, UTF-16. Streams deal with these.
 */
export const readWholeFile = (path: string): Buffer | undefined => {
  const bytes = readOrdinary(path);
  const unpacked = bytes === undefined ? undefined : unpack(bytes);
  return unpacked === undefined || unpacked.length === 0 ? undefined : unpacked;
};

const readOrdinary = (path: string): Buffer | undefined => {
  let file: number;
  let size: number;
  try {
    const stats = statSync(path);
    // To open a pipe here would tell whoever writes to it, when it is closed again, that nobody reads.
    if (!stats.isFile() || stats.size > maxFileBytes) return undefined;
    size = stats.size;
    file = openSync(path, 'r');
  } catch {
    // The stream opens it again and says what is wrong.
    return undefined;
  }
  try {
    const bytes = Buffer.allocUnsafe(size);
    return readSync(file, bytes, 0, size, 0) === size ? bytes : undefined;
  } finally {
    closeSync(file);
  }
};

const unpack = (bytes: Buffer): Buffer | undefined => {
  const [first, second] = bytes;
  if (first === 0xff || first === 0xfe || first === 0xef) return undefined;
  if (first !== 0x1f || second !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { chunkSize: chunkSizeOf(bytes), maxOutputLength: maxTextBytes });
  } catch {
    // Damaged or a bomb: the stream saves what can be saved, and says what is wrong.
    return undefined;
  }
};

/** The last four bytes of gzip say how much it unpacks to; believed within bounds, it spares copying from chunk to chunk. */
const chunkSizeOf = (bytes: Buffer): number =>
  Math.min(Math.max(bytes.readUInt32LE(bytes.length - 4) + 1, 16_384), 16 * 1024 * 1024);
