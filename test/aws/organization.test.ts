import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAsk } from '../../account/ask-aws.ts';
import { diagnose } from '../../engine/doctor/diagnose.ts';
import { takeSnapshot } from '../../engine/doctor/look.ts';
import type { Finding } from '../../engine/ocsf.ts';
import { exampleRecord } from '../example-records.ts';
import { hasMoto, motoAccount, region } from './moto.ts';
import { createQueue } from './queue.ts';
import { startStack } from './stack.ts';

const organization = { organizationId: 'o-exampleorg1' };
const member = '444455556666';
const memberRegion = 'eu-west-1';
const centralBus = `arn:aws:events:${region}:${motoAccount}:event-bus/trailwire-events`;

/** CloudFormation over its query protocol: a client package for one call would be one more dependency. */
const createStack = async (place: string, name: string, template: string): Promise<void> => {
  const response = await fetch(String(process.env.AWS_ENDPOINT_URL), {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/${place}/cloudformation/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({
      Action: 'CreateStack',
      Version: '2010-05-15',
      StackName: name,
      TemplateBody: template,
      'Parameters.member.1.ParameterKey': 'CentralBusArn',
      'Parameters.member.1.ParameterValue': centralBus,
    }),
  });
  if (!response.ok) throw new Error(`CreateStack: ${response.status} ${await response.text()}`);
};

describe.runIf(hasMoto)('Trailwire for an organization', () => {
  let stack: Awaited<ReturnType<typeof startStack>>;
  let alerts: Awaited<ReturnType<typeof stack.tap>>;
  beforeAll(async () => {
    stack = await startStack(organization);
    alerts = await stack.tap('trailwire', 'trailwire-notify-sns');
    await stack.tap('trailwire', 'trailwire-remediate');
    await createStack(memberRegion, 'trailwire-member', readFileSync(join(stack.build, 'member.json'), 'utf8'));
  }, 240_000);
  afterAll(() => stack?.stop());

  const expected = () => JSON.parse(readFileSync(join(stack.build, 'expected.json'), 'utf8'));
  const complaints = async (...regions: readonly string[]) => {
    const seen = await takeSnapshot(createAsk(), { account: motoAccount, regions, silenceHours: 24, at: Date.now() });
    return diagnose({ ...seen, enabledRegions: { seen: regions } }, expected());
  };

  it('deploys all that doctor looks for, but what moto leaves out of a template', async () => {
    const found = await complaints(region, memberRegion);
    // No trail was made, nobody subscribed, nothing happened yet; and moto makes no alarms and no policies of buses.
    const known = ['trail-missing', 'nobody-told', 'events-silent', 'alarm-missing', 'bus-open', 'bus-closed'];
    expect(found.filter(({ check }) => !known.includes(check))).toEqual([]);
    expect(found.map(({ check }) => check)).toEqual(expect.arrayContaining(known));
  }, 60_000);

  it('detects what members do, and refuses what a member says in the name of another', async () => {
    const collected = await stack.tap('trailwire-events', 'trailwire-detect-');
    const record = exampleRecord({
      eventID: 'stop-in-member',
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      awsRegion: memberRegion,
      requestParameters: { name: 'main' },
      responseElements: null,
      recipientAccountId: member,
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn: `arn:aws:iam::${member}:user/eve`,
        accountId: member,
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        userName: 'eve',
      },
    });
    await stack.events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: 'trailwire-events',
            Source: 'aws.cloudtrail',
            DetailType: 'AWS API Call via CloudTrail',
            Detail: JSON.stringify(record),
          },
        ],
      }),
    );
    const [event] = await collected.receive();
    expect(event).toBeDefined();
    const detect = await stack.load('detect', { TRAILWIRE_ORGANIZATION: 'o-exampleorg1' });
    // AWS writes the account of the sender, which moto leaves out.
    await expect(detect({ ...event, account: motoAccount })).rejects.toMatchObject({
      name: 'EventError',
      code: 'EVENT_FORGED',
    });
    const forwarded = { ...event, account: member, region: memberRegion };
    expect(await detect(forwarded)).toMatchObject({ records: 1 });
    const found = (await alerts.receive()).map(({ detail }) => detail as Finding);
    expect(found.length).toBeGreaterThan(0);
    for (const { cloud } of found) expect(cloud).toMatchObject({ account: { uid: member }, region: memberRegion });
  }, 60_000);

  it('looks by itself, tells what is wrong once, and beats', async () => {
    await alerts.receive();
    const heartbeats = await createQueue('heartbeats');
    const sns = new SNSClient();
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'heartbeats' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: heartbeats.arn }));
    const watch = await stack.load('watch', {
      TRAILWIRE_ORGANIZATION: '',
      TRAILWIRE_READS_LOGS: 'yes',
      TRAILWIRE_HEARTBEAT_TOPIC_ARN: String(TopicArn),
    });
    const first = (await watch({})) as { complaints: number; told: number };
    expect(first.told).toBe(first.complaints);
    expect(first.told).toBeGreaterThan(2);
    const told = (await alerts.receive()).map(({ detail }) => (detail as Finding).finding_info.analytic.uid);
    expect(told.length).toBeGreaterThan(0);
    for (const rule of told) expect(rule).toMatch(/^doctor-/);
    expect(await watch({})).toEqual({ complaints: first.complaints, told: 0 });
    const beats = await heartbeats.receive();
    expect(beats).toHaveLength(2);
    expect(JSON.stringify(beats)).toContain('logs had 0 findings that EventBridge had not brought');
  }, 180_000);
});
