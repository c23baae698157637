import {
  CloudTrailClient,
  CreateTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import type { Expected } from '../../engine/doctor/expected.ts';
import { parts } from '../../engine/doctor/parts.ts';
import { motoAccount as account, region } from './moto.ts';

export const otherRegion = 'eu-west-1';
export const trailName = 'management-events';

/** Only Trailwire's roles put events on the bus of findings. */
export const findingBusPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'OnlyTrailwirePutsEvents',
      Effect: 'Deny',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: `arn:aws:events:${region}:${account}:event-bus/${parts.findingBus}`,
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': [`arn:aws:iam::${account}:role/trailwire-detect-${region}`] } },
    },
  ],
};

export const wholeSelectors = [
  {
    ReadWriteType: 'All' as const,
    IncludeManagementEvents: true,
    DataResources: [
      { Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] },
      { Type: 'AWS::Lambda::Function', Values: ['arn:aws:lambda'] },
      { Type: 'AWS::DynamoDB::Table', Values: ['arn:aws:dynamodb'] },
    ],
  },
];

/** A subscription as the stack and the template for members deploy them. */
export const putSubscription = async (
  events: EventBridgeClient,
  {
    bus = 'default',
    name,
    pattern,
    target,
  }: { readonly bus?: string; readonly name: string; readonly pattern: object; readonly target: string },
): Promise<void> => {
  const place = { EventBusName: bus };
  const State = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  await events.send(new PutRuleCommand({ ...place, Name: name, EventPattern: JSON.stringify(pattern), State }));
  const DeadLetterConfig = { Arn: `arn:aws:sqs:${await events.config.region()}:${account}:trailwire-undelivered` };
  const Targets = [{ Id: 'target', Arn: target, DeadLetterConfig }];
  await events.send(new PutTargetsCommand({ ...place, Rule: name, Targets }));
};

export const topicArn = `arn:aws:sns:${region}:${account}:${parts.topic}`;
export const detectArn = `arn:aws:lambda:${region}:${account}:function:trailwire-detect`;

/**
 * Arranges an account in which nothing is wrong: Trailwire detects in us-east-1, and eu-west-1 forwards. moto deploys no alarms,
 * queue policies or subscribers from a template, so that all is made by calls.
 */
export const arrangeSoundAccount = async ({ subscriptions }: Expected): Promise<void> => {
  const here = { region };
  const s3 = new S3Client({ ...here, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'trail-bucket' }));
  const cloudTrail = new CloudTrailClient(here);
  await cloudTrail.send(
    new CreateTrailCommand({ Name: trailName, S3BucketName: 'trail-bucket', IsMultiRegionTrail: true }),
  );
  await cloudTrail.send(new PutEventSelectorsCommand({ TrailName: trailName, EventSelectors: wholeSelectors }));
  await cloudTrail.send(new StartLoggingCommand({ Name: trailName }));

  const events = new EventBridgeClient(here);
  const elsewhere = new EventBridgeClient({ region: otherRegion });
  await events.send(new CreateEventBusCommand({ Name: parts.findingBus }));
  await events.send(
    new PutPermissionCommand({ EventBusName: parts.findingBus, Policy: JSON.stringify(findingBusPolicy) }),
  );
  const collectingBus = `arn:aws:events:${region}:${account}:event-bus/${parts.collectingBus}`;
  for (const { key, pattern } of subscriptions) {
    await putSubscription(events, { name: `trailwire-detect-${key}`, pattern, target: detectArn });
    await putSubscription(elsewhere, { name: `trailwire-forward-${key}`, pattern, target: collectingBus });
  }

  const sqs = new SQSClient(here);
  for (const QueueName of [...parts.deadLetters, ...parts.worked])
    await sqs.send(new CreateQueueCommand({ QueueName }));
  await new SQSClient({ region: otherRegion }).send(
    new CreateQueueCommand({ QueueName: 'trailwire-forward-undelivered' }),
  );

  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const { Role } = await new IAMClient(here).send(
    new CreateRoleCommand({ RoleName: 'trailwire-any', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const lambda = new LambdaClient(here);
  const ZipFile = zipSync({ 'index.mjs': new TextEncoder().encode('export const handler = async () => {};') });
  for (const FunctionName of parts.functions) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: Role?.Arn,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile },
      }),
    );
  }

  const sns = new SNSClient(here);
  await sns.send(new CreateTopicCommand({ Name: parts.topic }));
  // moto takes a queue for confirmed at once.
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${region}:${account}:trailwire-checks`,
    }),
  );

  const cloudWatch = new CloudWatchClient(here);
  await Promise.all(parts.alarms.map((name) => putAlarm(cloudWatch, name)));
  await countCalls(cloudWatch, 3);
};

export const putAlarm = async (
  cloudWatch: CloudWatchClient,
  AlarmName: string,
  change: { readonly ActionsEnabled?: boolean } = {},
): Promise<void> => {
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [topicArn],
      ...change,
    }),
  );
};

type Metric = { readonly Namespace: string; readonly MetricName: string; readonly Name: string; readonly Of: string };

/** What Lambda and SQS count by themselves on AWS. */
export const countCalls = async (
  cloudWatch: CloudWatchClient,
  Value: number,
  change: Partial<Metric> = {},
): Promise<void> => {
  const usual = { Namespace: 'AWS/Lambda', MetricName: 'Invocations', Name: 'FunctionName', Of: 'trailwire-detect' };
  const { Namespace, MetricName, Name, Of } = { ...usual, ...change };
  const MetricData = [{ MetricName, Value, Timestamp: new Date(), Dimensions: [{ Name, Value: Of }] }];
  await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
};
