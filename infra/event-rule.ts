import type { EventPattern } from '../engine/pattern.ts';

type Arn = object | string;

/** A rule of EventBridge that hands events of CloudTrail to one target. */
export type EventRule = {
  readonly name: string;
  readonly description: string;
  /** Absent: the default bus. */
  readonly bus?: string;
  readonly pattern: EventPattern;
  readonly target: { readonly Id: string; readonly Arn: Arn; readonly RoleArn?: Arn };
  /** Where events go that could not be handed over. */
  readonly deadLetters: Arn;
};

/** The CloudFormation resource of a rule of EventBridge. */
export const renderEventRule = ({ name, description, bus, pattern, target, deadLetters }: EventRule) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    Name: name,
    ...(bus === undefined ? {} : { EventBusName: bus }),
    Description: description,
    // A rule that is only ENABLED gets no read-only calls: AssumeRole, GetSecretValue, Decrypt among them. The state
    // costs nothing where the pattern names writes, and a wrong guess at which calls are reads would be a silent miss.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    EventPattern: pattern,
    Targets: [
      {
        ...target,
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: deadLetters },
      },
    ],
  },
});
