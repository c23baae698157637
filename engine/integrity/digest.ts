import * as z from 'zod';

const time = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hex');
const hex = z.string().regex(/^(?:[0-9a-f]{2})+$/i, 'expected hex');

/**
 * What CloudTrail writes every hour for each trail and region: the hashes of the log files it delivered, and the hash and
 * signature of the digest before. All `previous` fields are null where a chain begins.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export const digestSchema = z.object({
  digestStartTime: time,
  digestEndTime: time,
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  digestPublicKeyFingerprint: z.string(),
  digestSignatureAlgorithm: z.literal('SHA256withRSA'),
  previousDigestS3Bucket: z.string().nullable(),
  previousDigestS3Object: z.string().nullable(),
  previousDigestHashValue: sha256.nullable(),
  previousDigestHashAlgorithm: z.literal('SHA-256').nullable(),
  previousDigestSignature: hex.nullable(),
  logFiles: z.array(
    z.object({ s3Bucket: z.string(), s3Object: z.string(), hashValue: sha256, hashAlgorithm: z.literal('SHA-256') }),
  ),
});
export type Digest = z.infer<typeof digestSchema>;

/** Where an object lies in S3: `bucket/key`. */
export const addressOf = ({ digestS3Bucket, digestS3Object }: Digest): string => `${digestS3Bucket}/${digestS3Object}`;

/** Where the digest before lies, `undefined` where a chain begins. */
export const previousAddressOf = ({ previousDigestS3Bucket, previousDigestS3Object }: Digest): string | undefined =>
  previousDigestS3Bucket === null || previousDigestS3Object === null
    ? undefined
    : `${previousDigestS3Bucket}/${previousDigestS3Object}`;

/**
 * The text that CloudTrail signs; `hash` is the SHA-256 of the uncompressed digest. A digest that begins a chain has the
 * word "null" for the signature before it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
export const signedTextOf = (digest: Digest, hash: string): string =>
  [digest.digestEndTime, addressOf(digest), hash, digest.previousDigestSignature ?? 'null'].join('\n');
