import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { EventError, messageOf } from '../../engine/errors.ts';

/** What `aws s3api head-object` prints of a digest is kept beside it, under its name with this ending. */
export const metadataEnding = '.metadata.json';

const objectMetadata = z.object({ Metadata: z.object({ signature: z.string() }) });

/**
 * The signature of the digest file at `path`, which S3 keeps in the metadata of the object and a copy loses; `undefined` where
 * nothing is kept beside it. Throws EventError where what is there cannot be used.
 */
export const readSignature = (path: string): string | undefined => {
  const beside = path + metadataEnding;
  try {
    return objectMetadata.parse(JSON.parse(readFileSync(beside, 'utf8'))).Metadata.signature;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const why = error instanceof z.ZodError ? 'it has no Metadata.signature' : messageOf(error);
    throw new EventError(
      'EVENT_UNREADABLE',
      `${beside}: expected what aws s3api head-object prints of the digest; ${why}`,
      { cause: error },
    );
  }
};
