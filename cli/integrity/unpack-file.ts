import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf } from '../../engine/errors.ts';
import type { FoundLog } from '../../engine/integrity/log-claims.ts';
import { unpackBytes } from '../decode-bytes.ts';

/** The bytes of a file, out of gzip if they are in it; CloudTrail's hashes are of these. */
export async function* unpackFile(path: string): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path);
  // A stream makes room for a whole step, however little it then reads.
  yield* unpackBytes(createReadStream(path, { highWaterMark: Math.min(Math.max(size, 1), 1 << 18) }));
}

/** The SHA-256 of a file of any size as CloudTrail counts it. Throws where it cannot be read at all. */
export const hashFile = async (path: string): Promise<FoundLog> => {
  const hash = createHash('sha256');
  try {
    for await (const chunk of unpackFile(path)) hash.update(chunk);
  } catch (error) {
    return { damage: damageOf(error) };
  }
  return { hash: hash.digest('hex') };
};

/** What is wrong with the gzip of a file; throws again what has another cause, such as a missing permission. */
export const damageOf = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) return messageOf(error);
  throw error;
};
