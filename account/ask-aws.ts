import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Ask, DoctorRead } from '../engine/doctor/ask.ts';
import type { ClientSettings } from './execute/service.ts';

type Sdk = { readonly send: (command: never) => Promise<unknown>; readonly destroy: () => void };
type Read = {
  readonly client: new (options: ClientSettings & { maxAttempts: number }) => Sdk;
  readonly command: new (parameters: never) => object;
};

/** The whole of what is asked for, and none of it changes anything. */
const reads = {
  'cloudtrail:DescribeTrails': { client: CloudTrailClient, command: DescribeTrailsCommand },
  'cloudtrail:GetEventSelectors': { client: CloudTrailClient, command: GetEventSelectorsCommand },
  'cloudtrail:GetTrailStatus': { client: CloudTrailClient, command: GetTrailStatusCommand },
  'cloudwatch:DescribeAlarms': { client: CloudWatchClient, command: DescribeAlarmsCommand },
  'cloudwatch:GetMetricData': { client: CloudWatchClient, command: GetMetricDataCommand },
  'events:ListEventBuses': { client: EventBridgeClient, command: ListEventBusesCommand },
  'events:ListRules': { client: EventBridgeClient, command: ListRulesCommand },
  'events:ListTargetsByRule': { client: EventBridgeClient, command: ListTargetsByRuleCommand },
  'lambda:GetFunctionConcurrency': { client: LambdaClient, command: GetFunctionConcurrencyCommand },
  'lambda:GetFunctionConfiguration': { client: LambdaClient, command: GetFunctionConfigurationCommand },
  'sns:ListSubscriptionsByTopic': { client: SNSClient, command: ListSubscriptionsByTopicCommand },
  'sqs:GetQueueAttributes': { client: SQSClient, command: GetQueueAttributesCommand },
  'sqs:ListQueues': { client: SQSClient, command: ListQueuesCommand },
} as const satisfies Record<DoctorRead, Read>;

/** Many calls are made at once, and control planes throttle early: the SDK waits and tries again. */
const maxAttempts = 6;

/** Asks with the endpoint of the environment, and its credentials unless others are given; one client for each service and region. */
export const createAsk = (settings?: Pick<ClientSettings, 'credentials'>): Ask => openAsk(settings).ask;

/** As `createAsk`, and closes its connections when told to. */
export const openAsk = (
  settings: Pick<ClientSettings, 'credentials'> = {},
): { readonly ask: Ask; readonly close: () => void } => {
  const clients = new Map<string, Sdk>();
  const ask: Ask = (read, region, parameters) => {
    const { client: Client, command: Command }: Read = reads[read];
    const key = `${read.slice(0, read.indexOf(':'))} ${region}`;
    const client = clients.get(key) ?? new Client({ ...settings, region, maxAttempts });
    clients.set(key, client);
    return client.send(new Command(parameters as never) as never);
  };
  const close = (): void => {
    for (const client of clients.values()) client.destroy();
  };
  return { ask, close };
};
