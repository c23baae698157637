import * as z from 'zod/mini';
import { partitionOf } from '../partition.ts';
import { type Ask, type AskHere, askIn, looked, unlessAbsent } from './ask.ts';
import { lookAtMetrics } from './look-at-metrics.ts';
import { lookAtQueues } from './look-at-queues.ts';
import { lookAtSubscriptions } from './look-at-subscriptions.ts';
import { lookAtTrails } from './look-at-trails.ts';
import { parts } from './parts.ts';
import type { AccountSnapshot, Alarm, Audience, Bus, DeployedFunction, RegionSnapshot } from './snapshot.ts';
import { seenOr } from './snapshot.ts';

export type Look = {
  readonly account: string;
  readonly regions: readonly string[];
  /** Hours without an event after which that is silence. */
  readonly silenceHours: number;
  /** Milliseconds since 1970. */
  readonly at: number;
};

const text = z.string();
const prefix = 'trailwire';

/** Looks at an account in some of its regions. What cannot be looked at is in the snapshot as that. */
export const takeSnapshot = async (ask: Ask, look: Look): Promise<Omit<AccountSnapshot, 'enabledRegions'>> => {
  const askedOnce = once(ask);
  const regions = await Promise.all(look.regions.map((region) => lookAtRegion(askedOnce, region, look)));
  return { account: look.account, at: look.at, regions };
};

/** A trail of all regions is looked at from each of them, and CloudTrail throttles early. */
const once = (ask: Ask): Ask => {
  const answers = new Map<string, Promise<unknown>>();
  return (...question) => {
    const key = JSON.stringify(question);
    const answer = answers.get(key) ?? ask(...question);
    answers.set(key, answer);
    return answer;
  };
};

const lookAtRegion = async (askAnywhere: Ask, region: string, look: Look): Promise<RegionSnapshot> => {
  const ask = askIn(askAnywhere, region);
  const [trails, subscriptions, collecting, buses, queues, functions, alarms, audience] = await Promise.all([
    looked(() => lookAtTrails(askAnywhere, region)),
    looked(() => lookAtSubscriptions(ask, 'default', `${prefix}-`)),
    looked(() => lookAtSubscriptions(ask, parts.collectingBus)),
    looked(() => lookAtBuses(ask)),
    looked(() => lookAtQueues(ask, `${prefix}-`)),
    looked(() => lookAtFunctions(ask)),
    looked(() => lookAtAlarms(ask)),
    looked(() => lookAtAudience(ask, `arn:${partitionOf(region)}:sns:${region}:${look.account}:${parts.topic}`)),
  ]);
  const names = seenOr(queues, []).map(({ name }) => name);
  const activity = await looked(() => lookAtMetrics(ask, { queues: names, hours: look.silenceHours, at: look.at }));
  return { region, trails, subscriptions, collecting, buses, queues, functions, alarms, audience, activity };
};

const lookAtBuses = async (ask: AskHere): Promise<readonly Bus[]> => {
  const schema = z.looseObject({
    EventBuses: z._default(z.array(z.looseObject({ Name: text, Policy: z.optional(text) })), []),
  });
  // Two buses of Trailwire's are no reason to turn pages.
  const { EventBuses } = await ask('events:ListEventBuses', { NamePrefix: prefix }, schema);
  return EventBuses.map(({ Name, Policy }) => ({ name: Name, policy: Policy }));
};

const lookAtFunctions = async (ask: AskHere): Promise<readonly DeployedFunction[]> => {
  const schema = z.looseObject({ State: z.optional(text) });
  const concurrencySchema = z.looseObject({ ReservedConcurrentExecutions: z.optional(z.number()) });
  const names = [...parts.functions, ...parts.optionalFunctions];
  const found = await Promise.all(
    names.map(async (FunctionName): Promise<readonly DeployedFunction[]> => {
      const configuration = await unlessAbsent(ask('lambda:GetFunctionConfiguration', { FunctionName }, schema));
      if (configuration === undefined) return [];
      const concurrency = await looked(async () => {
        const answer = await ask('lambda:GetFunctionConcurrency', { FunctionName }, concurrencySchema);
        return answer.ReservedConcurrentExecutions;
      });
      return [{ name: FunctionName, state: configuration.State ?? 'Active', concurrency }];
    }),
  );
  return found.flat();
};

const lookAtAlarms = async (ask: AskHere): Promise<readonly Alarm[]> => {
  const schema = z.looseObject({
    MetricAlarms: z._default(
      z.array(
        z.looseObject({
          AlarmName: text,
          ActionsEnabled: z._default(z.boolean(), true),
          AlarmActions: z._default(z.array(text), []),
        }),
      ),
      [],
    ),
  });
  // As many as one page has.
  const request = { AlarmNamePrefix: `${prefix}-`, MaxRecords: 100 };
  const { MetricAlarms } = await ask('cloudwatch:DescribeAlarms', request, schema);
  return MetricAlarms.map(({ AlarmName, ActionsEnabled, AlarmActions }) => ({
    name: AlarmName,
    tells: ActionsEnabled && AlarmActions.length > 0,
  }));
};

const lookAtAudience = async (ask: AskHere, TopicArn: string): Promise<Audience | undefined> => {
  const schema = z.looseObject({ Subscriptions: z._default(z.array(z.looseObject({ SubscriptionArn: text })), []) });
  // The first hundred: more subscribers are not less than one.
  const answer = await unlessAbsent(ask('sns:ListSubscriptionsByTopic', { TopicArn }, schema));
  if (answer === undefined) return undefined;
  const confirmed = answer.Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn.startsWith('arn:')).length;
  return { confirmed, pending: answer.Subscriptions.length - confirmed };
};
