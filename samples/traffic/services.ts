import { assumeRole, call, s3Call } from '../cloudtrail/calls.ts';
import {
  ACCOUNT,
  INSTANCES,
  instanceId,
  keyArn,
  REGIONS,
  snapshotId,
  volumeId,
  WORK_BUCKETS,
} from '../cloudtrail/company.ts';
import { awsService, instance, serviceLinkedRole, through } from '../cloudtrail/identities.ts';
import { createRandom } from '../cloudtrail/random.ts';
import type { Call, Scene } from '../cloudtrail/record.ts';
import { about, clock } from '../cloudtrail/time.ts';
import { bucketPolicy } from './console-pages.ts';

const CONFIG_QUESTIONS: readonly Call[] = [
  call('ec2', 'DescribeSecurityGroups', { securityGroupSet: {}, securityGroupIdSet: {}, filterSet: {} }),
  call('ec2', 'DescribeNetworkInterfaces', { networkInterfaceIdSet: {}, filterSet: {} }),
  call('ec2', 'DescribeRouteTables', { routeTableIdSet: {}, filterSet: {} }),
  call('lambda', 'ListFunctions20150331', { maxItems: 50 }),
  call('rds', 'DescribeDBInstances', { maxRecords: 100 }),
  call('kms', 'ListAliases', { limit: 100 }),
  call('s3', 'ListBuckets', { Host: 's3.amazonaws.com' }),
  call('iam', 'GetAccountAuthorizationDetails', {
    maxItems: 100,
    filter: ['User', 'Role', 'Group', 'LocalManagedPolicy'],
  }),
];

/** AWS Config, Access Analyzer and Trusted Advisor read the whole account through their service-linked roles. */
const watchers = (): Scene[] => {
  const random = createRandom('watchers');
  const config = serviceLinkedRole('AWSServiceRoleForConfig', 'config.amazonaws.com', 'AWSConfig-Describe');
  const analyzer = serviceLinkedRole(
    'AWSServiceRoleForAccessAnalyzer',
    'access-analyzer.amazonaws.com',
    'access-analyzer',
  );
  const advisor = serviceLinkedRole(
    'AWSServiceRoleForTrustedAdvisor',
    'trustedadvisor.amazonaws.com',
    'TrustedAdvisor',
  );
  return [
    ...REGIONS.flatMap((region) =>
      about(region === 'eu-west-1' ? 1500 : 3600, random).flatMap((at) =>
        CONFIG_QUESTIONS.map((does, index) => ({ at: at + index, who: config, does: { ...does, region } })),
      ),
    ),
    ...about(3600, random).flatMap((at) =>
      WORK_BUCKETS.flatMap((bucket, index) => [
        { at: at + index, who: analyzer, does: bucketPolicy('GetBucketPolicy', bucket, 'policy') },
        { at: at + index, who: analyzer, does: s3Call('GetBucketPublicAccessBlock', bucket, 'publicAccessBlock') },
      ]),
    ),
    ...about(4000, random).flatMap((at) =>
      CONFIG_QUESTIONS.slice(0, 5).map((does, index) => ({ at: at + 2 * index, who: advisor, does })),
    ),
  ];
};

/** The agent on each instance reports to Systems Manager. */
const instanceAgents = (): Scene[] =>
  INSTANCES.flatMap((name, index) =>
    about(300, createRandom(`agent ${name}`)).map((at) => ({
      at,
      who: instance(name, `10.20.${index + 1}.15`),
      does: call('ssm', 'UpdateInstanceInformation', {
        instanceId: instanceId(name),
        agentVersion: '3.3.2299.0',
        agentStatus: 'Active',
        platformType: 'Linux',
        iPAddress: `10.20.${index + 1}.15`,
        computerName: `ip-10-20-${index + 1}-15.eu-west-1.compute.internal`,
      }),
    })),
  );

/** Backups at nine, the morning's scale-out, and the yearly rotation of a key. */
const schedules = (): Scene[] => {
  const backup = serviceLinkedRole('AWSServiceRoleForBackup', 'backup.amazonaws.com', 'AWSBackup-nightly');
  const scaling = serviceLinkedRole('AWSServiceRoleForAutoScaling', 'autoscaling.amazonaws.com', 'AutoScaling');
  const nine = clock('09:00:00');
  return [
    {
      at: nine,
      who: awsService('backup.amazonaws.com'),
      does: assumeRole('AWSBackupDefaultServiceRole', 'AWSBackup-nightly'),
    },
    ...INSTANCES.flatMap((name, index) => [
      {
        at: nine + 20 + 30 * index,
        who: backup,
        does: call(
          'ec2',
          'CreateSnapshot',
          { volumeId: volumeId(name), description: 'daily backup' },
          {
            responseElements: ({ requestID }) => ({
              requestId: requestID,
              snapshotId: snapshotId(name),
              volumeId: volumeId(name),
              status: 'pending',
              ownerId: ACCOUNT,
            }),
          },
        ),
      },
      {
        at: nine + 26 + 30 * index,
        who: backup,
        does: call('ec2', 'DescribeSnapshots', {
          snapshotSet: { items: [{ snapshotId: snapshotId(name) }] },
          filterSet: {},
        }),
      },
    ]),
    ...[0, 1].map((index) => ({
      at: clock('08:46:00') + 5 * index,
      who: scaling,
      does: call(
        'ec2',
        'RunInstances',
        {
          instancesSet: { items: [{ minCount: 1, maxCount: 1 }] },
          instanceType: 't4g.medium',
          clientToken: `fleet-shop-${index}`,
        },
        {
          responseElements: ({ requestID }) => ({
            requestId: requestID,
            ownerId: ACCOUNT,
            instancesSet: {
              items: [{ instanceId: instanceId(`shop-${index + 1}-morning`), instanceType: 't4g.medium' }],
            },
          }),
        },
      ),
    })),
    {
      at: clock('08:46:40'),
      who: through('autoscaling.amazonaws.com', scaling),
      does: call('elasticloadbalancing', 'RegisterTargets', {
        targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:targetgroup/shop/0123456789abcdef`,
        targets: [0, 1].map((index) => ({ id: instanceId(`shop-${index + 1}-morning`) })),
      }),
    },
    {
      at: clock('10:31:07'),
      who: { ...awsService('AWS Internal'), identity: { accountId: ACCOUNT, invokedBy: 'AWS Internal' } },
      does: call('kms', 'RotateKey', null, {
        also: {
          eventType: 'AwsServiceEvent',
          serviceEventDetails: { keyId: keyArn('orders').split('/')[1], rotationType: 'AUTOMATIC' },
          resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: keyArn('orders') }],
        },
      }),
    },
  ];
};

/** What AWS services do on their own, all day. */
export const serviceTraffic = (): Scene[] => [...watchers(), ...instanceAgents(), ...schedules()];
