import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readField } from '../field.ts';
import { aspectOf, isSame } from '../state.ts';
import { bucketAt } from './bucket.ts';
import { callMade } from './call-made.ts';
import { documentIn, isStatement, listOf, type Statement, statementsOf } from './policy-document.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Removes from the policy of a bucket the statements, written by the call, that let anybody in.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export const removePublicStatements: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Removes from a bucket policy the statements of the call that let anybody in',
  doesNotStop:
    'Statements that let unknown accounts in, or anybody under a condition, stay, and so do public ACLs; what was read meanwhile is out.',
  actions: {
    reads: ['s3:GetBucketPolicy'],
    calls: ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
    undoCalls: ['s3:PutBucketPolicy'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 's3.amazonaws.com', 'PutBucketPolicy');
    if ('refused' in place) return place;
    const bucket = bucketAt(record, place);
    if ('refused' in bucket) return bucket;
    const added = statementsOf(readField(record, ['requestParameters', 'bucketPolicy'])).filter(isPublic);
    if (added.length === 0) return notApplicable('the call wrote no statement that lets anybody in');
    const parameters = { Bucket: bucket.name, ExpectedBucketOwner: place.account };
    const read: AwsRead = { action: 's3:GetBucketPolicy', parameters };
    return {
      target: bucket,
      reads: [read],
      changes: (stateOf) => {
        const text = aspectOf(stateOf(read), 'document');
        const document = documentIn(text);
        if (typeof text !== 'string' || document === undefined)
          return notApplicable('the bucket has no policy any more');
        const all = statementsOf(document);
        const kept = all.filter((statement) => !added.some((each) => isSame(each, statement)));
        if (kept.length === all.length) return notApplicable('the policy has none of the statements any more');
        const put = (Policy: string): AwsCall => ({
          action: 's3:PutBucketPolicy',
          parameters: { ...parameters, Policy },
        });
        const wanted = kept.length === 0 ? null : JSON.stringify({ ...document, Statement: kept });
        return [
          {
            read,
            to: { document: wanted },
            call: wanted === null ? { action: 's3:DeleteBucketPolicy', parameters } : put(wanted),
            undo: put(text),
            exactly: true,
          },
        ];
      },
    };
  },
};

const isPublic = ({ Effect, Principal, Condition }: Statement): boolean =>
  Effect === 'Allow' &&
  Condition === undefined &&
  (Principal === '*' || listOf(isStatement(Principal) ? Principal.AWS : undefined).includes('*'));
