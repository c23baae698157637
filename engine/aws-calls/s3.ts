import * as z from 'zod/mini';
import { publicAccessBlockSchema } from '../public-access-block.ts';

/** A bucket, and whose it must be: a name that was given up can be taken by others. */
const bucket = {
  Bucket: z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)),
  ExpectedBucketOwner: z.string().check(z.regex(/^\d{12}$/)),
};

export const s3Calls = [
  /** Without a configuration it is deleted, which needs the same permission. */
  z.strictObject({
    action: z.literal('s3:PutBucketPublicAccessBlock'),
    parameters: z.strictObject({ ...bucket, PublicAccessBlockConfiguration: z.optional(publicAccessBlockSchema) }),
  }),
  z.strictObject({
    action: z.literal('s3:PutBucketPolicy'),
    parameters: z.strictObject({ ...bucket, Policy: z.string() }),
  }),
  z.strictObject({ action: z.literal('s3:DeleteBucketPolicy'), parameters: z.strictObject(bucket) }),
] as const;

export const s3Reads = [
  /** The four settings, or `{}`. */
  z.strictObject({ action: z.literal('s3:GetBucketPublicAccessBlock'), parameters: z.strictObject(bucket) }),
  /** `{"document": "<text>"}`. */
  z.strictObject({ action: z.literal('s3:GetBucketPolicy'), parameters: z.strictObject(bucket) }),
] as const;
