import { forwardDeadLetters, forwardPrefix, lookRolePrefix } from '../../engine/doctor/parts.ts';
import type { EventPattern } from '../../engine/pattern.ts';
import { subscriptionKeyOf } from '../../engine/subscription-key.ts';
import { renderEventRule } from '../event-rule.ts';

const sub = (text: string) => ({ 'Fn::Sub': text });
const here = `\${AWS::Region}:\${AWS::AccountId}`;
const queueArn = { 'Fn::GetAtt': ['UndeliveredQueue', 'Arn'] };
const rulesOfForwarding = sub(`arn:\${AWS::Partition}:events:${here}:rule/${forwardPrefix}*`);

/** Nothing is made in the region of the central stack, which takes the events of its own account from the default bus. */
const unlessCentral = { Condition: 'Forwards' } as const;

/**
 * The template for each account and region of an organization but that of the central stack: it forwards what the rules ask
 * for straight to the bus there, since EventBridge forwards an event once and no further.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export const renderMember = (patterns: readonly EventPattern[]) => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Trailwire: forwards CloudTrail events of this account and region to the central stack',
  Parameters: {
    CentralBusArn: {
      Type: 'String',
      AllowedPattern: '^arn:aws[a-z-]*:events:[a-z0-9-]+:\\d{12}:event-bus/trailwire-events$',
      Description: 'Output CollectingBusArn of the central stack',
    },
    ExternalId: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^(?:[\\w.:/-]{2,128})?$',
      Description: 'As in infra/organization/parameters.json; empty to let nobody look into this account',
    },
  },
  Conditions: {
    Forwards: {
      'Fn::Not': [
        {
          'Fn::Equals': [
            { Ref: 'CentralBusArn' },
            sub(`arn:\${AWS::Partition}:events:${here}:event-bus/trailwire-events`),
          ],
        },
      ],
    },
    IsLookedInto: {
      'Fn::And': [{ Condition: 'Forwards' }, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ExternalId' }, ''] }] }],
    },
  },
  Resources: {
    // A stack must have something, also where it has nothing to do.
    Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    ForwardRole: { ...unlessCentral, ...forwardRole },
    LookRole: { Condition: 'IsLookedInto', ...lookRole },
    UndeliveredQueue: {
      ...unlessCentral,
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: forwardDeadLetters,
        MessageRetentionPeriod: 1_209_600,
        SqsManagedSseEnabled: true,
      },
    },
    UndeliveredQueuePolicy: { ...unlessCentral, ...queuePolicy },
    UndeliveredAlarm: { ...unlessCentral, ...undeliveredAlarm },
    AlarmForwarding: { ...unlessCentral, ...alarmForwarding },
    ...Object.fromEntries(patterns.map(renderForwarding)),
  },
});

const target = {
  Id: 'central',
  Arn: { Ref: 'CentralBusArn' },
  RoleArn: { 'Fn::GetAtt': ['ForwardRole', 'Arn'] },
};

const renderForwarding = (pattern: EventPattern): readonly [string, object] => {
  const key = subscriptionKeyOf(pattern);
  const rule = renderEventRule({
    name: `${forwardPrefix}${key}`,
    description: 'CloudTrail events that rules of Trailwire may match; generated from the rules',
    pattern,
    target,
    deadLetters: queueArn,
  });
  return [`Forwarding${key}`, { ...unlessCentral, ...rule }];
};

const forwardRole = {
  Type: 'AWS::IAM::Role',
  Properties: {
    // The region is in the name because IAM is one for all regions.
    RoleName: sub(`trailwire-forward-\${AWS::Region}`),
    Description: 'EventBridge puts events of this account on the bus of the central stack of Trailwire',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': rulesOfForwarding },
          },
        },
      ],
    },
    Policies: [
      {
        PolicyName: 'forward',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Sid: 'Forward', Effect: 'Allow', Action: 'events:PutEvents', Resource: { Ref: 'CentralBusArn' } },
          ],
        },
      },
    ],
  },
};

const ofCentralBus = (part: number) => ({ 'Fn::Select': [part, { 'Fn::Split': [':', { Ref: 'CentralBusArn' }] }] });
/** An ARN of the account that the central bus is in, and of its region where the name has it. */
const central = (text: string) => ({
  'Fn::Sub': [text, { CentralRegion: ofCentralBus(3), CentralAccount: ofCentralBus(4) }],
});

/**
 * The account is the principal and the role a condition: a role as the principal would have to exist before, and be
 * trusted anew whenever it is made anew.
 */
const lookRole = {
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: sub(`${lookRolePrefix}\${AWS::Region}`),
    Description:
      'trailwire-watch looks whether the events of this account and region are forwarded, and changes nothing',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: central(`arn:\${AWS::Partition}:iam::\${CentralAccount}:root`) },
          Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
          Condition: {
            ArnEquals: {
              'aws:PrincipalArn': central(
                `arn:\${AWS::Partition}:iam::\${CentralAccount}:role/trailwire-watch-\${CentralRegion}`,
              ),
            },
            StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' }, 'sts:SourceIdentity': 'trailwire-watch' },
            StringLike: { 'sts:RoleSessionName': 'trailwire-*' },
          },
        },
      ],
    },
    Policies: [
      {
        PolicyName: 'look',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            // A trail may be at home in another region, and that of an organization in another account.
            {
              Sid: 'Trails',
              Effect: 'Allow',
              Action: ['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus'],
              Resource: sub(`arn:\${AWS::Partition}:cloudtrail:*:*:trail/*`),
            },
            { Sid: 'Targets', Effect: 'Allow', Action: 'events:ListTargetsByRule', Resource: rulesOfForwarding },
            { Sid: 'Queue', Effect: 'Allow', Action: 'sqs:GetQueueAttributes', Resource: queueArn },
            // IAM knows no resource for these.
            {
              Sid: 'ReadAnywhere',
              Effect: 'Allow',
              Action: ['cloudtrail:DescribeTrails', 'events:ListRules', 'sqs:ListQueues'],
              Resource: '*',
            },
          ],
        },
      },
    ],
  },
};

const queuePolicy = {
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'UndeliveredQueue' }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'RulesOfTrailwire',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: queueArn,
          Condition: { ArnLike: { 'aws:SourceArn': rulesOfForwarding } },
        },
        {
          Sid: 'OnlyEncrypted',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:SendMessage',
          Resource: queueArn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  },
};

/** Its change of state is an event, and goes the way that events go: were that way closed, the central stack would miss them. */
const undeliveredAlarm = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: forwardDeadLetters,
    AlarmDescription: `Events could not be forwarded to the central stack; they are in the queue ${forwardDeadLetters}`,
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['UndeliveredQueue', 'QueueName'] } }],
    Statistic: 'Maximum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  },
};

const alarmForwarding = {
  Type: 'AWS::Events::Rule',
  Properties: {
    Name: `${forwardPrefix}alarms`,
    Description: 'Alarms of forwarding to the central stack',
    EventPattern: {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { alarmName: [{ prefix: forwardPrefix }] },
    },
    Targets: [{ ...target, DeadLetterConfig: { Arn: queueArn } }],
  },
};
