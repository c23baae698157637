import type { Digest } from './digest.ts';

/** A file in CloudTrail's layout: the folder of its account, and its path from there. */
export type Place = { readonly folder: string; readonly within: string; readonly isDigest: boolean };

const layout = /^(.*)\/((CloudTrail(?:-[A-Za-z]+)?)\/[^/]+\/\d{4}\/\d{2}\/\d{2}\/[^/]+)$/s;

/**
 * Takes the absolute path of a file apart by the part of CloudTrail's layout that every copy keeps,
 * `CloudTrail[-Digest]/<region>/<yyyy>/<mm>/<dd>/<name>`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export const placeOf = (path: string): Place | undefined => {
  const [, folder, within, area] = layout.exec(path) ?? [];
  if (folder === undefined || within === undefined) return undefined;
  return { folder, within, isDigest: area === 'CloudTrail-Digest' };
};

/** What the folder of an account was copied from: `bucket/[prefix/]AWSLogs/[organisation/]account`. */
export const originOf = (
  folder: string,
  digests: readonly { within: string; digest: Digest }[],
): string | undefined => {
  const votes = new Map<string, number>();
  for (const { within, digest } of digests) {
    const origin = originBy(within, digest);
    if (origin !== undefined && isCopyOf(folder, origin)) votes.set(origin, (votes.get(origin) ?? 0) + 1);
  }
  // A local folder does not know its bucket; what most of its digests say stands, and the others do not belong here.
  const [first] = [...votes].sort(([one, times], [other, more]) => more - times || (one < other ? -1 : 1));
  return first?.[0];
};

const originBy = (within: string, { digestS3Bucket, digestS3Object }: Digest): string | undefined =>
  digestS3Object.endsWith(`/${within}`)
    ? `${digestS3Bucket}/${digestS3Object.slice(0, -within.length - 1)}`
    : undefined;

/** A copy may begin anywhere in the bucket, but what it keeps of organisation and account must be the same. */
const isCopyOf = (folder: string, origin: string): boolean => {
  const kept = afterMarker(folder);
  return kept === undefined || kept === afterMarker(origin);
};

const marker = '/AWSLogs/';
const afterMarker = (path: string): string | undefined => {
  const at = path.lastIndexOf(marker);
  return at < 0 ? undefined : path.slice(at + marker.length);
};
