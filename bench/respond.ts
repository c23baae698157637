import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createExecutor } from '../account/execute.ts';
import { createResponseStore } from '../account/response-store.ts';
import type { Finding } from '../engine/ocsf.ts';
import type { ResponsePorts } from '../engine/response.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import { createApprovalStore } from '../functions/approval-store.ts';
import { busSource, findingDetailType } from '../functions/bus-names.ts';
import { createCheckQueue } from '../functions/check-queue.ts';
import { createDetect } from '../functions/detect.ts';
import { createTelemetry, type Telemetry } from '../functions/log.ts';
import { createOffSwitch } from '../functions/off-switch.ts';
import { createRemediate } from '../functions/remediate.ts';
import { createDynamoSignalStore } from '../functions/signal-store.ts';
import { createDynamoWindowStore } from '../functions/window-store.ts';
import { median } from './measure.ts';
import { isInstalled, motoAccount, motoRegion, startMotoServer } from './moto.ts';
import type { Report } from './report.ts';
import { createWaitMeter } from './wait-meter.ts';

const warmUps = 5;
const rounds = 60;
const tableName = 'trailwire';
const ruleId = 'cloudtrail-trail-stopped';

/**
 * From an event at `detect` to the key Inactive, with all rules, in one process and against moto: how long it takes, and
 * how much of that is our own code. EventBridge and Lambda, which come between in AWS, are left out.
 */
export const measureResponse = async (ruleSet: RuleSet, report: Report): Promise<void> => {
  if (!isInstalled('moto_server')) {
    report.say('\nResponses are left out: moto_server is not on the PATH (pip install "moto[server]").');
    return;
  }
  const moto = await startMotoServer();
  try {
    const run = await prepare(withoutApproval(ruleSet));
    const runs: Run[] = [];
    for (let round = 0; round < warmUps + rounds; round++) {
      const timed = await run(`mallory-${round}`);
      if (round >= warmUps) runs.push(timed);
    }
    const totals = runs.map(({ total }) => total);
    report.table({
      title: `event to key Inactive, ${rounds} times`,
      columns: { median: 'milliseconds', p95: 'milliseconds', 'our own code': 'milliseconds', share: 'percent' },
      rows: [
        {
          name: 'detect and remediate, moto for AWS',
          cells: {
            median: median(totals),
            p95: percentile(totals, 0.95),
            'our own code': median(runs.map(({ own }) => own)),
            share: median(runs.map(({ own, total }) => own / total)),
          },
        },
      ],
      notes: ['The rest is the SDK and moto, a Python process, which plays DynamoDB, SQS and IAM.'],
    });
  } finally {
    await moto.stop();
  }
};

/** Milliseconds from the event to the answer of the call, and those in which no call to AWS was under way. */
type Run = { readonly total: number; readonly own: number };

/** The rules with one response that runs by itself. */
const withoutApproval = (ruleSet: RuleSet): RuleSet => ({
  ...ruleSet,
  rules: ruleSet.rules.map((rule) =>
    rule.id === ruleId
      ? { ...rule, respond: { ...rule.respond, remediate: [{ run: 'deactivate-access-key', mode: 'auto' as const }] } }
      : { ...rule, respond: { ...rule.respond, remediate: [] } },
  ),
});

/** The functions as they are deployed, but that the bus hands a finding over at once and nothing is logged. */
const prepare = async (ruleSet: RuleSet): Promise<(user: string) => Promise<Run>> => {
  const dynamo = new DynamoDBClient();
  await dynamo.send(
    new CreateTableCommand({
      TableName: tableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const { QueueUrl = '' } = await new SQSClient().send(new CreateQueueCommand({ QueueName: 'trailwire-checks' }));
  const documents = DynamoDBDocumentClient.from(dynamo);
  const meter = createWaitMeter();
  const store = meter.wrap(createDynamoWindowStore(documents, tableName));
  const account = createExecutor();
  let inactiveAt = 0;
  const ports: ResponsePorts = {
    now: Date.now,
    store,
    account: meter.wrap({
      read: account.read,
      execute: async (call) => {
        await account.execute(call);
        inactiveAt = performance.now();
      },
    }),
    responses: meter.wrap(createResponseStore(documents, tableName, Date.now)),
    approvals: meter.wrap(createApprovalStore(documents, tableName)),
    ...meter.wrap({ switchedOff: createOffSwitch(documents, tableName, Date.now), ...createCheckQueue(QueueUrl) }),
  };
  const remediate = createRemediate({
    settings: {
      mode: 'execute',
      ownRoles: [],
      protectedPrincipals: [],
      protectedResources: [],
      protectedTags: [],
      knownAccounts: [],
      limitPerHour: 1_000,
      limitPerAccount: 1_000,
      maxAgeMinutes: 60,
      approvalMinutes: 60,
    },
    checkQueue: 'trailwire-checks',
    connect: async () => ({ ports, bus: { publishFindings: nothing, publishActivities: nothing } }),
    telemetry: quiet('remediate'),
  });
  const publishFindings = async (findings: readonly Finding[]): Promise<void> => {
    for (const detail of findings.filter(({ unmapped }) => unmapped.trailwire.remediate.length > 0)) {
      const event = { source: busSource, 'detail-type': findingDetailType, detail: JSON.parse(JSON.stringify(detail)) };
      await remediate(event, motoAccount);
    }
  };
  const signals = meter.wrap(createDynamoSignalStore(documents, tableName));
  const detect = createDetect({
    content: ruleSet,
    latenessMs: 900_000,
    connect: async () => ({ store, signals, bus: { publishFindings, publishActivities: nothing } }),
    telemetry: quiet('detect'),
    now: Date.now,
  });

  const iam = new IAMClient();
  return async (UserName) => {
    await iam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const event = eventOf(UserName, AccessKey?.AccessKeyId);
    inactiveAt = 0;
    meter.reset();
    const began = performance.now();
    await detect(event);
    if (inactiveAt === 0) throw new Error(`the key of ${UserName} was not set to Inactive`);
    const total = inactiveAt - began;
    return { total, own: total - meter.waited(began, inactiveAt) };
  };
};

/** The number below which that part of all numbers is. */
const percentile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((one, other) => one - other)[Math.ceil(numbers.length * part) - 1] ?? Number.NaN;

const nothing = async (): Promise<void> => undefined;
const quiet = (name: string): Telemetry => {
  const telemetry = createTelemetry(name);
  return { ...telemetry, logger: { info: () => undefined, error: () => undefined } as never, count: () => undefined };
};

const eventOf = (userName: string, accessKeyId: string | undefined) => ({
  id: userName,
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.cloudtrail',
  account: motoAccount,
  region: motoRegion,
  detail: {
    eventVersion: '1.11',
    eventID: `stopped-by-${userName}`,
    eventTime: `${new Date().toISOString().slice(0, 19)}Z`,
    eventType: 'AwsApiCall',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    awsRegion: motoRegion,
    sourceIPAddress: '203.0.113.77',
    userAgent: 'aws-cli/2.31.9',
    recipientAccountId: motoAccount,
    managementEvent: true,
    readOnly: false,
    requestParameters: { name: 'management-events' },
    responseElements: null,
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: `arn:aws:iam::${motoAccount}:user/${userName}`,
      accountId: motoAccount,
      accessKeyId,
      userName,
    },
  },
});
