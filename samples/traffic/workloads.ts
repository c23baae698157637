import { assumeRole, call, kmsCall, throttled } from '../cloudtrail/calls.ts';
import {
  ACCOUNT,
  FUNCTIONS,
  functionArn,
  INSTANCES,
  instanceId,
  keyArn,
  ORDERS_BUCKET,
} from '../cloudtrail/company.ts';
import { awsService, instance, lambda, through } from '../cloudtrail/identities.ts';
import { createRandom, HEX } from '../cloudtrail/random.ts';
import type { Call, Scene } from '../cloudtrail/record.ts';
import { about } from '../cloudtrail/time.ts';

const secretArn = (name: string): string =>
  `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:acme/prod/${name}-a1B2c3`;

/** A new worker of a function starts: role, environment, log stream, secret and parameters. */
const coldStart = (name: string, at: number, stream: string): Scene[] => {
  const who = lambda(name);
  return [
    { at, who: awsService('lambda.amazonaws.com'), does: assumeRole(`acme-${name}-role`, `acme-${name}`) },
    {
      at,
      who: through('lambda.amazonaws.com', who),
      does: kmsCall('Decrypt', keyArn('functions'), { 'aws:lambda:FunctionArn': functionArn(`acme-${name}`) }),
    },
    {
      at: at + 1,
      who,
      does: call(
        'logs',
        'CreateLogStream',
        { logGroupName: `/aws/lambda/acme-${name}`, logStreamName: `2026/10/14/[$LATEST]${stream}` },
        { readOnly: false },
      ),
    },
    { at: at + 1, who, does: call('secretsmanager', 'GetSecretValue', { secretId: `acme/prod/${name}` }) },
    {
      at: at + 1,
      who: through('secretsmanager.amazonaws.com', who),
      does: kmsCall('Decrypt', keyArn('secrets'), { SecretARN: secretArn(name), SecretVersionId: stream.slice(0, 8) }),
    },
    {
      at: at + 2,
      who,
      does: call('ssm', 'GetParametersByPath', { path: `/acme/prod/${name}`, recursive: true, withDecryption: true }),
    },
  ];
};

const functionStarts = (): Scene[] =>
  FUNCTIONS.flatMap((name) => {
    const random = createRandom(`function ${name}`);
    return about(1300, random).flatMap((at) => coldStart(name, at, random.text(32, HEX)));
  });

/** Objects under a KMS key: S3 asks for a data key in the caller's name. */
const encryptedObjects = (): Scene[] => {
  const random = createRandom('encrypted objects');
  return about(60, random).map((at) => {
    const name = random.pick(['orders-api', 'exports-worker', 'invoice-mailer']);
    const object = `arn:aws:s3:::${ORDERS_BUCKET}/2026/10/14/${random.int(100000, 999999)}.json`;
    return {
      at,
      who: through('AWS Internal', lambda(name)),
      does: kmsCall(random.pick(['GenerateDataKey', 'Decrypt']), keyArn('orders'), { 'aws:s3:arn': object }),
    };
  });
};

const FLEET_QUESTIONS: readonly Call[] = [
  call('ec2', 'DescribeTags', { maxResults: 100, filterSet: {} }),
  call('ec2', 'DescribeVolumes', { maxResults: 100, volumeSet: {}, filterSet: {} }),
  call('sts', 'GetCallerIdentity'),
  call('ecr', 'GetAuthorizationToken', {}),
  call('logs', 'DescribeLogStreams', { logGroupName: '/acme/shop', limit: 50 }),
];

/** The instances fetch tags, images and log positions, and are told to slow down now and then. */
const instanceCalls = (): Scene[] =>
  INSTANCES.flatMap((name, index) => {
    const random = createRandom(`instance ${name}`);
    const who = {
      ...instance(name, `10.20.${index + 1}.15`),
      userAgent: 'CWAgent/1.300059.0 (go1.24.6; linux; arm64)',
    };
    return [
      ...about(3500, random).map((at) => ({
        at,
        who: awsService('ec2.amazonaws.com'),
        does: assumeRole(`acme-${name.replace(/-\d+$/, '')}-instance`, instanceId(name)),
      })),
      ...about(450, random).map((at) => {
        const does = random.pick(FLEET_QUESTIONS);
        return { at, who, does: does.service === 'ec2' && random.int(1, 4) === 1 ? throttled(does) : does };
      }),
    ];
  });

/** What the company's own programs do. */
export const workloadTraffic = (): Scene[] => [...functionStarts(), ...encryptedObjects(), ...instanceCalls()];
