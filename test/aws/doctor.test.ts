import {
  CloudTrailClient,
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { DeleteFunctionCommand, LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand, SNSClient, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAsk } from '../../account/ask-aws.ts';
import { doctor } from '../../cli/doctor.ts';
import type { Ask } from '../../engine/doctor/ask.ts';
import type { CheckName } from '../../engine/doctor/check-names.ts';
import { diagnose } from '../../engine/doctor/diagnose.ts';
import { takeSnapshot } from '../../engine/doctor/look.ts';
import { parts } from '../../engine/doctor/parts.ts';
import { createTerminal } from '../cli/terminal.ts';
import { expected } from '../engine/doctor/healthy.ts';
import { hasMoto, motoAccount, region, startMoto } from './moto.ts';
import {
  arrangeSoundAccount,
  countCalls,
  detectArn,
  otherRegion,
  putAlarm,
  putSubscription,
  topicArn,
  trailName,
  wholeSelectors,
} from './sound-account.ts';

const [{ key, pattern } = { key: '', pattern: {} }] = expected.subscriptions;
const detecting = `trailwire-detect-${key}`;
const forwarding = `trailwire-forward-${key}`;
const queueUrl = (name: string): string => `${process.env.AWS_ENDPOINT_URL}/${motoAccount}/${name}`;

type Fault = {
  readonly fault: string;
  readonly breaks: (account: ReturnType<typeof clients>) => Promise<unknown>;
  /** All that doctor then says: the check, what it is about, and where. */
  readonly says: readonly (readonly [check: CheckName, subject: string, ...regions: readonly string[]])[];
};

const clients = () => ({
  alarms: new CloudWatchClient({ region }),
  elsewhere: new EventBridgeClient({ region: otherRegion }),
  events: new EventBridgeClient({ region }),
  lambda: new LambdaClient({ region }),
  sns: new SNSClient({ region }),
  sqs: new SQSClient({ region }),
  trails: new CloudTrailClient({ region }),
});

const faults: readonly Fault[] = [
  {
    fault: 'no trail',
    breaks: ({ trails }) => trails.send(new DeleteTrailCommand({ Name: trailName })),
    says: [
      ['trail-missing', 'trail', region],
      ['trail-missing', 'trail', otherRegion],
    ],
  },
  {
    fault: 'a trail that was stopped',
    breaks: ({ trails }) => trails.send(new StopLoggingCommand({ Name: trailName })),
    says: [['trail-stopped', trailName, region, otherRegion]],
  },
  {
    fault: 'a trail that records writes alone',
    breaks: ({ trails }) => {
      const EventSelectors = wholeSelectors.map((all) => ({ ...all, ReadWriteType: 'WriteOnly' as const }));
      return trails.send(new PutEventSelectorsCommand({ TrailName: trailName, EventSelectors }));
    },
    says: [['trail-narrowed', 'read-only events', region, otherRegion]],
  },
  {
    fault: 'a trail that leaves out KMS',
    breaks: ({ trails }) => {
      const EventSelectors = wholeSelectors.map((all) => ({
        ...all,
        ExcludeManagementEventSources: ['kms.amazonaws.com'],
      }));
      return trails.send(new PutEventSelectorsCommand({ TrailName: trailName, EventSelectors }));
    },
    says: [['trail-narrowed', 'kms.amazonaws.com', region, otherRegion]],
  },
  {
    fault: 'a trail with advanced selectors that choose by name, and no data events',
    breaks: ({ trails }) => {
      const AdvancedEventSelectors = [
        {
          FieldSelectors: [
            { Field: 'eventCategory', Equals: ['Management'] },
            { Field: 'eventName', NotEquals: ['CreateUser'] },
          ],
        },
      ];
      return trails.send(new PutEventSelectorsCommand({ TrailName: trailName, AdvancedEventSelectors }));
    },
    says: [['trail-narrowed', 'management events', region, otherRegion]],
  },
  {
    fault: 'no data events',
    breaks: ({ trails }) => {
      const EventSelectors = wholeSelectors.map((all) => ({ ...all, DataResources: [] }));
      return trails.send(new PutEventSelectorsCommand({ TrailName: trailName, EventSelectors }));
    },
    says: [['data-events-not-recorded', 'AWS::S3::Object', region, otherRegion]],
  },
  {
    fault: 'a subscription that was deleted',
    breaks: async ({ events }) => {
      await events.send(new RemoveTargetsCommand({ Rule: detecting, Ids: ['target'] }));
      await events.send(new DeleteRuleCommand({ Name: detecting }));
    },
    says: [['subscription-missing', detecting, region]],
  },
  {
    fault: 'a subscription that was disabled',
    breaks: ({ elsewhere }) => elsewhere.send(new DisableRuleCommand({ Name: forwarding })),
    says: [['subscription-disabled', forwarding, otherRegion]],
  },
  {
    fault: 'a subscription that was enabled again, in the state without reads',
    breaks: async ({ events }) => {
      await events.send(new DisableRuleCommand({ Name: detecting }));
      await events.send(new EnableRuleCommand({ Name: detecting }));
    },
    says: [['subscription-without-reads', detecting, region]],
  },
  {
    fault: 'a subscription that was rewritten',
    breaks: ({ events }) =>
      events.send(
        new PutRuleCommand({
          Name: detecting,
          EventPattern: JSON.stringify({ source: ['aws.ec2'] }),
          State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
        }),
      ),
    says: [['subscription-altered', detecting, region]],
  },
  {
    fault: 'a subscription without target',
    breaks: ({ events }) => events.send(new RemoveTargetsCommand({ Rule: detecting, Ids: ['target'] })),
    says: [['subscription-untargeted', detecting, region]],
  },
  {
    fault: 'a target without dead-letter queue',
    breaks: ({ events }) =>
      events.send(new PutTargetsCommand({ Rule: detecting, Targets: [{ Id: 'target', Arn: detectArn }] })),
    says: [['subscription-without-dead-letters', detecting, region]],
  },
  {
    fault: 'a region that forwards nothing any more',
    breaks: async ({ elsewhere }) => {
      await elsewhere.send(new RemoveTargetsCommand({ Rule: forwarding, Ids: ['target'] }));
      await elsewhere.send(new DeleteRuleCommand({ Name: forwarding }));
    },
    says: [['region-not-watched', otherRegion, otherRegion]],
  },
  {
    fault: 'no bus of findings',
    breaks: ({ events }) => events.send(new DeleteEventBusCommand({ Name: parts.findingBus })),
    says: [['bus-missing', parts.findingBus, region]],
  },
  {
    fault: 'a bus of findings that takes what anybody puts',
    breaks: async ({ events }) => {
      await events.send(new DeleteEventBusCommand({ Name: parts.findingBus }));
      await events.send(new CreateEventBusCommand({ Name: parts.findingBus }));
    },
    says: [['bus-open', parts.findingBus, region]],
  },
  {
    fault:
      'a bus of collected events that lets in strangers, without subscriptions of its own, from which a rule sends on',
    breaks: async ({ events }) => {
      await events.send(new CreateEventBusCommand({ Name: parts.collectingBus }));
      const allow = { Effect: 'Allow', Principal: '*', Action: 'events:PutEvents', Resource: '*', Sid: 'All' };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allow] });
      await events.send(new PutPermissionCommand({ EventBusName: parts.collectingBus, Policy }));
      const target = `arn:aws:events:eu-west-1:${motoAccount}:event-bus/default`;
      await putSubscription(events, { bus: parts.collectingBus, name: 'onward', pattern, target });
    },
    says: [
      ['subscription-missing', `${parts.collectingBus}/${detecting}`, region],
      ['bus-open', parts.collectingBus, region],
      ['forwarded-twice', `${parts.collectingBus}/onward`, region],
    ],
  },
  {
    fault: 'a function that was deleted',
    breaks: ({ lambda }) => lambda.send(new DeleteFunctionCommand({ FunctionName: 'trailwire-detect' })),
    says: [['function-missing', 'trailwire-detect', region]],
  },
  {
    fault: 'a function that may not run',
    breaks: ({ lambda }) =>
      lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: 'trailwire-detect', ReservedConcurrentExecutions: 0 }),
      ),
    says: [['function-stopped', 'trailwire-detect', region]],
  },
  {
    fault: 'dead letters',
    breaks: ({ sqs }) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('trailwire-failed'), MessageBody: '{}' })),
    says: [['dead-letters', 'trailwire-failed', region]],
  },
  {
    fault: 'a queue that was deleted',
    breaks: ({ sqs }) => sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl('trailwire-undelivered') })),
    says: [['queue-missing', 'trailwire-undelivered', region]],
  },
  {
    fault: 'messages that nobody works on',
    breaks: ({ alarms }) =>
      countCalls(alarms, 7_200, {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessage',
        Name: 'QueueName',
        Of: 'trailwire-checks',
      }),
    says: [['messages-waiting', 'trailwire-checks', region]],
  },
  {
    fault: 'an alarm that was deleted',
    breaks: ({ alarms }) => alarms.send(new DeleteAlarmsCommand({ AlarmNames: ['trailwire-silence'] })),
    says: [['alarm-missing', 'trailwire-silence', region]],
  },
  {
    fault: 'an alarm that tells nobody',
    breaks: ({ alarms }) => putAlarm(alarms, 'trailwire-failed', { ActionsEnabled: false }),
    says: [['alarm-mute', 'trailwire-failed', region]],
  },
  {
    fault: 'a topic without subscribers',
    breaks: async ({ sns }) => {
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
      for (const { SubscriptionArn } of Subscriptions) await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    },
    says: [['nobody-told', parts.topic, region]],
  },
  {
    fault: 'a function that fails and is throttled',
    breaks: async ({ alarms }) => {
      for (const MetricName of ['Errors', 'Throttles']) await countCalls(alarms, 2, { MetricName });
    },
    says: [
      ['function-failing', 'trailwire-detect', region],
      ['function-throttled', 'trailwire-detect', region],
    ],
  },
];

describe.runIf(hasMoto)('doctor, on an account in moto', { timeout: 60_000 }, () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    moto = await startMoto({ managedPolicies: false });
  }, 60_000);
  afterAll(() => moto?.stop());
  beforeEach(async () => {
    await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
    await arrangeSoundAccount(expected);
  }, 60_000);

  const regions = [region, otherRegion];
  const complaintsOf = async (ask: Ask = createAsk(), silenceHours = 24) => {
    const look = { account: motoAccount, regions, silenceHours, at: Date.now() + 1_000 };
    const seen = await takeSnapshot(ask, look);
    return diagnose({ ...seen, enabledRegions: { seen: regions } }, expected);
  };

  it('has nothing to say where nothing is wrong', async () => {
    expect(await complaintsOf()).toEqual([]);
  });

  it.each(faults)('names $fault, and nothing else', async ({ breaks, says }) => {
    await breaks(clients());
    const complaints = await complaintsOf();
    expect(complaints.map(({ check, subject, regions: places }) => [check, subject, ...places])).toEqual(says);
    for (const { says: text, lost, mend } of complaints) {
      expect([text, lost].every((sentence) => sentence.endsWith('.'))).toBe(true);
      expect(mend.length).toBeGreaterThan(0);
    }
  });

  it('takes no event within the hours given for silence', async () => {
    const { account, ...look } = { account: motoAccount, regions, silenceHours: 1, at: Date.now() + 7_200_000 };
    const seen = await takeSnapshot(createAsk(), { account, ...look });
    expect(diagnose({ ...seen, enabledRegions: { seen: regions } }, expected).map(({ check }) => check)).toEqual([
      'events-silent',
    ]);
  });

  it('says what it may not look at', async () => {
    const ask = createAsk();
    const denied: Ask = async (read, ...rest) => {
      if (read.startsWith('cloudtrail:'))
        throw Object.assign(new Error('not for you'), { name: 'AccessDeniedException' });
      return ask(read, ...rest);
    };
    expect((await complaintsOf(denied)).map(({ check, subject }) => [check, subject])).toEqual([
      ['could-not-look', 'trails'],
    ]);
  });

  it('is a command that prints each fault with what is lost and how to mend it, and fails', async () => {
    const { trails } = clients();
    await trails.send(new StopLoggingCommand({ Name: trailName }));
    const { io, out, err } = createTerminal();
    const options = { rules: 'rules', region: regions, silenceHours: 24, format: 'text' } as const;
    expect(await doctor(options, io)).toBe(1);
    const text = out.join('\n');
    expect(text).toContain('CRITICAL  The trail management-events is not logging.  (us-east-1, eu-west-1)');
    expect(text).toContain('> aws cloudtrail start-logging --name');
    // The account subscribes to what five rules need, and not to what those that come with Trailwire do.
    expect(text).toMatch(/subscription-missing/);
    expect(text).toMatch(/\d+ rules lacking events: /);
    expect(err.at(-1)).toMatch(/^\d+ complaints: \d+ critical/);

    const json = createTerminal();
    await doctor({ ...options, format: 'json' }, json.io);
    expect(JSON.parse(json.out.join('\n'))).toMatchObject({
      account: motoAccount,
      complaints: expect.arrayContaining([expect.objectContaining({ check: 'trail-stopped' })]),
    });
  });
});
