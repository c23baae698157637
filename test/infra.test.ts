import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import type { Metafile } from 'esbuild';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createResponseStore } from '../account/response-store.ts';
import { readRuleFiles } from '../cli/read-rules.ts';
import { awsActions } from '../engine/aws-call.ts';
import { usualLatenessMs } from '../engine/correlation/lateness.ts';
import { destinationNameSchema } from '../engine/destination.ts';
import { createDetector } from '../engine/detector.ts';
import { doctorReads } from '../engine/doctor/ask.ts';
import { parts } from '../engine/doctor/parts.ts';
import { memberRoles } from '../engine/enter-account.ts';
import { matchesPattern } from '../engine/match-pattern.ts';
import type { Finding } from '../engine/ocsf.ts';
import { inEveryRegion } from '../engine/own-role.ts';
import { compilePatterns } from '../engine/pattern.ts';
import { guardsTagsIn, permissionsOf, remediationsInUse } from '../engine/permissions.ts';
import { recheckWaits } from '../engine/recheck.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { allRulesOf, parseRuleSet } from '../engine/rule-set.ts';
import { recordOfCase } from '../engine/rule-test.ts';
import { severitySchema } from '../engine/severity.ts';
import { wildcardTest } from '../engine/wildcard.ts';
import { approveConfig } from '../functions/approve.ts';
import { activityDetailType, busSource, findingDetailType } from '../functions/bus-names.ts';
import { arnListSchema } from '../functions/config.ts';
import { approvalKey } from '../functions/decision-store.ts';
import { detectConfig } from '../functions/detect.ts';
import { ingestConfig } from '../functions/ingest.ts';
import { createTelemetry, metricNames } from '../functions/log.ts';
import { createNotify, notifyConfig } from '../functions/notify.ts';
import { readPackedRules } from '../functions/packed-rules.ts';
import { remediateConfig } from '../functions/remediate.ts';
import { createSendOnce } from '../functions/send-once.ts';
import { createDynamoSignalStore } from '../functions/signal-store.ts';
import { undoConfig } from '../functions/undo.ts';
import { watchConfig } from '../functions/watch.ts';
import { createDynamoWindowStore } from '../functions/window-store.ts';
import { importedBy } from '../infra/merge-chunks.ts';
import { exampleFinding } from './example-finding.ts';
import { exampleRecord } from './example-records.ts';
import { startLocalServer } from './local-server.ts';
import { startLocalTable } from './local-table.ts';
import { buildInto, type Parameter, packageInto, type Resource, readStack, type Stack } from './packaged-stack.ts';

/** The parameters that switch on what is off without them. */
const logs = {
  logBucket: 'my-trail',
  logBucketAccount: '444455556666',
  logBucketKey: 'arn:aws:kms:us-east-1:444455556666:key/00000000-0000-4000-8000-000000000001',
  logTopic: 'arn:aws:sns:us-east-1:444455556666:my-trail',
  logGroup: 'my-trail',
};
const approval = { slackSecretParameter: '/trailwire/slack-secret', approvalLinkParameter: '/trailwire/link-secret' };

const { ruleSet } = parseRuleSet(readRuleFiles('rules'));

let folder: string;
let stack: Stack;
let table: Awaited<ReturnType<typeof startLocalTable>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwire-infra-'));
  const packaged = buildInto(folder).then(() => packageInto(folder, folder, { ...logs, ...approval }));
  [table] = await Promise.all([startLocalTable(), packaged]);
  stack = await readStack(folder);
}, 120_000);
afterAll(async () => {
  await table?.stop();
  await rm(folder, { recursive: true });
});

/** The functions, with the code each is deployed from and the environment that it reads. */
const functions = [
  { id: 'Detect', name: 'trailwire-detect', code: 'detect', config: detectConfig },
  { id: 'Ingest', name: 'trailwire-ingest', code: 'ingest', config: ingestConfig },
  { id: 'NotifySns', name: 'trailwire-notify-sns', code: 'notify', config: notifyConfig },
  { id: 'NotifySlack', name: 'trailwire-notify-slack', code: 'notify', config: notifyConfig },
  { id: 'Remediate', name: 'trailwire-remediate', code: 'remediate', config: remediateConfig },
  { id: 'Undo', name: 'trailwire-undo', code: 'undo', config: undoConfig },
  { id: 'Watch', name: 'trailwire-watch', code: 'watch', config: watchConfig },
  { id: 'Approve', name: 'trailwire-approve', code: 'approve', config: approveConfig },
] as const;

type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Record<string, Record<string, unknown>>;
};
const statementsOf = (role: Resource): readonly Statement[] => [
  ...role.properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  ),
  ...stack
    .ofType('AWS::IAM::Policy')
    .filter(({ properties }) => properties.Roles.includes(role.properties.RoleName))
    .flatMap(({ properties }): Statement[] => properties.PolicyDocument.Statement),
];
const actionsOf = (statements: readonly Statement[]): readonly string[] =>
  statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action)
    .sort();

const services: Readonly<Record<string, string>> = {
  'client-cloudtrail': 'cloudtrail',
  'client-config-service': 'config',
  'client-cloudwatch': 'cloudwatch',
  'client-dynamodb': 'dynamodb',
  'client-ec2': 'ec2',
  'client-eventbridge': 'events',
  'client-guardduty': 'guardduty',
  'client-iam': 'iam',
  'client-kms': 'kms',
  'client-lambda': 'lambda',
  'client-rds': 'rds',
  'client-resource-groups-tagging-api': 'tag',
  'client-s3': 's3',
  'client-securityhub': 'securityhub',
  'client-sns': 'sns',
  'client-sqs': 'sqs',
  'client-ssm': 'ssm',
  'client-sts': 'sts',
  'lib-dynamodb': 'dynamodb',
};
/** The permission that a command needs is named like the command, but for these. */
const otherNames: Readonly<Record<string, string>> = {
  'dynamodb:Get': 'dynamodb:GetItem',
  'dynamodb:Put': 'dynamodb:PutItem',
  'dynamodb:Update': 'dynamodb:UpdateItem',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
};

const readMetafile = async (code: string): Promise<Metafile> =>
  JSON.parse(await readFile(join(folder, code, 'meta.json'), 'utf8'));

/**
 * The calls a function can make: the commands of the SDK that a file of ours or of Powertools imports and that are still
 * in one of its files after what nobody uses was left out.
 */
const callsOf = async (code: string): Promise<readonly string[]> => {
  const { inputs, outputs } = await readMetafile(code);
  const bundled = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const isBundled = (client: string, command: string): boolean =>
    bundled.some(
      ([path, { bytesInOutput }]) =>
        bytesInOutput > 0 && path.includes(`/${client}/`) && path.endsWith(`/commands/${command}Command.js`),
    );
  const calls = new Set<string>();
  for (const path of Object.keys(inputs)) {
    if (/node_modules\/@(?:aws-sdk|smithy)\/|^[a-z-]+:/.test(path)) continue;
    const source = await readFile(path, 'utf8');
    for (const [, names = '', client = ''] of source.matchAll(/import\s*\{([^}]*)\}\s*from\s*'@aws-sdk\/([\w-]+)'/g)) {
      for (const [, command = ''] of names.matchAll(/(\w+)Command\b/g)) {
        const call = `${services[client]}:${command}`;
        if (isBundled(client, command)) calls.add(otherNames[call] ?? call);
      }
    }
  }
  return [...calls].sort();
};
/** Bytes that importing a function may load, and that it may load in all. Every 30 KB are about a millisecond of a cold start. */
const budgets = {
  detect: { start: 100_000, all: 500_000 },
  // As detect, and the client of S3 with the first object.
  ingest: { start: 100_000, all: 675_000 },
  notify: { start: 100_000, all: 430_000 },
  // Most of it are clients of services, each loaded with the first call of its service.
  remediate: { start: 95_000, all: 1_705_000 },
  undo: { start: 95_000, all: 1_610_000 },
  watch: { start: 75_000, all: 620_000 },
  approve: { start: 100_000, all: 475_000 },
} as const;

type OutputFile = Metafile['outputs'][string];

const largestInputs = (files: readonly OutputFile[]): string =>
  files
    .flatMap(({ inputs }) => Object.entries(inputs))
    .sort(([, one], [, other]) => other.bytesInOutput - one.bytesInOutput)
    .slice(0, 12)
    .map(([path, { bytesInOutput }]) => `${bytesInOutput} ${path}`)
    .join('\n');

/** What Lambda does in the name of a function: its log, and its dead letters. */
const lambdaActions = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'];
/** And to fetch what waits in each queue for it. */
const queueActions = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

describe('the role of each function', () => {
  test.each([
    ['Detect', []],
    // CloudTrail's files are decrypted by S3, in the name of the reader.
    ['Ingest', [...queueActions, 'kms:Decrypt']],
    ['Remediate', [...queueActions, ...queueActions]],
    ['Undo', []],
  ] as const)(
    '%s allows beside what it does in the account exactly the calls its code can make',
    async (id, byOthers) => {
      // The stores come with all they can; who takes a response back keeps nothing new.
      const isLeftOut = (action: string) => id === 'Undo' && action === 'dynamodb:PutItem';
      const calls = (await callsOf(id.toLowerCase())).filter(
        (action) => action !== 'sts:AssumeRole' && !awsActions.includes(action) && !isLeftOut(action),
      );
      expect(calls).toContain('events:PutEvents');
      const role = stack.the(`${id}Role`);
      const [own] = role.properties.Policies;
      // What Ingest reads is in policies of its own, one for each source that is on.
      const allowed = actionsOf(id === 'Ingest' ? statementsOf(role) : own.PolicyDocument.Statement);
      expect(allowed).toEqual([...calls, ...lambdaActions, ...byOthers].sort());
    },
  );

  test('Watch allows exactly the calls its code can make, those for a heartbeat where one is wanted', async () => {
    const calls = await callsOf('watch');
    expect(calls).toEqual(expect.arrayContaining([...doctorReads]));
    const allowed = [...calls, ...lambdaActions, 'sts:SetSourceIdentity'];
    expect(actionsOf(statementsOf(stack.the('WatchRole')))).toEqual(allowed.sort());
    expect(policiesOf('WatchRole').map(([condition, [{ Action }]]) => [condition, Action])).toEqual([
      ['Collects', ['sts:AssumeRole', 'sts:SetSourceIdentity']],
      ['BeatsToTopic', 'sns:Publish'],
      ['BeatsToUrl', 'ssm:GetParameter'],
    ]);
    const own = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'events:PutEvents', 'sns:Publish', 'sts:AssumeRole'];
    for (const action of calls.filter((each) => !own.includes(each))) {
      expect(action).toMatch(/:(?:Describe|Get|List)/);
    }
  });

  test('Remediate and Undo have code for every call of the closed list', async () => {
    for (const code of ['remediate', 'undo']) {
      const calls = (await callsOf(code)).filter((action) => awsActions.includes(action));
      expect(calls, code).toEqual(awsActions.toSorted());
    }
  });

  test('Ingest reads one bucket, with one key, and one queue', () => {
    const statements = statementsOf(stack.the('IngestRole'));
    const resourcesOf = (action: string) =>
      statements.filter(({ Action }) => [Action].flat().includes(action)).map(({ Resource }) => Resource);
    expect(resourcesOf('s3:GetObject')).toEqual(['arn:aws:s3:::my-trail/*']);
    expect(resourcesOf('kms:Decrypt')).toEqual([logs.logBucketKey]);
    expect(resourcesOf('sqs:ReceiveMessage')).toEqual([stack.arnOf('LogQueue')]);
  });

  test('of each destination allows exactly the calls of notify but those of other destinations', async () => {
    const secret = 'ssm:GetParameter';
    const own: Readonly<Record<string, readonly string[]>> = {
      NotifySns: ['sns:Publish', secret],
      NotifySlack: [secret],
    };
    const ofDestinations = Object.values(own).flat();
    const calls = await callsOf('notify');
    expect(calls).toEqual(expect.arrayContaining(ofDestinations));
    const shared = calls.filter((each) => !ofDestinations.includes(each));
    for (const [id, needed] of Object.entries(own)) {
      expect(actionsOf(statementsOf(stack.the(`${id}Role`)))).toEqual([...shared, ...needed, ...lambdaActions].sort());
    }
  });

  test('Approve allows exactly the calls of its code, and of the table the items of decisions', async () => {
    const statements = statementsOf(stack.the('ApproveRole'));
    const calls = await callsOf('approve');
    expect(calls).toEqual(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'sqs:SendMessage', 'ssm:GetParameter']);
    expect(actionsOf(statements)).toEqual([...calls, 'logs:CreateLogStream', 'logs:PutLogEvents'].sort());
    const ofTable = statements.filter(({ Resource }) => Resource === stack.arnOf('StateTable'));
    expect(ofTable.map(({ Condition }) => Condition)).toEqual([
      {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['approval#*'] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    ]);
    expect(approvalKey('x').id).toBe('approval#x');
    const sending = statements.filter(({ Action }) => Action === 'sqs:SendMessage');
    expect(sending.map(({ Resource }) => Resource)).toEqual([stack.arnOf('DecisionQueue')]);
  });

  /** What the two that act in the account may do there, by the responses that the shipped rules name. */
  const inUse = () => {
    const place = { partition: 'aws', account: '111122223333', region: 'us-east-1' };
    return permissionsOf(remediationsInUse(allRulesOf(ruleSet)), place, guardsTagsIn(ruleSet));
  };
  const policiesOf = (id: string) =>
    stack
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) => properties.Roles.includes(stack.the(id).properties.RoleName))
      .map(({ condition, properties }) => [condition, properties.PolicyDocument.Statement]);

  test('Remediate allows in the account what the responses in use need, and changes only when told to execute', () => {
    const { reads, calls, undoCalls } = inUse();
    expect(calls.length).toBeGreaterThan(5);
    const entering = (role: string) => [
      {
        Sid: 'EnterMembers',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
        Resource: [`arn:aws:iam::*:role/${role}`],
      },
    ];
    expect(policiesOf('RemediateRole')).toEqual([
      [undefined, reads],
      ['Executes', calls],
      ['EntersMembers', entering('trailwire-response')],
    ]);
    expect(policiesOf('UndoRole')).toEqual([
      [undefined, reads],
      ['Executes', undoCalls],
      ['EntersMembers', entering('trailwire-response-undo')],
    ]);
    for (const { Action } of reads) {
      for (const action of Action) expect(action).toMatch(/:(?:Describe|Get|List|Lookup)/);
    }
    for (const { id } of stack
      .ofType('AWS::IAM::Role')
      .filter((each) => !/^(?:Ingest|Remediate|Undo|Watch)/.test(each.id))) {
      expect(policiesOf(id), id).toEqual([]);
    }
  });

  test('Remediate and Undo may touch nothing of Trailwire', () => {
    for (const acting of ['RemediateRole', 'UndoRole']) {
      const denied = statementsOf(stack.the(acting)).filter(({ Effect }) => Effect === 'Deny');
      for (const { id } of [...stack.ofType('AWS::IAM::Role'), ...stack.ofType('AWS::Lambda::Function')]) {
        const isDenied = denied.some(({ Resource }) =>
          [Resource].flat().some((each) => wildcardTest(each)(stack.arnOf(id))),
        );
        expect(isDenied, `${acting} ${id}`).toBe(true);
      }
    }
  });

  test('Undo reaches in the table the responses alone', () => {
    const [own] = stack.the('UndoRole').properties.Policies;
    const onTable = own.PolicyDocument.Statement.filter(({ Action }: Statement) =>
      [Action].flat().some((action) => action.startsWith('dynamodb:')),
    );
    expect(onTable).toMatchObject([
      { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['response#*'] } } },
    ]);
  });

  test.each(['RemediateRole', 'UndoRole'])('%s fits into the 10,240 characters that inline policies share', (id) => {
    expect(JSON.stringify(statementsOf(stack.the(id))).length).toBeLessThan(9_500);
  });

  test('has no wildcard in an action and none that stands for any resource', () => {
    const roles = stack.ofType('AWS::IAM::Role');
    expect(roles.map(({ id }) => id).sort()).toEqual(functions.map(({ id }) => `${id}Role`).sort());
    for (const { Sid, Action, Resource } of roles.flatMap(statementsOf)) {
      for (const action of [Action].flat()) expect(action, Sid).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      if (Resource === '*') {
        // IAM knows no resource for these; each only tells.
        for (const action of [Action].flat()) {
          expect(action).toMatch(
            /^(?:cloudtrail:(?:Desc|Lookup)|cloudwatch:(?:Desc|Get)|config:Desc|ec2:Desc|events:List|sqs:List|tag:Get)/,
          );
        }
        continue;
      }
      for (const resource of [Resource].flat()) {
        // An ARN that a parameter gives; and a trail may be at home elsewhere, and only be looked at.
        if (resource === '' || (Sid === 'Trails' && resource === 'arn:aws:cloudtrail:*:*:trail/*')) continue;
        // Which member accounts there are only their roles say, by whom they let in.
        if (Sid === 'EnterMembers') continue;
        // Buckets, snapshots and images have no account in their ARNs.
        expect(resource, Sid).toMatch(
          /^arn:aws:(?:s3::|[a-z0-9]+:(?:us-east-1)?):(?:111122223333)?:[a-z-]+|^arn:aws:s3:::|^arn:aws:kms:us-east-1:444455556666:key\//,
        );
        // Anybody's user or bucket may be the one to act on: the kind is named, and which of it is not.
        if (resource.includes('*'))
          expect(resource).toMatch(
            /^arn:aws:s3:::(?:\*|my-trail\/\*)$|:(?:[a-z-]+[/:])?(?:trailwire-)?\*$|:log-group:[^*]+:\*$/,
          );
      }
    }
  });
});

describe('the functions', () => {
  test('are those of the code, named so that rules/trailwire watches over them', () => {
    const deployed = stack.ofType('AWS::Lambda::Function').map(({ id, properties }) => [id, properties.FunctionName]);
    expect(deployed).toEqual(functions.map(({ id, name }) => [`${id}LambdaFunction`, name]));
    expect(destinationNameSchema.options.map((name) => `trailwire-notify-${name}`).sort()).toEqual(
      functions
        .map(({ name }) => name)
        .filter((name) => name.includes('notify'))
        .sort(),
    );
  });

  test.each(functions)('$name gets the environment that it reads', ({ id, code, config }) => {
    const { properties } = stack.the(`${id}LambdaFunction`);
    const variables = properties.Environment.Variables;
    const known = Object.keys(config.shape);
    expect(known).toEqual(expect.arrayContaining(Object.keys(variables)));
    expect(config.safeParse(variables).error).toBeUndefined();
    if (code !== 'notify') expect(Object.keys(variables).sort()).toEqual(known.sort());
  });

  test('get parameters that allow what the code allows', () => {
    expect(stack.parameters.Mode).toMatchObject({
      Default: 'plan',
      AllowedValues: remediateConfig.shape.TRAILWIRE_MODE.def.innerType.options,
    });
    expect(stack.parameters.MinSeverity?.AllowedValues).toEqual(severitySchema.options);
    const { Default: usual, MinValue: least, MaxValue: most } = stack.parameters.AllowedLateness as Parameter;
    const lateness = detectConfig.shape.TRAILWIRE_ALLOWED_LATENESS;
    expect(Number(usual) * 60_000).toBe(usualLatenessMs);
    expect(lateness.parse(undefined)).toBe(Number(usual));
    const around = [Number(least) - 1, least, most, Number(most) + 1];
    expect(around.map((minutes) => lateness.safeParse(String(minutes)).success)).toEqual([false, true, true, false]);
  });

  test('know all roles of Trailwire as their own', async () => {
    const { TRAILWIRE_OWN_ROLES } = stack.the('RemediateLambdaFunction').properties.Environment.Variables;
    expect(arnListSchema.parse(TRAILWIRE_OWN_ROLES).toSorted()).toEqual(
      stack
        .ofType('AWS::IAM::Role')
        .map(({ id }) => stack.arnOf(id))
        .sort(),
    );
    // Resolved as it is by default, where no member is entered.
    const source = await readFile('serverless.yml', 'utf8');
    for (const name of Object.values(memberRoles)) expect(source).toMatch(new RegExp(`EntersMembers.*:role/${name}'`));
  });

  test.each(functions)(
    '$name runs its packaged code on Node 24, with its own role and log',
    async ({ id, name, code }) => {
      const { properties } = stack.the(`${id}LambdaFunction`);
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      expect(properties.Role).toBe(stack.arnOf(`${id}Role`));
      expect(stack.the(`${id}LogGroup`).properties).toEqual({
        LogGroupName: `/aws/lambda/${name}`,
        RetentionInDays: 90,
      });
      const files = unzipSync(await readFile(join(folder, `${code}.zip`)));
      const { TRAILWIRE_RULES, TRAILWIRE_EXPECTED, TRAILWIRE_MEMBERS } = properties.Environment.Variables;
      const packed = [TRAILWIRE_RULES, TRAILWIRE_EXPECTED, TRAILWIRE_MEMBERS].filter((path) => path !== undefined);
      const built = (await readdir(join(folder, code))).filter((file) => /\.[cm]js$/.test(file));
      expect(
        Object.keys(files)
          .map((file) => `/var/task/${file}`)
          .sort(),
      ).toEqual([...built.map((file) => `/var/task/${file}`), ...packed].sort());
      const module = await import(pathToFileURL(join(folder, code, 'index.mjs')).href);
      expect(typeof module.handler).toBe('function');
    },
  );

  const calledByEvents = functions.filter(({ id }) => id !== 'Approve');
  test.each(calledByEvents)('$name tries an event three times, then parks it in the dead-letter queue', ({ id }) => {
    const { properties } = stack.the(`${id}LambdaEvConf`);
    expect(properties.FunctionName).toBe(stack.the(`${id}LambdaFunction`).properties.FunctionName);
    expect(properties.DestinationConfig).toEqual({ OnFailure: { Destination: stack.arnOf('FailedQueue') } });
    expect(properties.MaximumRetryAttempts).toBe(2);
    expect(properties.MaximumEventAgeInSeconds).toBeGreaterThanOrEqual(3_600);
    const send = statementsOf(stack.the(`${id}Role`)).filter(({ Action }) => Action === 'sqs:SendMessage');
    expect(send.map(({ Resource }) => Resource)).toEqual([stack.arnOf('FailedQueue')]);
  });

  test('have the rules beside them, and remediate their lists alone', async () => {
    const rulesIn = async (code: string): Promise<string> =>
      Buffer.from(unzipSync(await readFile(join(folder, `${code}.zip`)))['rules.jsonl'] ?? '').toString();
    const packed = join(folder, 'rules.jsonl');
    for (const code of ['detect', 'ingest']) expect(await rulesIn(code)).toBe(await readFile(packed, 'utf8'));
    const lists = join(folder, 'lists.jsonl');
    await writeFile(lists, await rulesIn('remediate'));
    expect(readPackedRules(lists)).toMatchObject({
      rules: [],
      correlationRules: [],
      suppressions: [],
      conditions: new Map(),
      lists: readPackedRules(packed).lists,
    });
  });

  test('are the same bytes when built again, so that a deployment without changes changes nothing', async () => {
    const again = await mkdtemp(join(tmpdir(), 'trailwire-again-'));
    try {
      await buildInto(again);
      for (const code of Object.keys(budgets)) {
        const [one, other] = await Promise.all([folder, again].map((each) => readFile(join(each, `${code}.zip`))));
        expect(one?.equals(other ?? Buffer.alloc(0)), code).toBe(true);
      }
    } finally {
      await rm(again, { recursive: true });
    }
  }, 60_000);

  test.each(Object.entries(budgets))('$0 loads little, and most of it late', async (code, budget) => {
    const { outputs } = await readMetafile(code);
    const files = new Map(
      Object.entries(outputs)
        .filter(([path]) => !path.endsWith('.map'))
        .map(([path, output]) => [basename(path), output]),
    );
    const atStart = importedBy('index.mjs', files).flatMap((name) => files.get(name) ?? []);
    const size = (of: readonly OutputFile[]): number => of.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(size(atStart), `loaded at the start, in bytes; largest are\n${largestInputs(atStart)}`).toBeLessThan(
      budget.start,
    );
    const all = [...files.values()];
    expect(size(all), `in the package, in bytes; largest are\n${largestInputs(all)}`).toBeLessThan(budget.all);
  });

  test('remediate loads the client of one service alone with a call of that service', async () => {
    const { outputs } = await readMetafile('remediate');
    const files = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
    const ofServices = [...files].filter(([, { entryPoint }]) => entryPoint?.startsWith('account/execute/'));
    const prefixes = new Set(awsActions.map((action) => action.slice(0, action.indexOf(':'))));
    expect(ofServices).toHaveLength(prefixes.size);
    for (const [name] of ofServices) {
      const inputs = importedBy(name, files).flatMap((file) => Object.keys(files.get(file)?.inputs ?? {}));
      const clients = new Set(inputs.map((path) => /@aws-sdk\/(client-[\w-]+)/.exec(path)?.[1]).filter(Boolean));
      expect([...clients], name).toHaveLength(1);
    }
  });

  test('name their errors after the classes, although they are minified', async () => {
    const { handler } = await import(pathToFileURL(join(folder, 'detect', 'index.mjs')).href);
    const context = { awsRequestId: 'r', functionName: 'trailwire-detect' };
    const environment = { ...process.env };
    Object.assign(process.env, {
      ...stack.the('DetectLambdaFunction').properties.Environment.Variables,
      TRAILWIRE_RULES: join(folder, 'rules.jsonl'),
    });
    try {
      await expect(handler({}, context)).rejects.toMatchObject({ name: 'EventError', code: 'EVENT_NOT_CLOUDTRAIL' });
    } finally {
      process.env = environment;
    }
  });
});

const collectingBus = parts.collectingBus;

describe('the subscriptions', () => {
  const withSchedule = () => stack.ofType('AWS::Events::Rule');
  const rulesOf = () => withSchedule().filter(({ properties }) => properties.EventPattern !== undefined);
  const onDefaultBus = () => rulesOf().filter(({ properties }) => properties.EventBusName === undefined);

  test('on the default bus are those that the rules need, read-only calls included', () => {
    const patterns = onDefaultBus().map(({ properties }) => properties.EventPattern);
    expect(patterns).toEqual(compilePatterns(ruleSet.rules, ruleSet));
    for (const { properties } of onDefaultBus()) {
      expect(properties.State).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
      expect(properties.Targets.map(({ Arn }: { Arn: string }) => Arn)).toEqual([stack.arnOf('DetectLambdaFunction')]);
    }
  });

  test('were packed with the same rules that detect reads', () => {
    const packed = readPackedRules(join(folder, 'rules.jsonl'));
    expect(packed.rules).toEqual(ruleSet.rules);
    expect(packed.suppressions).toEqual(ruleSet.suppressions);
    expect(packed.conditions).toEqual(ruleSet.conditions);
    expect(packed.lists).toEqual(ruleSet.lists);
  });

  test('retry, have a dead-letter queue that lets them in, and may invoke what they target', () => {
    const { Statement: statements } = stack.the('UndeliveredQueuePolicy').properties.PolicyDocument;
    const allow = statements.find(({ Effect }: Statement) => Effect === 'Allow');
    expect(allow).toMatchObject({ Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' });
    const senders = [allow.Condition.ArnLike['aws:SourceArn']].flat().map(wildcardTest);
    expect(rulesOf().length).toBeGreaterThan(3);
    for (const { id, properties } of withSchedule()) {
      expect(properties.Name).toMatch(/^trailwire-/);
      expect(
        senders.some((isSender) => isSender(stack.arnOf(id))),
        id,
      ).toBe(true);
      for (const target of properties.Targets) {
        expect(target.DeadLetterConfig).toEqual({ Arn: stack.arnOf('UndeliveredQueue') });
        expect(target.RetryPolicy.MaximumRetryAttempts).toBe(185);
        expect(target.RetryPolicy.MaximumEventAgeInSeconds).toBeGreaterThanOrEqual(3_600);
        if (properties.EventBusName === collectingBus) continue;
        expect(stack.the(`${id}Permission`).properties).toEqual({
          Action: 'lambda:InvokeFunction',
          FunctionName: target.Arn,
          Principal: 'events.amazonaws.com',
          SourceArn: stack.arnOf(id),
        });
      }
    }
  });

  test('on the bus of collected events are the same, and may all invoke detect', () => {
    const collecting = rulesOf().filter(({ id }) => id.startsWith('CollectSubscription'));
    const own = onDefaultBus().map(({ properties }) => properties);
    expect(collecting.map(({ condition }) => condition)).toEqual(own.map(() => 'Collects'));
    expect(collecting.map(({ properties: { EventBusName: _, Description: __, ...rest } }) => rest)).toEqual(
      own.map(({ Description: _, ...rest }) => rest),
    );
    const permission = stack.the('CollectSubscriptionsPermission');
    expect(permission.condition).toBe('Collects');
    const mayInvoke = wildcardTest(permission.properties.SourceArn);
    for (const { id } of collecting) expect(mayInvoke(stack.arnOf(id)), id).toBe(true);
    expect(mayInvoke(stack.arnOf('MemberAlarmsSubscription'))).toBe(false);
  });

  test('on the bus of collected events get what members of the organization forward, and nothing else', () => {
    const { condition, properties } = stack.the('CollectingBusPolicy');
    expect(condition).toBe('Collects');
    expect(properties).toMatchObject({
      EventBusName: collectingBus,
      Statement: {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: stack.arnOf('CollectingBus'),
        Condition: {
          ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/trailwire-forward-*' },
          'ForAllValues:StringLike': { 'events:source': 'aws.*' },
        },
      },
    });
    expect(Object.keys(properties.Statement.Condition.StringEquals)).toEqual(['aws:PrincipalOrgID']);
    expect(stack.parameters.OrganizationId?.Default).toBe('');
  });

  test('on the bus of findings give everything to destinations, and to remediate what asks for a response', () => {
    const event = (detailType: string, detail: unknown) => ({
      source: busSource,
      account: '111122223333',
      'detail-type': detailType,
      detail: JSON.parse(JSON.stringify(detail)),
    });
    const asking = event(findingDetailType, exampleFinding());
    const quiet = event(findingDetailType, exampleFinding({ respond: {} }));
    const report = event(activityDetailType, { class_uid: 7001 });
    const passed = (id: string, ...events: readonly object[]) =>
      events.map((each) => matchesPattern(stack.the(`${id}Subscription`).properties.EventPattern, each));
    expect(passed('NotifySns', asking, quiet, report)).toEqual([true, true, true]);
    expect(passed('NotifySlack', asking, quiet, report)).toEqual([true, true, true]);
    expect(passed('Remediate', asking, quiet, report, { ...asking, 'replay-name': 'r' })).toEqual([
      true,
      false,
      false,
      false,
    ]);
    for (const forged of [{ source: 'custom' }, { account: '444455556666' }]) {
      expect(passed('NotifySns', { ...asking, ...forged })).toEqual([false]);
      expect(passed('Remediate', { ...asking, ...forged })).toEqual([false]);
    }
  });

  test('are on the bus that the functions publish to, where nobody else may', () => {
    const bus = stack.ofType('AWS::Events::EventBus').find(({ id }) => id === 'FindingBus');
    for (const { properties } of rulesOf().filter((each) => !onDefaultBus().includes(each))) {
      expect([bus?.properties.Name, collectingBus]).toContain(properties.EventBusName);
    }
    const publishers = functions.filter(({ id }) =>
      actionsOf(statementsOf(stack.the(`${id}Role`))).includes('events:PutEvents'),
    );
    for (const { id } of publishers) {
      expect(stack.the(`${id}LambdaFunction`).properties.Environment.Variables.TRAILWIRE_BUS).toBe(
        bus?.properties.Name,
      );
    }
    expect(stack.the('FindingBusPolicy').properties).toMatchObject({
      EventBusName: bus?.properties.Name,
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: stack.arnOf('FindingBus'),
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': publishers.map(({ id }) => stack.arnOf(`${id}Role`)) } },
      },
    });
    expect(stack.the('FindingArchive').properties).toMatchObject({
      SourceArn: stack.arnOf('FindingBus'),
      RetentionDays: 30,
    });
  });
});

describe('the alarms', () => {
  const alarms = () => stack.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
  const alarmOf = (metric: string, value: string) =>
    alarms().filter(({ MetricName, Dimensions }) => MetricName === metric && Dimensions[0].Value === value);

  test('go to the topic of alerts', () => {
    for (const { AlarmName, AlarmActions } of alarms()) {
      expect(AlarmName).toMatch(/^trailwire-/);
      expect(AlarmActions).toEqual([stack.arnOf('AlertTopic')]);
    }
  });

  test('watch every queue, each of which has a policy', () => {
    const queues = stack.ofType('AWS::SQS::Queue');
    /** Seconds: messages wait in the first by design, in the second for nothing, and files for all the tries of those before. */
    const oldest: Readonly<Record<string, number>> = { CheckQueue: 1_800, DecisionQueue: 300, LogQueue: 18_000 };
    const ids = ['UndeliveredQueue', 'FailedQueue', 'CheckQueue', 'DecisionQueue', 'LogQueue', 'FailedLogQueue'];
    expect(queues.map(({ id }) => id)).toEqual(ids);
    for (const { id, properties } of queues) {
      expect(properties.SqsManagedSseEnabled).toBe(true);
      expect(
        stack.the(`${id}Policy`).properties.PolicyDocument.Statement.map(({ Resource }: Statement) => Resource),
      ).toContain(stack.arnOf(id));
      const isWorked = properties.RedrivePolicy !== undefined;
      const metric = isWorked ? 'ApproximateAgeOfOldestMessage' : 'ApproximateNumberOfMessagesVisible';
      expect(alarmOf(metric, properties.QueueName)).toMatchObject([
        { Threshold: oldest[id] ?? 0, ComparisonOperator: 'GreaterThanThreshold' },
      ]);
    }
  });

  test.each(functions)('watch the errors and throttles of $name', ({ name }) => {
    for (const metric of ['Errors', 'Throttles']) {
      expect(alarmOf(metric, name)).toMatchObject([
        { Namespace: 'AWS/Lambda', Threshold: 0, TreatMissingData: 'notBreaching' },
      ]);
    }
  });

  test('take silence for an alarm, and that of the watch as well', () => {
    expect(alarmOf('Heartbeats', 'watch')).toMatchObject([
      { Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching', EvaluationPeriods: 3 },
    ]);
    expect(stack.the('WatchSchedule').properties.ScheduleExpression).toBe('rate(1 hour)');
    expect(alarmOf('Invocations', 'trailwire-detect')).toMatchObject([
      { Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
    ]);
  });

  test('watch metrics under the name, namespace and dimension that the functions write', () => {
    const own = alarms().filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
    expect(own.map(({ MetricName, Dimensions }) => [MetricName, Dimensions[0].Value])).toEqual([
      ['RulesFailed', 'detect'],
      ['RulesFailed', 'ingest'],
      ['FindingsMissedByEventBridge', 'ingest'],
      ['ResponsesFailed', 'remediate'],
      ['Heartbeats', 'watch'],
    ]);
    for (const { MetricName, Namespace, Dimensions } of own) {
      expect(metricNames).toContain(MetricName);
      const telemetry = createTelemetry(Dimensions[0].Value);
      telemetry.count(MetricName);
      const [written] = telemetry.metrics.serializeMetrics()._aws.CloudWatchMetrics;
      expect(written).toMatchObject({ Namespace, Dimensions: [Dimensions.map(({ Name }: { Name: string }) => Name)] });
      telemetry.metrics.clearMetrics();
    }
  });

  test('reach the topic, as the policy of the topic says', () => {
    const { Statement: statements } = stack.the('AlertTopicPolicy').properties.PolicyDocument;
    const allow = statements.find(({ Effect }: Statement) => Effect === 'Allow');
    expect(allow).toMatchObject({ Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' });
    const isSender = wildcardTest(allow.Condition.ArnLike['aws:SourceArn']);
    for (const { AlarmName } of alarms())
      expect(isSender(`arn:aws:cloudwatch:us-east-1:111122223333:alarm:${AlarmName}`)).toBe(true);
  });
});

describe('what doctor looks for', () => {
  test('is what the stack deploys', () => {
    // What a parameter switches on may be missing.
    const namesOf = (type: string, key: string) =>
      stack
        .ofType(type)
        .flatMap(({ condition, properties }) => (condition === undefined ? [String(properties[key])] : []));
    expect(namesOf('AWS::Lambda::Function', 'FunctionName')).toEqual([...parts.functions]);
    const all = functions.map(({ name }) => name as string);
    expect(all.toSorted()).toEqual([...parts.functions, ...parts.optionalFunctions].toSorted());
    expect(namesOf('AWS::CloudWatch::Alarm', 'AlarmName').sort()).toEqual(parts.alarms.toSorted());
    expect(namesOf('AWS::SQS::Queue', 'QueueName').sort()).toEqual([...parts.deadLetters, ...parts.worked].sort());
    expect(namesOf('AWS::Events::EventBus', 'Name')).toEqual([parts.findingBus]);
    expect(stack.the('CollectingBus').properties.Name).toBe(parts.collectingBus);
    expect(namesOf('AWS::SNS::Topic', 'TopicName')).toEqual([parts.topic]);
  });
});

const sourcesOf = (queue: string) =>
  stack
    .ofType('AWS::Lambda::EventSourceMapping')
    .flatMap(({ properties }) => (properties.EventSourceArn === stack.arnOf(queue) ? [properties] : []));

describe('logs', () => {
  test('are off without parameters', async () => {
    const text = await readFile('serverless.yml', 'utf8');
    for (const name of Object.keys(logs)) expect(text).toContain(`\n    ${name}: ''\n`);
    const { resources } = stack;
    const switched = resources.filter(({ condition }) => /^(?:Ingests|ReadsLog|Logs)/.test(condition ?? ''));
    const ofLogs = resources.filter(({ id }) => /Ingest|Log(?:Queue|Topic|Group[SP])|Missed/.test(id));
    expect(switched.map(({ id }) => id)).toEqual(expect.arrayContaining(ofLogs.map(({ id }) => id)));
  });

  test('come in batches of which only what failed comes again, three times, and is then parked', () => {
    const { properties: queue } = stack.the('LogQueue');
    expect(sourcesOf('LogQueue')).toEqual([
      {
        EventSourceArn: stack.arnOf('LogQueue'),
        FunctionName: stack.arnOf('IngestLambdaFunction'),
        BatchSize: 5,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 5 },
      },
    ]);
    expect(queue.RedrivePolicy).toEqual({ deadLetterTargetArn: stack.arnOf('FailedLogQueue'), maxReceiveCount: 3 });
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * stack.the('IngestLambdaFunction').properties.Timeout);
    // A message's time goes on in the dead-letter queue, from when it was first sent.
    expect(stack.the('FailedLogQueue').properties.MessageRetentionPeriod).toBeGreaterThan(queue.MessageRetentionPeriod);
  });

  test('are told of by the bucket, its topic and rules of this account alone', () => {
    const statements: readonly Statement[] = stack.the('LogQueuePolicy').properties.PolicyDocument.Statement;
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Condition }) => Condition)).toEqual([
      {
        ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::my-trail' },
        StringEquals: { 'aws:SourceAccount': '444455556666' },
      },
      { ArnEquals: { 'aws:SourceArn': logs.logTopic } },
      { ArnLike: { 'aws:SourceArn': 'arn:aws:events:us-east-1:111122223333:rule/trailwire-logs*' } },
    ]);
    expect(stack.the('LogTopicSubscription').properties).toMatchObject({
      TopicArn: logs.logTopic,
      Endpoint: stack.arnOf('LogQueue'),
    });
  });

  test('of CloudWatch are subscribed to, but never a log of Trailwire, which would feed itself', () => {
    expect(stack.the('LogGroupSubscription').properties).toMatchObject({
      LogGroupName: 'my-trail',
      DestinationArn: stack.arnOf('IngestLambdaFunction'),
    });
    expect(stack.the('LogGroupSubscriptionPermission').properties).toMatchObject({
      Principal: 'logs.amazonaws.com',
      SourceArn: 'arn:aws:logs:us-east-1:111122223333:log-group:my-trail:*',
    });
    const allowed = new RegExp(stack.parameters.LogGroup?.AllowedPattern ?? '');
    expect(['', 'my-trail', 'aws/trail'].every((name) => allowed.test(name))).toBe(true);
    expect(allowed.test('/aws/lambda/trailwire-ingest')).toBe(false);
  });

  test('have the watch tell what only they had', () => {
    expect(stack.the('WatchLambdaFunction').properties.Environment.Variables.TRAILWIRE_READS_LOGS).toBe('yes');
  });
});

describe('the dead-letter queues', () => {
  test('take messages from EventBridge and from functions alone: whoever redrives them acts on what lies there', () => {
    const denied = (id: string): readonly Statement[] =>
      stack.the(`${id}Policy`).properties.PolicyDocument.Statement.filter(({ Effect }: Statement) => Effect === 'Deny');
    expect(denied('UndeliveredQueue')).toContainEqual(
      expect.objectContaining({ Principal: '*', Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } } }),
    );
    const only = 'arn:aws:iam::111122223333:role/trailwire-*';
    expect(denied('FailedQueue')).toContainEqual(
      expect.objectContaining({ Principal: '*', Condition: { ArnNotLike: { 'aws:PrincipalArn': only } } }),
    );
    for (const { id } of functions) expect(wildcardTest(only)(stack.arnOf(`${id}Role`)), id).toBe(true);
  });
});

describe('the queues that call remediate', () => {
  const worked = { CheckQueue: 'RemediateRole', DecisionQueue: 'ApproveRole' } as const;
  const ids = Object.keys(worked) as (keyof typeof worked)[];

  test.each(ids)('%s calls it with one message at a time, and parks what fails three times', (id) => {
    const { properties: queue } = stack.the(id);
    const { properties: remediate } = stack.the('RemediateLambdaFunction');
    expect(sourcesOf(id)).toMatchObject([
      { FunctionName: stack.arnOf('RemediateLambdaFunction'), BatchSize: 1, Enabled: true },
    ]);
    expect(queue.RedrivePolicy).toEqual({ deadLetterTargetArn: stack.arnOf('FailedQueue'), maxReceiveCount: 3 });
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * remediate.Timeout);
    expect(queue.MessageRetentionPeriod).toBeGreaterThan(Math.max(...recheckWaits) + 3 * queue.VisibilityTimeout);
  });

  test.each(ids)('%s takes messages from one function alone', (id) => {
    const statements = stack.the(`${id}Policy`).properties.PolicyDocument.Statement;
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:SendMessage',
        Resource: stack.arnOf(id),
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': stack.arnOf(worked[id]) } },
      }),
    );
  });

  test('are those that the functions know', () => {
    const variables = (id: string) => stack.the(`${id}LambdaFunction`).properties.Environment.Variables;
    expect(variables('Remediate').TRAILWIRE_CHECK_QUEUE).toBe(stack.the('CheckQueue').properties.QueueName);
    expect(variables('Approve').TRAILWIRE_DECISION_QUEUE).toBe(stack.the('DecisionQueue').properties.QueueName);
  });
});

describe('the address that people decide at', () => {
  test('is there only where a secret proves who speaks, and leads to approve alone', () => {
    const ofApproval = stack.resources.filter(({ id }) => id.startsWith('Approve'));
    expect(ofApproval.length).toBeGreaterThan(6);
    for (const { id, condition } of ofApproval) expect(condition, id).toBe('Approves');
    const urls = stack.ofType('AWS::Lambda::Url');
    expect(urls.map(({ properties }) => properties)).toEqual([
      { AuthType: 'NONE', TargetFunctionArn: stack.arnOf('ApproveLambdaFunction') },
    ]);
    const open = stack.ofType('AWS::Lambda::Permission').filter(({ properties }) => properties.Principal === '*');
    expect(open.map(({ properties }) => properties)).toEqual([
      expect.objectContaining({ Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }),
      expect.objectContaining({ Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }),
    ]);
    for (const { properties } of open) expect(properties.FunctionName).toBe(stack.arnOf('ApproveLambdaFunction'));
  });
});

describe('the table', () => {
  test('keeps what the functions write and forgets it when they say', async () => {
    const { properties } = stack.the('StateTable');
    const { documents, tableName, endpoint } = table;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
    const windows = createDynamoWindowStore(documents, tableName);
    await windows.remember('window', 'action', Date.now() + 60_000, Date.now());
    await windows.take('limit', 1, Date.now() + 60_000, Date.now());
    await createDynamoSignalStore(documents, tableName).add('key', 'text', Date.now() + 60_000, Date.now());
    await createResponseStore(documents, tableName, Date.now).save('response', {
      undone: false,
      carriedOut: false,
    } as never);
    const telemetry = createTelemetry('notify');
    const destination = { send: async () => undefined };
    const notify = createNotify({
      name: 'sns',
      minSeverity: 'low',
      connect: async () => createSendOnce({ name: 'sns', destination, tableName, telemetry }),
      telemetry,
    });
    await notify(
      {
        source: busSource,
        'detail-type': findingDetailType,
        detail: JSON.parse(JSON.stringify(exampleFinding())),
      },
      { getRemainingTimeInMillis: () => 10_000 } as Context,
    );

    const { Items: items = [] } = await documents.send(new ScanCommand({ TableName: tableName }));
    expect(items.length).toBe(5);
    expect(properties.TableName).toBe(
      stack.the('DetectLambdaFunction').properties.Environment.Variables.TRAILWIRE_TABLE,
    );
    expect(properties.KeySchema).toEqual([{ AttributeName: 'id', KeyType: 'HASH' }]);
    for (const item of items) {
      expect(typeof item.id).toBe('string');
      const expiration = item[properties.TimeToLiveSpecification.AttributeName];
      // TTL is in seconds; milliseconds would never expire.
      expect(Math.abs(expiration - Date.now() / 1_000)).toBeLessThan(100 * 86_400);
    }
  });

  test('cannot be deleted by mistake and can be restored', () => {
    expect(stack.the('StateTable').properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { Enabled: true },
    });
  });
});

describe('the packaged detect function', () => {
  let events: Awaited<ReturnType<typeof startLocalServer>>;
  beforeAll(async () => {
    events = await startLocalServer(({ body }) => ({
      status: 200,
      body: JSON.stringify({
        FailedEntryCount: 0,
        Entries: JSON.parse(body).Entries.map((_: unknown, index: number) => ({ EventId: String(index) })),
      }),
      headers: { 'content-type': 'application/x-amz-json-1.1' },
    }));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: events.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...stack.the('DetectLambdaFunction').properties.Environment.Variables,
      TRAILWIRE_RULES: join(folder, 'rules.jsonl'),
    });
  });
  afterAll(() => events.stop());

  const detect = async (event: unknown) => {
    const { handler } = await import(pathToFileURL(join(folder, 'detect', 'index.mjs')).href);
    return handler(event, { awsRequestId: 'r', functionName: 'trailwire-detect' });
  };
  const publishedSince = (count: number) =>
    events.received.slice(count).flatMap(({ body }) => JSON.parse(body).Entries as { readonly Detail: string }[]);

  test('turns an event into a finding on the bus', async () => {
    const detail = {
      ...exampleRecord(),
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      eventID: 'packaged',
      requestParameters: { name: 'main' },
    };
    const event = {
      id: 'e',
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.cloudtrail',
      account: '111122223333',
      region: 'us-east-1',
      detail,
    };
    const before = events.received.length;
    const result = await detect(event);
    expect(result).toMatchObject({ records: 1, repeated: 0 });
    expect(result.published).toBeGreaterThan(0);
    const [entry] = publishedSince(before);
    expect(entry).toMatchObject({ EventBusName: 'trailwire', Source: 'trailwire', DetailType: 'Detection Finding' });
  });

  // What the package leaves out of dependencies would otherwise show as findings without explanation.
  test('explains a match of every rule as the engine does from its source', async () => {
    const { TRAILWIRE_OWN_ROLES } = stack.the('DetectLambdaFunction').properties.Environment.Variables;
    const ownRoles = arnListSchema.parse(TRAILWIRE_OWN_ROLES).map(inEveryRegion);
    const lists = new Map([...ruleSet.lists, ['own-roles', ownRoles] as const]);
    const detector = createDetector({ ...ruleSet, lists });
    const records = [...ruleSet.tests].flatMap(([id, { fixture, lists: changed, cases }]) => {
      const example = Object.keys(changed).length > 0 ? undefined : cases.find(({ matches }) => matches);
      if (example === undefined) return [];
      const record = recordOfCase(ruleSet.fixtures.get(example.fixture ?? fixture), example) as CloudTrailRecord;
      return [{ ...record, eventID: `packaged-${id}` }];
    });
    expect(records.length).toBeGreaterThan(100);
    const detections = await Promise.all(records.map((record) => detector.detect({ record }, 0)));
    // Of several matches that are one finding the first is published.
    const findings = detections.flatMap((detection) => detection.findings.filter(isOfOneRecord)).toReversed();
    const expected = new Map(findings.map(explanationOf));

    const before = events.received.length;
    expect(await detect({ Records: records })).toMatchObject({ records: records.length });
    const published = publishedSince(before)
      .map(({ Detail }): Finding => JSON.parse(Detail))
      .filter(isOfOneRecord);
    expect(published.length).toBeGreaterThan(100);
    for (const [uid, explanation] of published.map(explanationOf)) {
      expect(explanation, uid).not.toBeUndefined();
      expect(explanation).toEqual(expected.get(uid));
    }
  }, 60_000);
});

/** What several records come to depends on which of them arrive first, here and there. */
const isOfOneRecord = ({ unmapped }: Finding): boolean => unmapped.trailwire.correlation === undefined;

/** The id of a finding and its explanation, as they would arrive from the bus. */
const explanationOf = ({ finding_info, unmapped }: Finding): readonly [string, unknown] => [
  finding_info.uid,
  JSON.parse(JSON.stringify(unmapped.trailwire.explanation)),
];
