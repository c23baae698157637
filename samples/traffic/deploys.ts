import { assumeRole, call, kmsCall } from '../cloudtrail/calls.ts';
import { ACCOUNT, FUNCTIONS, functionArn, keyArn, ORDERS_BUCKET, roleArn } from '../cloudtrail/company.ts';
import { deploy, through, workflow } from '../cloudtrail/identities.ts';
import { allowIngress } from '../cloudtrail/ingress.ts';
import type { Actor, Call, Scene } from '../cloudtrail/record.ts';
import { clock, isoTime } from '../cloudtrail/time.ts';

const STACK = `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/acme-shop/6f1d2a90-3b7c-11f0-9f42-0a1b2c3d4e5f`;
const RUNS = [
  { run: 1841, start: '08:36:20', address: '192.0.2.61' },
  { run: 1842, start: '08:55:48', address: '192.0.2.87' },
  { run: 1843, start: '09:31:09', address: '192.0.2.61' },
  { run: 1844, start: '10:07:33', address: '192.0.2.104' },
  { run: 1845, start: '10:44:15', address: '192.0.2.87' },
] as const;

/** What CloudFormation asks and changes for one function; the changes carry the name of the deploy role. */
const functionUpdate = (name: string, run: number): Call[] => [
  call('lambda', 'GetFunction20150331v2', { functionName: `acme-${name}` }),
  call(
    'lambda',
    'UpdateFunctionCode20150331v2',
    {
      functionName: `acme-${name}`,
      s3Bucket: 'acme-deploy-artifacts',
      s3Key: `shop/${run}/${name}.zip`,
      publish: false,
      dryRun: false,
    },
    {
      responseElements: {
        functionName: `acme-${name}`,
        functionArn: functionArn(`acme-${name}`),
        runtime: 'nodejs22.x',
        role: roleArn(`acme-${name}-role`),
        handler: 'index.handler',
        version: '$LATEST',
      },
    },
  ),
  call('lambda', 'GetFunctionConfiguration20150331v2', { functionName: `acme-${name}` }),
  call(
    'lambda',
    'UpdateFunctionConfiguration20150331v2',
    { functionName: `acme-${name}`, memorySize: 512, timeout: 15, environment: {} },
    {
      responseElements: {
        functionName: `acme-${name}`,
        functionArn: functionArn(`acme-${name}`),
        memorySize: 512,
        timeout: 15,
      },
    },
  ),
];

/** A policy of few actions on named resources, the opposite of what the intruder writes. */
const rolePolicy = (name: string): Call =>
  call('iam', 'PutRolePolicy', {
    roleName: `acme-${name}-role`,
    policyName: 'orders-archive',
    policyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `arn:aws:s3:::${ORDERS_BUCKET}/*` },
        { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' },
      ],
    }),
  });

const pipeline = (run: number, ci: Actor): Call[] => {
  const changeSet = { stackName: 'acme-shop', changeSetName: `shop-${run}` };
  const changeSetArn = `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:changeSet/shop-${run}/0d9c8b7a-6f5e-4d3c-8b2a-${String(run).padStart(12, '0')}`;
  return [
    call('sts', 'GetCallerIdentity', null, {
      responseElements: { userId: ci.identity.principalId, account: ACCOUNT, arn: ci.identity.arn },
    }),
    call('s3', 'ListBuckets', { Host: 's3.eu-west-1.amazonaws.com' }),
    call('cloudformation', 'DescribeStacks', { stackName: 'acme-shop' }),
    call(
      'cloudformation',
      'ValidateTemplate',
      { templateURL: `https://acme-deploy-artifacts.s3.eu-west-1.amazonaws.com/shop/${run}/template.json` },
      { readOnly: true },
    ),
    call(
      'cloudformation',
      'CreateChangeSet',
      { ...changeSet, changeSetType: 'UPDATE', capabilities: ['CAPABILITY_IAM'] },
      {
        responseElements: { id: changeSetArn, stackId: STACK },
      },
    ),
    call('cloudformation', 'DescribeChangeSet', changeSet),
    call('cloudformation', 'ExecuteChangeSet', { ...changeSet, clientRequestToken: `shop-${run}` }),
    ...[0, 1, 2, 3, 4].map(() => call('cloudformation', 'DescribeStackEvents', { stackName: 'acme-shop' })),
    call('cloudformation', 'DescribeStacks', { stackName: 'acme-shop' }),
  ];
};

const changes = (run: number): Call[] => [
  ...FUNCTIONS.slice(0, 2 + (run % 3)).flatMap((name) => functionUpdate(name, run)),
  ...(run === 1842
    ? [
        rolePolicy('exports-worker'),
        call('iam', 'GetRolePolicy', { roleName: 'acme-exports-worker-role', policyName: 'orders-archive' }),
      ]
    : []),
  ...(run === 1844
    ? [allowIngress({ group: 'orders-db', port: 5432, cidr: '10.20.8.0/22', description: 'shop functions' })]
    : []),
  kmsCall('GenerateDataKey', keyArn('functions'), { 'aws:cloudformation:stack': 'acme-shop', revision: String(run) }),
];

/** Five deployments by `github-actions-deploy`, each through CloudFormation. */
export const deployTraffic = (): Scene[] =>
  RUNS.flatMap(({ run, start, address }) => {
    const began = clock(start);
    const since = isoTime(began).slice(11, 19);
    const ci = deploy(run, since, address);
    return [
      {
        at: began,
        who: workflow(address),
        does: assumeRole('github-actions-deploy', `shop-${run}`, 'AssumeRoleWithWebIdentity', {
          durationSeconds: 3600,
        }),
      },
      ...pipeline(run, ci).map((does, index) => ({ at: began + 3 + 7 * index, who: ci, does })),
      ...changes(run).map((does, index) => ({
        at: began + 50 + 2 * index,
        who: through('cloudformation.amazonaws.com', ci),
        does,
      })),
    ];
  });
