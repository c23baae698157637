import { detectPrefix, parts } from '../engine/doctor/parts.ts';
import type { EventPattern } from '../engine/pattern.ts';
import { subscriptionKeyOf } from '../engine/subscription-key.ts';
import { renderEventRule } from './event-rule.ts';

type Resources = Readonly<Record<string, object>>;

/**
 * The CloudFormation resources that bring CloudTrail's events to `trailwire-detect`: those of the account from its default
 * bus, and those that an organization forwards from the bus of collected events. A subscription is named after its pattern,
 * so that a deployment makes all new ones before it takes the old ones away: no event falls between them.
 */
export const renderSubscriptions = (patterns: readonly EventPattern[]) => ({
  Resources: Object.assign({}, ...patterns.map(renderOwn), ...patterns.map(renderCollected), permissionForCollected),
});

const detect = { 'Fn::GetAtt': ['DetectLambdaFunction', 'Arn'] };
const ruleOf = (pattern: EventPattern) => ({
  name: `${detectPrefix}${subscriptionKeyOf(pattern)}`,
  pattern,
  target: { Id: 'detect', Arn: detect },
  deadLetters: { 'Fn::GetAtt': ['UndeliveredQueue', 'Arn'] },
});

const renderOwn = (pattern: EventPattern): Resources => {
  const id = `DetectSubscription${subscriptionKeyOf(pattern)}`;
  const description = 'CloudTrail events that rules of Trailwire may match; generated from the rules';
  return {
    [id]: renderEventRule({ ...ruleOf(pattern), description }),
    [`${id}Permission`]: permission({ 'Fn::GetAtt': [id, 'Arn'] }),
  };
};

const renderCollected = (pattern: EventPattern): Resources => ({
  [`CollectSubscription${subscriptionKeyOf(pattern)}`]: {
    ...renderEventRule({
      ...ruleOf(pattern),
      bus: parts.collectingBus,
      description: 'CloudTrail events of other accounts and regions; generated from the rules',
    }),
    Condition: 'Collects',
    DependsOn: 'CollectingBus',
  },
});

const permission = (SourceArn: object) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { Action: 'lambda:InvokeFunction', FunctionName: detect, Principal: 'events.amazonaws.com', SourceArn },
});

/** One for all: with one for each they would outgrow the 20 KB of a function's policy. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const permissionForCollected: Resources = {
  CollectSubscriptionsPermission: {
    ...permission({
      'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${parts.collectingBus}/${detectPrefix}*`,
    }),
    Condition: 'Collects',
  },
};
