import { createHash } from 'node:crypto';
import { messageOf } from '../../engine/errors.ts';
import type { DigestFile } from '../../engine/integrity/account.ts';
import { digestSchema } from '../../engine/integrity/digest.ts';
import { renderIssue } from '../../engine/schema-issue.ts';
import { damageOf, unpackFile } from './unpack-file.ts';

/** An hour of log files makes some hundred kilobytes of digest; this keeps a bomb from filling the memory. */
const maxDigestBytes = 64 * 1024 * 1024;

/** Reads a digest file; `within` is its path below the folder of its account. Throws where it cannot be read at all. */
export const readDigest = async (path: string, within: string): Promise<DigestFile> => {
  try {
    const bytes = await readBytes(path);
    const digest = digestSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    if (digest.success) {
      return { within, link: { digest: digest.data, hash: createHash('sha256').update(bytes).digest('hex') } };
    }
    const problems = digest.error.issues.slice(0, 3).map(renderIssue);
    return { within, damage: `not a digest: ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}` };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return { within, damage: `not a digest: ${messageOf(error)}` };
    }
    return { within, damage: `damaged: ${damageOf(error)}` };
  }
};

const readBytes = async (path: string): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of unpackFile(path)) {
    size += chunk.length;
    if (size > maxDigestBytes) throw new RangeError(`larger than ${maxDigestBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
