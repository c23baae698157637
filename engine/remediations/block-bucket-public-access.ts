import type { AwsCall, AwsRead } from '../aws-call.ts';
import { publicAccessBlockSchema } from '../public-access-block.ts';
import { bucketAt } from './bucket.ts';
import { callMade } from './call-made.ts';
import type { Remediation } from './remediation.ts';

const blocksAll = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const;

/**
 * Blocks all public access to the bucket of the call: its ACLs and its policy stay, and make nothing public any more.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export const blockBucketPublicAccess: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Blocks all public access to the bucket of the call',
  doesNotStop:
    'Accounts and principals that the policy names still get in; what was read while the bucket was public is out. A site that is public on purpose goes off.',
  actions: {
    reads: ['s3:GetBucketPublicAccessBlock'],
    calls: ['s3:PutBucketPublicAccessBlock'],
    undoCalls: ['s3:PutBucketPublicAccessBlock'],
  },
  draft: ({ record }) => {
    const place = callMade(
      record,
      's3.amazonaws.com',
      ...[
        'CreateBucket',
        'PutBucketAcl',
        'PutObjectAcl',
        'PutBucketPolicy',
        'PutBucketPublicAccessBlock',
        'DeleteBucketPublicAccessBlock',
      ],
    );
    if ('refused' in place) return place;
    const bucket = bucketAt(record, place);
    if ('refused' in bucket) return bucket;
    const parameters = { Bucket: bucket.name, ExpectedBucketOwner: place.account };
    const read: AwsRead = { action: 's3:GetBucketPublicAccessBlock', parameters };
    return {
      target: bucket,
      reads: [read],
      changes: (stateOf) => {
        const before = publicAccessBlockSchema.safeParse(stateOf(read));
        const put = (PublicAccessBlockConfiguration: typeof before.data): AwsCall => ({
          action: 's3:PutBucketPublicAccessBlock',
          parameters: { ...parameters, PublicAccessBlockConfiguration },
        });
        return [{ read, to: blocksAll, call: put(blocksAll), undo: put(before.data) }];
      },
    };
  },
};
