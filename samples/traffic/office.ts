import { assumeRole, call, consoleLogin, throttled } from '../cloudtrail/calls.ts';
import { ACCOUNT, FUNCTIONS, INSTANCES, keyArn, WORK_BUCKETS } from '../cloudtrail/company.ts';
import {
  adminInBrowser,
  adminInTerminal,
  beforeSession,
  PEOPLE,
  type Person,
  samlSubject,
} from '../cloudtrail/people.ts';
import { createRandom, type Random } from '../cloudtrail/random.ts';
import type { Call, Scene } from '../cloudtrail/record.ts';
import { about, clock } from '../cloudtrail/time.ts';
import {
  bucketPage,
  databasePage,
  ec2Page,
  functionPage,
  identityPage,
  listBuckets,
  monitoringPage,
  stackPage,
  volumePage,
} from './console-pages.ts';

/** The portal of IAM Identity Center exchanges a SAML answer for a session and opens the console with it. */
const signIn = (person: Person, since: string): Scene[] => [
  {
    at: clock(since),
    who: samlSubject(person),
    does: assumeRole(
      'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_AdministratorAccess_4f1d2c3b4a596877',
      `${person}@example.com`,
      'AssumeRoleWithSAML',
      {
        principalArn: `arn:aws:iam::${ACCOUNT}:saml-provider/AWSSSO_9d8c7b6a5f4e3d2c_DO_NOT_DELETE`,
        durationSeconds: 28800,
      },
    ),
  },
  {
    at: clock(since) + 2,
    who: beforeSession(adminInBrowser(person, since)),
    does: consoleLogin('Success', undefined, 'eu-west-1'),
  },
];

const somePage = (random: Random): readonly Call[] =>
  random.pick<() => readonly Call[]>([
    () => ec2Page(random.pick(['eu-west-1', 'eu-west-1', 'eu-west-1', 'eu-central-1'])),
    () => bucketPage(random.pick(WORK_BUCKETS)),
    () => functionPage(random.pick(FUNCTIONS)),
    () => volumePage(random.pick(INSTANCES)),
    () => monitoringPage,
    () => identityPage(`acme-${random.pick(FUNCTIONS)}-role`),
    () => stackPage('acme-shop'),
    () => databasePage,
  ])();

/** Visits to console pages; the health widget is throttled often enough. */
const browsing = (person: Person, since: string, until: string): Scene[] => {
  const random = createRandom(`browsing ${person}`);
  const who = adminInBrowser(person, since);
  return about(400, random, since, until).flatMap((at) =>
    somePage(random).map((does, index) => ({
      at: at + 5 + Math.floor(index / 3),
      who,
      does: does.service === 'health' && random.int(1, 2) === 1 ? throttled(does) : does,
    })),
  );
};

const TERMINAL_CALLS: readonly Call[] = [
  call('sts', 'GetCallerIdentity'),
  listBuckets,
  call(
    'logs',
    'FilterLogEvents',
    { logGroupName: '/aws/lambda/acme-orders-api', filterPattern: 'ERROR' },
    { readOnly: true },
  ),
  call('lambda', 'GetFunctionConfiguration20150331v2', { functionName: 'acme-orders-api' }),
  call('cloudformation', 'DescribeStackEvents', { stackName: 'acme-shop' }),
  call('ec2', 'DescribeInstances', { instancesSet: {}, filterSet: {} }),
  call('ssm', 'GetParameter', { name: '/acme/prod/orders-api/log-level' }),
];

const commands = (person: Person, since: string, until: string): Scene[] => {
  const random = createRandom(`commands ${person}`);
  const who = adminInTerminal(person, since);
  return about(270, random, since, until).map((at) => ({ at, who, does: random.pick(TERMINAL_CALLS) }));
};

/** Small changes of a working morning. */
const chores = (): Scene[] => [
  {
    at: clock('08:58:30'),
    who: adminInBrowser('tove', '08:44:14'),
    does: call('monitoring', 'PutMetricAlarm', {
      alarmName: 'orders-api-errors',
      metricName: 'Errors',
      namespace: 'AWS/Lambda',
      threshold: 5,
      evaluationPeriods: 3,
      period: 60,
      statistic: 'Sum',
      comparisonOperator: 'GreaterThanThreshold',
    }),
  },
  {
    at: clock('09:22:11'),
    who: adminInBrowser('ines', '08:33:41'),
    does: call('logs', 'PutRetentionPolicy', { logGroupName: '/aws/lambda/acme-stock-sync', retentionInDays: 30 }),
  },
  {
    at: clock('10:41:55'),
    who: adminInTerminal('marek', '08:47:05'),
    does: call(
      'kms',
      'DescribeKey',
      { keyId: 'alias/acme-orders' },
      { also: { resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: keyArn('orders') }] } },
    ),
  },
];

const MORNING: readonly (readonly [Person, string, string])[] = [
  ['ines', '08:33:41', '11:00:00'],
  ['tove', '08:44:14', '10:45:00'],
  ['daniel', '09:02:58', '11:00:00'],
  ['marek', '08:38:27', '10:58:00'],
];

/** What people do from the office network. */
export const officeTraffic = (): Scene[] => [
  ...MORNING.flatMap(([person, since, until]) => [...signIn(person, since), ...browsing(person, since, until)]),
  ...(Object.keys(PEOPLE) as Person[]).slice(0, 2).flatMap((person) => commands(person, '08:47:05', '10:55:00')),
  ...chores(),
];
