import {
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Connect, Service } from './service.ts';

export const connectS3 = (connect: Connect): Service<'s3'> => {
  const s3 = connect(S3Client);
  return {
    calls: {
      's3:PutBucketPublicAccessBlock': ({ PublicAccessBlockConfiguration, ...bucket }) =>
        PublicAccessBlockConfiguration === undefined
          ? s3.send(new DeletePublicAccessBlockCommand(bucket))
          : s3.send(new PutPublicAccessBlockCommand({ ...bucket, PublicAccessBlockConfiguration })),
      's3:PutBucketPolicy': (parameters) => s3.send(new PutBucketPolicyCommand(parameters)),
      's3:DeleteBucketPolicy': (parameters) => s3.send(new DeleteBucketPolicyCommand(parameters)),
    },
    reads: {
      's3:GetBucketPublicAccessBlock': async (parameters) => {
        const { PublicAccessBlockConfiguration: block } = await s3.send(new GetPublicAccessBlockCommand(parameters));
        return {
          BlockPublicAcls: block?.BlockPublicAcls === true,
          IgnorePublicAcls: block?.IgnorePublicAcls === true,
          BlockPublicPolicy: block?.BlockPublicPolicy === true,
          RestrictPublicBuckets: block?.RestrictPublicBuckets === true,
        };
      },
      's3:GetBucketPolicy': async (parameters) => {
        const { Policy } = await s3.send(new GetBucketPolicyCommand(parameters));
        return { document: Policy ?? null };
      },
    },
    absent: ['NoSuchPublicAccessBlockConfiguration', 'NoSuchBucketPolicy', 'NoSuchBucket'],
  };
};
