import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect } from 'vitest';
import type { Digest } from '../../../engine/integrity/digest.ts';

/** A key pair as CloudTrail has one for each region, with its entry in the answer of ListPublicKeys. */
export const createKey = (fingerprint: string) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const Value = publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
  return {
    fingerprint,
    privateKey,
    entry: { Value, Fingerprint: fingerprint, ValidityStartTime: 1, ValidityEndTime: 2 },
  };
};

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const keyPair = createKey('31e8b5433410dfb61a9dc45cc65b22ff');
export const publicKey = keyPair.entry;
const start = Date.parse('2026-10-14T00:00:00Z');

export const iso = (time: number): string => new Date(time).toISOString().replace('.000', '');
export const hourOf = (hour: number): number => start + hour * 3_600_000;
const compact = (time: number): string => iso(time).replaceAll(/[-:]/g, '');
const dayOf = (time: number): string => iso(time).slice(0, 10).replaceAll('-', '/');

export type Options = {
  readonly hours: number;
  readonly regions: readonly string[];
  readonly bucket: string;
  /** `[prefix/]AWSLogs/[organisation/]` */
  readonly root: string;
  readonly account: string;
  readonly trail: string;
  /** Hours in which logging was off: no digest, and the next begins a chain. */
  readonly off: readonly number[];
  /** What CloudTrail itself would have written and signed. */
  readonly alter: (digest: Digest, region: string, hour: number) => Digest;
};
const defaults: Options = {
  hours: 48,
  regions: ['eu-central-1', 'eu-west-1', 'us-east-1'],
  bucket: 'trail-logs',
  root: 'AWSLogs/',
  account: '111122223333',
  trail: 'main',
  off: [],
  alter: (digest) => digest,
};

/** Signatures of this kind are the same every time, and slow: most tests begin with one and the same bucket. */
const signed = new Map<string, string>();
const signText = (text: string, key: KeyObject): string => {
  const signature =
    (key === keyPair.privateKey ? signed.get(text) : undefined) ??
    sign('sha256', Buffer.from(text), key).toString('hex');
  if (key === keyPair.privateKey) signed.set(text, signature);
  return signature;
};

/** A bucket as CloudTrail fills it: two log files an hour and region, a digest after each hour, and signatures in metadata. */
export const createBucket = (options: Partial<Options> = {}) => {
  const { hours, regions, bucket, root, account, trail, off, alter } = { ...defaults, ...options };
  const objects = new Map<string, Buffer>();
  const signatures = new Map<string, string>();
  const base = `${root}${account}`;

  const logKey = (region: string, hour: number, index: number): string => {
    const time = hourOf(hour) + (index * 25 + 5) * 60_000;
    const name = `${account}_CloudTrail_${region}_${compact(time).slice(0, 13)}Z_${sha256(`${trail}${region}${time}`).slice(0, 16)}`;
    return `${base}/CloudTrail/${region}/${dayOf(time)}/${name}.json.gz`;
  };
  /** The digest of an hour is named after the end of it. */
  const digestKey = (region: string, hour: number, suffix = ''): string => {
    const time = hourOf(hour + 1);
    const name = `${account}_CloudTrail-Digest_${region}_${trail}_eu-west-1_${compact(time)}${suffix}.json.gz`;
    return `${base}/CloudTrail-Digest/${region}/${dayOf(time)}/${name}`;
  };
  const putDigest = (digest: Digest, key: KeyObject = keyPair.privateKey): void => {
    const bytes = JSON.stringify(digest);
    objects.set(digest.digestS3Object, gzipSync(bytes));
    const { digestEndTime, digestS3Bucket, digestS3Object, previousDigestSignature } = digest;
    const text = `${digestEndTime}\n${digestS3Bucket}/${digestS3Object}\n${sha256(bytes)}\n${previousDigestSignature ?? 'null'}`;
    signatures.set(digest.digestS3Object, signText(text, key));
  };
  const digestOf = (
    region: string,
    hour: number,
    logs: readonly string[],
    previousKey: string | undefined,
    suffix = '',
    contents: ReadonlyMap<string, string> = new Map(),
  ): Digest => {
    const previous = previousKey === undefined ? undefined : objects.get(previousKey);
    return {
      digestStartTime: iso(hourOf(hour)),
      digestEndTime: iso(hourOf(hour + 1)),
      digestS3Bucket: bucket,
      digestS3Object: digestKey(region, hour, suffix),
      digestPublicKeyFingerprint: keyPair.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      previousDigestS3Bucket: previousKey === undefined ? null : bucket,
      previousDigestS3Object: previousKey ?? null,
      previousDigestHashValue: previous === undefined ? null : sha256(gunzip(previous)),
      previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
      previousDigestSignature: previousKey === undefined ? null : (signatures.get(previousKey) ?? null),
      logFiles: logs.map((s3Object) => ({
        s3Bucket: bucket,
        s3Object,
        hashValue: sha256(contents.get(s3Object) ?? ''),
        hashAlgorithm: 'SHA-256' as const,
      })),
    };
  };

  for (const region of regions) {
    let previous: string | undefined;
    for (let hour = 0; hour < hours; hour++) {
      if (off.includes(hour)) {
        previous = undefined;
        continue;
      }
      const contents = new Map<string, string>();
      for (const index of [0, 1]) {
        const key = logKey(region, hour, index);
        contents.set(
          key,
          JSON.stringify({
            Records: [
              {
                eventID: `${trail}-${region}-${hour}-${index}`,
                eventVersion: '1.11',
                eventSource: 'cloudtrail.amazonaws.com',
                eventName: 'StopLogging',
                eventTime: iso(hourOf(hour)),
                awsRegion: region,
                recipientAccountId: account,
              },
            ],
          }),
        );
        objects.set(key, gzipSync(contents.get(key) ?? ''));
      }
      putDigest(alter(digestOf(region, hour, [...contents.keys()], previous, '', contents), region, hour));
      previous = digestKey(region, hour);
    }
  }

  return { objects, signatures, logKey, digestKey, digestOf, putDigest, base, hours, regions };
};
export type Bucket = ReturnType<typeof createBucket>;

export const gunzip = (bytes: Buffer): string => gunzipSync(bytes).toString();

/** Changes the content of a gzipped JSON object, as somebody with write access to the bucket would. */
export const rewrite = <T>({ objects }: Bucket, key: string, change: (content: T) => T): void => {
  const bytes = objects.get(key);
  if (bytes === undefined) throw new Error(`there is no ${key}`);
  objects.set(key, gzipSync(JSON.stringify(change(JSON.parse(gunzip(bytes))))));
};

const stored = mkdtempSync(join(tmpdir(), 'trailwire-stored-'));
const names = new Set<string>();
afterAll(() => {
  for (const name of names) {
    expect(sha256(readFileSync(join(stored, name))), 'a file of copyTo that was changed in place').toBe(name);
  }
  rmSync(stored, { recursive: true });
});

/** Writes a file as a link: a link costs a twentieth of a file, and most tests copy the same ones. */
const link = (path: string, content: Buffer | string): void => {
  const name = sha256(content);
  const file = join(stored, name);
  if (!names.has(name)) writeFileSync(file, content);
  names.add(name);
  linkSync(file, path);
};

/**
 * Copies a bucket to a folder as `aws s3 sync` does; who changes a file there removes it first. `metadata` says of which
 * digests the signature is kept beside.
 */
export const copyTo = (
  folder: string,
  { objects, signatures }: Bucket,
  { from = '', metadata = () => true }: { from?: string; metadata?: (key: string) => boolean } = {},
): void => {
  const pathOf = (key: string): string => join(folder, key.slice(from.length));
  for (const path of new Set([...objects.keys()].map((key) => dirname(pathOf(key))))) {
    mkdirSync(path, { recursive: true });
  }
  for (const [key, bytes] of objects) {
    const path = pathOf(key);
    link(path, bytes);
    const signature = signatures.get(key);
    if (signature === undefined || !metadata(key)) continue;
    const head = {
      ContentLength: bytes.length,
      ETag: '"e"',
      Metadata: { signature, 'signature-algorithm': 'SHA256withRSA' },
    };
    link(`${path}.metadata.json`, JSON.stringify(head));
  }
};

/** Writes what `aws cloudtrail list-public-keys` prints. */
export const writeKeys = (path: string, ...entries: readonly object[]): string => {
  writeFileSync(path, JSON.stringify({ PublicKeyList: entries.length === 0 ? [publicKey] : entries }));
  return path;
};
