import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Alert, type ApprovalAsked, alertOfActivity } from '../../engine/alert.ts';
import { type Activity, activitySchema, findingSchema } from '../../engine/ocsf.ts';
import { createLinkSigner } from '../../functions/approval-link.ts';
import { exampleFinding } from '../example-finding.ts';
import { exampleRecord } from '../example-records.ts';
import { startLocalServer } from '../local-server.ts';
import { validateActivity, validateFinding } from '../ocsf/validators.ts';
import { hasMoto, motoAccount, region } from './moto.ts';
import { countDelayed, createQueue, openQueue } from './queue.ts';
import { resourceCases } from './resource-cases.ts';
import { startStack } from './stack.ts';

type Stack = Awaited<ReturnType<typeof startStack>>;
type Tap = Awaited<ReturnType<Stack['tap']>>;

describe.runIf(hasMoto)('the deployed stack, from an event to a response', () => {
  let stack: Stack;
  let iam: IAMClient;
  let cloudTrail: Tap;
  let alerts: Tap;
  let responses: Tap;

  beforeAll(async () => {
    stack = await startStack();
    iam = new IAMClient();
    cloudTrail = await stack.tap('default', 'trailwire-detect-');
    alerts = await stack.tap('trailwire', 'trailwire-notify-sns');
    responses = await stack.tap('trailwire', 'trailwire-remediate');
  }, 180_000);
  afterAll(async () => {
    iam?.destroy();
    await stack?.stop();
  });

  /** A user of the account with a key, and the record of it stopping a trail. */
  const stopTrail = async (UserName: string) => {
    await iam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const accessKeyId = String(AccessKey?.AccessKeyId);
    const record = exampleRecord({
      eventID: `stop-by-${UserName}`,
      eventTime: new Date().toISOString(),
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      requestParameters: { name: `trail-of-${UserName}` },
      responseElements: null,
      recipientAccountId: motoAccount,
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn: `arn:aws:iam::${motoAccount}:user/${UserName}`,
        accountId: motoAccount,
        accessKeyId,
        userName: UserName,
      },
    });
    return { record, accessKeyId };
  };

  const statusOf = async (UserName: string): Promise<string | undefined> => {
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
    return AccessKeyMetadata[0]?.Status;
  };

  /** Puts the record on the account's bus and takes it through the subscriptions' own patterns to `detect`. */
  const detect = async (record: object): Promise<readonly Record<string, unknown>[]> => {
    const Entries = [
      { Source: 'aws.cloudtrail', DetailType: 'AWS API Call via CloudTrail', Detail: JSON.stringify(record) },
    ];
    await stack.events.send(new PutEventsCommand({ Entries }));
    const delivered = await cloudTrail.receive();
    const handler = await stack.load('detect', {});
    for (const event of delivered) await handler(event);
    return delivered;
  };

  /** The finding that asks for a response, as the subscription of `remediate` delivers it. */
  const findingOf = async (record: object) => {
    await detect(record);
    await alerts.receive();
    const delivered = await responses.receive();
    return delivered.find(({ detail }) => findingSchema.parse(detail).unmapped.trailwire.remediate.length > 0);
  };

  const takeBack = async (id: string | undefined): Promise<readonly Activity[]> => {
    const undo = await stack.load('undo', {});
    await undo({ undo: id });
    const told = await alerts.receive();
    return told.map(({ detail }) => activitySchema.parse(detail));
  };

  const respondIn = async (mode: string, event: unknown): Promise<readonly Activity[]> => {
    const remediate = await stack.load('remediate', { TRAILWIRE_MODE: mode, TRAILWIRE_LIMIT_PER_HOUR: '100' });
    await remediate(event);
    const told = await alerts.receive();
    return told.map(({ detail }) => activitySchema.parse(detail));
  };

  /** A message as Lambda hands it over. */
  const messageIn = (queue: string, message: object | undefined) => ({
    Records: [
      {
        eventSource: 'aws:sqs',
        eventSourceARN: `arn:aws:sqs:${region}:${motoAccount}:${queue}`,
        body: JSON.stringify(message),
      },
    ],
  });

  /** Opens the link that an e-mail would have, and sends its form, to the packaged function. */
  const approveByLink = async (asked: Activity | undefined): Promise<void> => {
    const Name = '/trailwire/approval-link';
    const Value = 'a secret of forty characters or so, please';
    const ssm = new SSMClient();
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
    ssm.destroy();
    const sign = createLinkSigner('https://approve.example/', async () => Value);
    const { search } = new URL(await sign(alertOfActivity(asked as Activity).approval as ApprovalAsked));
    const approve = await stack.load('approve', { TRAILWIRE_APPROVAL_LINK_PARAMETER: Name });
    const request = (method: string, more: object) =>
      approve({
        requestContext: { http: { method, sourceIp: '198.51.100.7' } },
        headers: {},
        isBase64Encoded: false,
        ...more,
      });
    const query = search.slice(1);
    const shown = await request('GET', { rawQueryString: query });
    expect(shown).toMatchObject({ statusCode: 200, body: expect.stringContaining('iam:UpdateAccessKey') });
    const form = { body: `${query}&decision=approved` };
    expect(await request('POST', form)).toMatchObject({ statusCode: 200 });
    expect(await request('POST', form)).toMatchObject({ statusCode: 409 });
  };

  it('deploys', () => {
    expect(cloudTrail.rules.length).toBeGreaterThan(0);
    expect(alerts.rules).toHaveLength(1);
    expect(responses.rules).toHaveLength(1);
  });

  it('takes an event through the subscriptions to detect, and the finding to both subscriptions of the bus', async () => {
    const { record } = await stopTrail('mallory-detected');
    // Several subscriptions may pass it; what it means is told once.
    expect((await detect(record)).length).toBeGreaterThanOrEqual(1);
    const told = await alerts.receive();
    const rules = told.map(({ detail }) => findingSchema.parse(detail).finding_info.analytic.uid);
    expect(rules.filter((rule) => rule === 'cloudtrail-trail-stopped')).toHaveLength(1);
    for (const { detail } of told) expect(validateFinding(detail)).toEqual([]);
    const asked = await responses.receive();
    expect(asked.map(({ 'detail-type': type }) => type)).toContain('Detection Finding');
  });

  it('delivers nothing to detect that no rule could match, and nothing that only claims to be from AWS', async () => {
    const quiet = exampleRecord({
      eventID: 'quiet',
      eventSource: 'autoscaling.amazonaws.com',
      eventName: 'DescribeAutoScalingGroups',
      userIdentity: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
      sourceIPAddress: 'autoscaling.amazonaws.com',
      userAgent: 'autoscaling.amazonaws.com',
      requestParameters: null,
      responseElements: null,
    });
    const { record: forged } = await stopTrail('mallory-forged');
    const Entries = [
      { Source: 'aws.autoscaling', DetailType: 'AWS API Call via CloudTrail', Detail: JSON.stringify(quiet) },
      { Source: 'my.app', DetailType: 'AWS API Call via CloudTrail', Detail: JSON.stringify(forged) },
    ];
    await stack.events.send(new PutEventsCommand({ Entries }));
    expect(await cloudTrail.receive()).toEqual([]);
  });

  it('alerts the subscribers of the topic: a program over HTTP, a queue, and only whom the filter lets', async () => {
    const sns = new SNSClient();
    const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
    const TopicArn =
      Topics.map((topic) => String(topic.TopicArn)).find((arn) => arn.endsWith(':trailwire-alerts')) ?? '';
    const http = await startLocalServer(() => ({ status: 200, body: 'ok' }));
    const queue = await createQueue('on-call');
    const lowOnly = await createQueue('low-only');
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: http.url }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }));
    const FilterPolicy = JSON.stringify({ severity: ['low'] });
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: lowOnly.arn, Attributes: { FilterPolicy } }),
    );

    const { record } = await stopTrail('mallory-alerted');
    await detect(record);
    const event = (await alerts.receive()).find(
      ({ detail }) => findingSchema.parse(detail).finding_info.analytic.uid === 'cloudtrail-trail-stopped',
    );
    const notify = await stack.load('notify', { TRAILWIRE_DESTINATION: 'sns', TRAILWIRE_TOPIC_ARN: TopicArn });
    expect(await notify(event)).toEqual({ outcome: 'sent' });
    expect(await notify(event)).toEqual({ outcome: 'sent' });
    await responses.receive();

    const [message, ...repeats] = await queue.receive();
    expect(repeats).toEqual([]);
    expect(message).toMatchObject({
      Subject: `[critical] CloudTrail trail stopped in ${motoAccount}`,
      MessageAttributes: {
        severity: { Value: 'critical' },
        rule: { Value: 'cloudtrail-trail-stopped' },
        account: { Value: motoAccount },
      },
    });
    const alert = JSON.parse(String(message?.Message)) as Alert;
    expect(alert.title).toBe('CloudTrail trail stopped');
    expect(alert.facts.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['Who', 'What', 'When', 'From', 'Where']),
    );
    expect(http.received.map(({ body }) => JSON.parse(body).Subject)).toEqual([message?.Subject]);
    expect(await lowOnly.receive()).toEqual([]);
    sns.destroy();
    await http.stop();
  });

  it.each(['off', 'plan'])('changes nothing in mode %s', async (mode) => {
    const user = `mallory-${mode}`;
    const { record } = await stopTrail(user);
    const activities = await respondIn(mode, await findingOf(record));
    const [key] = activities.filter(({ unmapped }) => unmapped.trailwire.remediation === 'deactivate-access-key');
    expect(key?.unmapped.trailwire.outcome).toBe(mode === 'plan' ? 'planned' : 'refused');
    for (const activity of activities) expect(validateActivity(activity)).toEqual([]);
    expect(await statusOf(user)).toBe('Active');
  });

  it('turns the key Inactive once a person approves, looks at it again, and makes it Active again on undo', async () => {
    const user = 'mallory-executed';
    const { record, accessKeyId } = await stopTrail(user);
    const finding = await findingOf(record);
    const asked = (await respondIn('execute', finding)).find(
      ({ unmapped }) => unmapped.trailwire.remediation === 'deactivate-access-key',
    );
    expect(asked?.unmapped.trailwire.outcome).toBe('waiting');
    expect(validateActivity(asked)).toEqual([]);
    expect(await statusOf(user)).toBe('Active');

    await approveByLink(asked);
    const [decision] = await (await openQueue('trailwire-decisions')).receive();
    const approval = messageIn('trailwire-decisions', decision);
    const [key] = await respondIn('execute', approval);
    expect(validateActivity(key)).toEqual([]);
    expect(key?.unmapped.trailwire).toMatchObject({
      outcome: 'applied',
      steps: [
        { action: 'iam:UpdateAccessKey', outcome: 'done' },
        { action: 'iam:ListAccessKeys', outcome: 'holds' },
      ],
      target: { name: accessKeyId },
    });
    expect(await statusOf(user)).toBe('Inactive');

    expect(await countDelayed('trailwire-checks')).toBeGreaterThan(0);

    await iam.send(new UpdateAccessKeyCommand({ UserName: user, AccessKeyId: accessKeyId, Status: 'Active' }));
    const look = messageIn('trailwire-checks', { check: key?.command_uid, round: 0 });
    const [reapplied] = await respondIn('execute', look);
    expect(reapplied?.unmapped.trailwire.outcome).toBe('re-applied');
    expect(validateActivity(reapplied)).toEqual([]);
    expect(await statusOf(user)).toBe('Inactive');

    const again = await respondIn('execute', finding);
    expect(again.map(({ metadata }) => metadata.uid)).toContain(asked?.metadata.uid);
    expect(await respondIn('execute', approval)).toMatchObject([{ metadata: { uid: key?.metadata.uid } }]);

    const [undone] = await takeBack(key?.command_uid);
    expect(undone?.unmapped.trailwire.outcome).toBe('undone');
    expect(validateActivity(undone)).toEqual([]);
    expect(await statusOf(user)).toBe('Active');
  }, 120_000);

  // The clients in the package are not those of the tests: much of the SDK that is never called is left out of them.
  it.each(['remove-public-statements', 'revoke-security-group-rules', 'unshare-db-snapshot', 'keep-kms-key'] as const)(
    'does %s with the packaged client of its service',
    async (name) => {
      const record = await resourceCases[name][0].arrange('packaged');
      const finding = exampleFinding(
        { respond: { remediate: [{ run: name, mode: 'auto' }] } },
        { ...record, eventID: name, eventTime: new Date().toISOString() },
      );
      const [applied] = await respondIn('execute', {
        source: 'trailwire',
        'detail-type': 'Detection Finding',
        detail: JSON.parse(JSON.stringify(finding)),
      });
      expect(applied).toMatchObject({ message: expect.stringContaining('the account confirms it') });
      const [undone] = await takeBack(applied?.command_uid);
      expect(undone?.unmapped.trailwire.outcome).toBe('undone');
    },
  );
});
