import { call, s3Call } from '../cloudtrail/calls.ts';
import { BUCKETS_WITH_POLICY, instanceId, type Region, volumeId } from '../cloudtrail/company.ts';
import type { Call } from '../cloudtrail/record.ts';

const all = { maxResults: 100 };

/** What a visit to the EC2 page asks. */
export const ec2Page = (region: Region): Call[] =>
  [
    call('ec2', 'DescribeInstances', { ...all, instancesSet: {}, filterSet: {} }),
    call('ec2', 'DescribeInstanceStatus', { ...all, instancesSet: {}, filterSet: {}, includeAllInstances: true }),
    call('ec2', 'DescribeVolumes', { ...all, volumeSet: {}, filterSet: {} }),
    call('ec2', 'DescribeAddresses', { publicIpsSet: {}, filterSet: {}, allocationIdsSet: {} }),
    call('ec2', 'DescribeSecurityGroups', { ...all, securityGroupSet: {}, securityGroupIdSet: {}, filterSet: {} }),
    call('ec2', 'DescribeVpcs', { vpcSet: {}, filterSet: {} }),
    call('ec2', 'DescribeTags', {
      maxResults: 1000,
      filterSet: { items: [{ name: 'resource-type', valueSet: { items: [{ value: 'instance' }] } }] },
    }),
    call('monitoring', 'DescribeAlarms', { maxRecords: 100 }),
  ].map((does) => ({ ...does, region }));

export const volumePage = (name: string): Call[] => [
  call('ec2', 'DescribeVolumes', { volumeSet: { items: [{ volumeId: volumeId(name) }] }, filterSet: {} }),
  call('ec2', 'DescribeVolumeStatus', { volumeSet: { items: [{ volumeId: volumeId(name) }] }, filterSet: {} }),
  call('ec2', 'DescribeSnapshots', {
    snapshotSet: {},
    filterSet: { items: [{ name: 'volume-id', valueSet: { items: [{ value: volumeId(name) }] } }] },
  }),
  call('ec2', 'DescribeInstances', { instancesSet: { items: [{ instanceId: instanceId(name) }] }, filterSet: {} }),
];

const missing =
  (eventName: string, subresource: string, errorCode: string, errorMessage: string) =>
  (bucket: string): Call =>
    s3Call(eventName, bucket, subresource, {}, { errorCode, errorMessage });

export const bucketPolicy = (eventName: string, bucket: string, subresource: string): Call =>
  BUCKETS_WITH_POLICY.includes(bucket)
    ? s3Call(eventName, bucket, subresource)
    : missing(eventName, subresource, 'NoSuchBucketPolicy', 'The bucket policy does not exist')(bucket);

export const bucketTagging = missing('GetBucketTagging', 'tagging', 'NoSuchTagSet', 'The TagSet does not exist');

const BUCKET_QUESTIONS: readonly ((bucket: string) => Call)[] = [
  (bucket) => s3Call('GetBucketLocation', bucket, 'location'),
  (bucket) => s3Call('GetBucketVersioning', bucket, 'versioning'),
  (bucket) => s3Call('GetBucketEncryption', bucket, 'encryption'),
  (bucket) => s3Call('GetBucketPublicAccessBlock', bucket, 'publicAccessBlock'),
  (bucket) => bucketPolicy('GetBucketPolicyStatus', bucket, 'policyStatus'),
  (bucket) => bucketPolicy('GetBucketPolicy', bucket, 'policy'),
  missing('GetBucketCors', 'cors', 'NoSuchCORSConfiguration', 'The CORS configuration does not exist'),
  missing(
    'GetBucketLifecycle',
    'lifecycle',
    'NoSuchLifecycleConfiguration',
    'The lifecycle configuration does not exist',
  ),
  missing(
    'GetBucketWebsite',
    'website',
    'NoSuchWebsiteConfiguration',
    'The specified bucket does not have a website configuration',
  ),
  bucketTagging,
  missing(
    'GetBucketReplication',
    'replication',
    'ReplicationConfigurationNotFoundError',
    'The replication configuration was not found',
  ),
  missing(
    'GetBucketObjectLockConfiguration',
    'object-lock',
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
  ),
];

/** The page of a bucket that has few settings: the console asks for each and gets an error for each it lacks. */
export const bucketPage = (bucket: string): Call[] => [
  listBuckets,
  ...BUCKET_QUESTIONS.map((question) => question(bucket)),
];

export const listBuckets: Call = call(
  's3',
  'ListBuckets',
  { Host: 's3.eu-west-1.amazonaws.com' },
  {
    host: 's3.eu-west-1.amazonaws.com',
  },
);

export const functionPage = (name: string): Call[] => [
  call('lambda', 'ListFunctions20150331', { maxItems: 50 }),
  call('lambda', 'GetFunction20150331v2', { functionName: `acme-${name}` }),
  call('lambda', 'ListEventSourceMappings20150331', { functionName: `acme-${name}` }),
  call(
    'lambda',
    'GetPolicy20150331v2',
    { functionName: `acme-${name}` },
    {
      errorCode: 'ResourceNotFoundException',
      errorMessage: 'The resource you requested does not exist.',
    },
  ),
  call('logs', 'DescribeLogStreams', {
    logGroupName: `/aws/lambda/acme-${name}`,
    orderBy: 'LastEventTime',
    descending: true,
    limit: 25,
  }),
];

export const monitoringPage: readonly Call[] = [
  call('monitoring', 'DescribeAlarms', { maxRecords: 100, stateValue: 'ALARM' }),
  call('monitoring', 'ListDashboards'),
  call('logs', 'DescribeLogGroups', { limit: 50 }),
  call('logs', 'DescribeMetricFilters', { limit: 50 }),
];

export const identityPage = (role: string): Call[] => [
  call(
    'health',
    'DescribeEventAggregates',
    { aggregateField: 'eventTypeCategory', filter: { eventStatusCodes: ['open', 'upcoming'] } },
    { region: 'us-east-1' },
  ),
  call('iam', 'GetAccountSummary'),
  call('iam', 'ListRoles', { maxItems: 1000 }),
  call('iam', 'GetRole', { roleName: role }),
  call('iam', 'ListAttachedRolePolicies', { roleName: role }),
  call('iam', 'ListRolePolicies', { roleName: role }),
];

export const stackPage = (stack: string): Call[] => [
  call('cloudformation', 'ListStacks', {
    stackStatusFilter: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS'],
  }),
  call('cloudformation', 'DescribeStacks', { stackName: stack }),
  call('cloudformation', 'DescribeStackEvents', { stackName: stack }),
  call('cloudformation', 'DescribeStackResources', { stackName: stack }),
];

export const databasePage: readonly Call[] = [
  call('rds', 'DescribeDBInstances', { maxRecords: 100 }),
  call('rds', 'DescribeDBClusters', { maxRecords: 100 }),
  call('rds', 'DescribeDBSnapshots', { dBInstanceIdentifier: 'acme-orders', maxRecords: 100 }),
  call('rds', 'DescribePendingMaintenanceActions', {}),
];
