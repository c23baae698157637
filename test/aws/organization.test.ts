import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudTrailClient,
  CreateTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAsk } from '../../account/ask-aws.ts';
import { createAssumeRole } from '../../account/assume-role.ts';
import { createEnterSite } from '../../account/enter-site.ts';
import type { Credentials } from '../../account/execute/service.ts';
import { diagnose } from '../../engine/doctor/diagnose.ts';
import { examineMembers } from '../../engine/doctor/examine-members.ts';
import { takeSnapshot } from '../../engine/doctor/look.ts';
import type { Finding } from '../../engine/ocsf.ts';
import { exampleRecord } from '../example-records.ts';
import { hasMoto, motoAccount, region } from './moto.ts';
import { createQueue } from './queue.ts';
import { wholeSelectors } from './sound-account.ts';
import { startStack } from './stack.ts';

const organization = { organizationId: 'o-exampleorg1' };
const member = '444455556666';
const memberRegion = 'eu-west-1';
const externalId = 'trailwire-look-o-exampleorg1';
const centralBus = `arn:aws:events:${region}:${motoAccount}:event-bus/trailwire-events`;

/** CloudFormation over its query protocol: a client package for one call would be one more dependency. */
const createStack = async (place: string, template: string, accessKeyId = 'testing'): Promise<void> => {
  const response = await fetch(String(process.env.AWS_ENDPOINT_URL), {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${place}/cloudformation/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({
      Action: 'CreateStack',
      Version: '2010-05-15',
      StackName: 'trailwire-member',
      TemplateBody: template,
      'Parameters.member.1.ParameterKey': 'CentralBusArn',
      'Parameters.member.1.ParameterValue': centralBus,
      'Parameters.member.2.ParameterKey': 'ExternalId',
      'Parameters.member.2.ParameterValue': externalId,
    }),
  });
  if (!response.ok) throw new Error(`CreateStack: ${response.status} ${await response.text()}`);
};

describe.runIf(hasMoto)('Trailwire for an organization', () => {
  let stack: Awaited<ReturnType<typeof startStack>>;
  let owner: Credentials;
  let alerts: Awaited<ReturnType<typeof stack.tap>>;
  beforeAll(async () => {
    stack = await startStack(organization);
    alerts = await stack.tap('trailwire', 'trailwire-notify-sns');
    await stack.tap('trailwire', 'trailwire-remediate');
    const template = readFileSync(join(stack.build, 'member.json'), 'utf8');
    await createStack(memberRegion, template);
    owner = await createAssumeRole()({ RoleArn: `arn:aws:iam::${member}:role/owner`, RoleSessionName: 'test' });
    for (const place of [region, memberRegion]) await createStack(place, template, owner.accessKeyId);
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

  describe('looks into a member account', () => {
    const inMember = () => ({ region: memberRegion, credentials: async () => owner });
    const sites = [region, memberRegion].map((place) => ({ account: member, region: place }));

    it('whose role lets in the watch of the central stack alone', async () => {
      const { Role } = await new IAMClient(inMember()).send(
        new GetRoleCommand({ RoleName: `trailwire-look-${memberRegion}` }),
      );
      expect(JSON.parse(decodeURIComponent(String(Role?.AssumeRolePolicyDocument))).Statement).toEqual([
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${motoAccount}:root` },
          Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
          Condition: {
            ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${motoAccount}:role/trailwire-watch-${region}` },
            StringEquals: { 'sts:ExternalId': externalId, 'sts:SourceIdentity': 'trailwire-watch' },
            StringLike: { 'sts:RoleSessionName': 'trailwire-*' },
          },
        },
      ]);
    });

    it('and has nothing to say but of what is wrong there', async () => {
      const nameIn = (place: string): string => `trailwire-look-${place}`;
      const enter = createEnterSite({ nameIn, ExternalId: externalId, SourceIdentity: 'trailwire-watch' });
      const look = () => examineMembers(enter, sites, expected(), Date.now());
      expect((await look()).map(({ check }) => check)).toEqual(['trail-missing', 'trail-missing']);

      await new S3Client({ ...inMember(), forcePathStyle: true }).send(
        new CreateBucketCommand({ Bucket: 'of-member' }),
      );
      const trails = new CloudTrailClient(inMember());
      const Name = 'all';
      await trails.send(new CreateTrailCommand({ Name, S3BucketName: 'of-member', IsMultiRegionTrail: true }));
      await trails.send(new PutEventSelectorsCommand({ TrailName: Name, EventSelectors: wholeSelectors }));
      await trails.send(new StartLoggingCommand({ Name }));
      const checks = async () =>
        (await look()).map(({ check }) => check).filter((check) => check !== 'data-events-not-recorded');
      expect(await checks()).toEqual([]);

      const events = new EventBridgeClient(inMember());
      const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: 'trailwire-forward-' }));
      await events.send(
        new DisableRuleCommand({ Name: Rules.find((rule) => rule.Name !== 'trailwire-forward-alarms')?.Name }),
      );
      expect(await checks()).toEqual(['subscription-disabled']);
    }, 60_000);

    it('every hour, and says whose file of parameters it is that names others', async () => {
      const membersOf = (organizationId: string): string => {
        const file = join(stack.build, `${organizationId}.json`);
        writeFileSync(file, JSON.stringify({ organizationId, externalId, sites }));
        return file;
      };
      const ofMember = async (): Promise<readonly Finding[]> => {
        const found: Finding[] = [];
        for (let some = await alerts.receive(); some.length > 0; some = await alerts.receive()) {
          found.push(...some.map(({ detail }) => detail as Finding));
        }
        return found.filter(({ cloud }) => cloud.account?.uid === member);
      };
      const environment = { TRAILWIRE_ORGANIZATION: 'o-exampleorg1', TRAILWIRE_HEARTBEAT_TOPIC_ARN: '' };

      const stranger = await stack.load('watch', { ...environment, TRAILWIRE_MEMBERS: membersOf('o-otherorg123') });
      await stranger({});
      expect((await ofMember()).map(({ message }) => message)).toEqual([
        `Account ${member}: Could not look at the account: ConfigError: infra/organization/parameters.json is of o-otherorg123, this stack of o-exampleorg1`,
      ]);

      const watch = await stack.load('watch', { ...environment, TRAILWIRE_MEMBERS: membersOf('o-exampleorg1') });
      await watch({});
      const told = await ofMember();
      expect(told.map(({ finding_info }) => finding_info.analytic.uid)).toContain('doctor-subscription-disabled');
      await watch({});
      expect(await ofMember()).toEqual([]);
    }, 180_000);
  });
});
