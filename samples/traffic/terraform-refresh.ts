import { call, s3Call, throttled } from '../cloudtrail/calls.ts';
import { ACCOUNT, EXPORTS_BUCKET, FUNCTIONS, groupId, ORDERS_BUCKET, SITE_BUCKET } from '../cloudtrail/company.ts';
import type { Call } from '../cloudtrail/record.ts';
import { bucketPolicy, bucketTagging } from './console-pages.ts';

export const policyArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:policy/${name}`;

const rulesOf = (group: string): Call =>
  call('ec2', 'DescribeSecurityGroupRules', {
    filterSet: { items: [{ name: 'group-id', valueSet: { items: [{ value: groupId(group) }] } }] },
  });

/** Terraform reads every resource it knows before it changes any, faster than EC2 likes. */
export const refresh: readonly Call[] = [
  call('sts', 'GetCallerIdentity'),
  ...['shop', 'bastion', 'orders-db', 'reports'].flatMap((group) => [
    call('ec2', 'DescribeSecurityGroups', {
      securityGroupSet: {},
      securityGroupIdSet: { items: [{ groupId: groupId(group) }] },
      filterSet: {},
    }),
    throttled(rulesOf(group)),
    rulesOf(group),
  ]),
  ...FUNCTIONS.flatMap((name) => [
    ...['GetRole', 'ListRolePolicies', 'ListAttachedRolePolicies'].map((eventName) =>
      call('iam', eventName, { roleName: `acme-${name}-role` }),
    ),
    call('lambda', 'GetFunction20150331v2', { functionName: `acme-${name}` }),
    call('logs', 'DescribeLogGroups', { logGroupNamePrefix: `/aws/lambda/acme-${name}` }),
    call('logs', 'ListTagsForResource', {
      resourceArn: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/acme-${name}`,
    }),
  ]),
  ...['reports-read', 'guard-rails'].flatMap((name) => [
    call('iam', 'GetPolicy', { policyArn: policyArn(name) }),
    call('iam', 'GetPolicyVersion', { policyArn: policyArn(name), versionId: 'v3' }),
  ]),
  ...[SITE_BUCKET, ORDERS_BUCKET, EXPORTS_BUCKET].flatMap((bucket) => [
    bucketPolicy('GetBucketPolicy', bucket, 'policy'),
    s3Call('GetBucketVersioning', bucket, 'versioning'),
    s3Call('GetBucketEncryption', bucket, 'encryption'),
    s3Call('GetBucketPublicAccessBlock', bucket, 'publicAccessBlock'),
    bucketTagging(bucket),
  ]),
  call('cloudfront', 'GetDistribution', { id: 'E1A2B3C4D5EXAMPLE' }),
];
