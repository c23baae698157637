import { assumeRole, call, s3Call } from '../cloudtrail/calls.ts';
import { ACCOUNT, groupId, ORDERS_BUCKET, SITE_BUCKET } from '../cloudtrail/company.ts';
import { allowIngress } from '../cloudtrail/ingress.ts';
import { adminInTerminal, terraform } from '../cloudtrail/people.ts';
import type { Call, Scene } from '../cloudtrail/record.ts';
import { answerTime, clock } from '../cloudtrail/time.ts';
import { policyArn, refresh } from './terraform-refresh.ts';

const SITE = `arn:aws:s3:::${SITE_BUCKET}`;

const newPolicyVersion = (name: string, statement: readonly object[]): Call =>
  call(
    'iam',
    'CreatePolicyVersion',
    {
      policyArn: policyArn(name),
      policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
      setAsDefault: true,
    },
    {
      responseElements: ({ at }) => ({
        policyVersion: { versionId: 'v4', isDefaultVersion: true, createDate: answerTime(at) },
      }),
    },
  );

/** Each change looks a little like an attack and is none: internal ranges, a Deny of everything, access for a CDN. */
const apply: readonly Call[] = [
  allowIngress({ group: 'bastion', port: 22, cidr: '10.20.0.0/16', description: 'from inside' }),
  allowIngress({ group: 'reports', port: 3389, cidr: '198.51.100.0/24', description: 'office' }),
  call(
    'ec2',
    'RevokeSecurityGroupIngress',
    {
      groupId: groupId('bastion'),
      securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-0c3b2a1908f7e6d5c' }] },
    },
    {
      responseElements: ({ requestID }) => ({ requestId: requestID, _return: true }),
    },
  ),
  newPolicyVersion('reports-read', [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:ListBucket'],
      Resource: [`arn:aws:s3:::${ORDERS_BUCKET}`, `arn:aws:s3:::${ORDERS_BUCKET}/*`],
    },
    { Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' },
  ]),
  newPolicyVersion('guard-rails', [
    {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'us-east-1', 'eu-central-1'] } },
    },
  ]),
  s3Call('PutBucketPublicAccessBlock', SITE_BUCKET, 'publicAccessBlock', {
    PublicAccessBlockConfiguration: {
      xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
  }),
  s3Call('PutBucketPolicy', SITE_BUCKET, 'policy', {
    bucketPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Cdn',
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: `${SITE}/*`,
          Condition: {
            StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::${ACCOUNT}:distribution/E1A2B3C4D5EXAMPLE` },
          },
        },
        {
          Sid: 'OnlyTls',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [SITE, `${SITE}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  }),
];

/** Marek plans twice and applies once, from the office. */
export const terraformTraffic = (): Scene[] => {
  const runs = [
    { start: '08:52:30', calls: refresh },
    { start: '09:14:02', calls: refresh },
    { start: '09:26:40', calls: [...refresh, ...apply] },
  ];
  return runs.flatMap(({ start, calls }) => [
    {
      at: clock(start),
      who: adminInTerminal('marek', '08:47:05'),
      does: assumeRole('terraform-apply', 'marek', 'AssumeRole', { durationSeconds: 3600 }),
    },
    ...calls.map((does, index) => ({
      at: clock(start) + 2 + Math.floor(index / 3),
      who: terraform('marek', start),
      does,
    })),
  ]);
};
