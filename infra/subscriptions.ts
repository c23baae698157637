import type { EventPattern } from '../engine/pattern.ts';
import { subscriptionKeyOf } from '../engine/subscription-key.ts';

/**
 * The CloudFormation resources that bring CloudTrail's events to `trailwire-detect`. A subscription is named after its
 * pattern, so that a deployment makes all new ones before it takes the old ones away: no event falls between them.
 */
export const renderSubscriptions = (patterns: readonly EventPattern[]) => ({
  Resources: Object.fromEntries(patterns.flatMap(renderSubscription)),
});

const renderSubscription = (pattern: EventPattern): readonly (readonly [string, object])[] => {
  const key = subscriptionKeyOf(pattern);
  const id = `DetectSubscription${key}`;
  const detect = { 'Fn::GetAtt': ['DetectLambdaFunction', 'Arn'] };
  return [
    [
      id,
      {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: `trailwire-detect-${key}`,
          Description: 'CloudTrail events that rules of Trailwire may match; generated from the rules',
          // A rule that is only ENABLED gets no read-only calls: AssumeRole, GetSecretValue, Decrypt among them. The state
          // costs nothing where the pattern names writes, and a wrong guess at which calls are reads would be a silent miss.
          // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
          State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
          EventPattern: pattern,
          Targets: [
            {
              Id: 'detect',
              Arn: detect,
              RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
              DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['UndeliveredQueue', 'Arn'] } },
            },
          ],
        },
      },
    ],
    [
      `${id}Permission`,
      {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: detect,
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': [id, 'Arn'] },
        },
      },
    ],
  ];
};
