import { readText } from '../field.ts';
import type { Refusal, Target } from '../plan.ts';
import type { CloudTrailRecord } from '../record.ts';
import type { Place } from './call-made.ts';
import { notApplicable } from './remediation.ts';

/** The bucket that a request names. Calls say whose it must be: a name that was given up can be taken by others. */
export const bucketAt = (record: CloudTrailRecord, { account, partition }: Place): Target | Refusal => {
  const name = readText(record, 'requestParameters.bucketName') ?? '';
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return notApplicable('the record does not name the bucket');
  if (name.endsWith('--x-s3')) return notApplicable(`${name} is a directory bucket, which cannot be public`);
  return { type: 'bucket', account, arn: `arn:${partition}:s3:::${name}`, name };
};
