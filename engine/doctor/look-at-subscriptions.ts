import * as z from 'zod/mini';
import { type AskHere, looked, unlessAbsent } from './ask.ts';
import type { Subscription, SubscriptionTarget } from './snapshot.ts';

const text = z.string();
const rulesSchema = z.looseObject({
  Rules: z.optional(z.array(z.looseObject({ Name: text, State: z.optional(text), EventPattern: z.optional(text) }))),
  NextToken: z.optional(text),
});
const targetsSchema = z.looseObject({
  Targets: z.optional(
    z.array(
      z.looseObject({
        Arn: text,
        DeadLetterConfig: z.optional(z.looseObject({ Arn: z.optional(text) })),
      }),
    ),
  ),
});

/** Rules of EventBridge on a bus whose names begin so, each with its targets; none where there is no such bus. */
export const lookAtSubscriptions = async (
  ask: AskHere,
  EventBusName: string,
  NamePrefix?: string,
): Promise<readonly Subscription[]> => {
  const rules: NonNullable<z.infer<typeof rulesSchema>['Rules']> = [];
  let NextToken: string | undefined;
  do {
    const page = await unlessAbsent(ask('events:ListRules', { EventBusName, NamePrefix, NextToken }, rulesSchema));
    rules.push(...(page?.Rules ?? []));
    NextToken = page?.NextToken;
  } while (NextToken !== undefined);
  return Promise.all(
    rules.map(async ({ Name, State = '', EventPattern = '' }) => ({
      name: Name,
      state: State,
      pattern: EventPattern,
      targets: await looked(() => lookAtTargets(ask, EventBusName, Name)),
    })),
  );
};

/** EventBridge has five targets a rule at most: one page. */
const lookAtTargets = async (
  ask: AskHere,
  EventBusName: string,
  Rule: string,
): Promise<readonly SubscriptionTarget[]> => {
  const { Targets = [] } = await ask('events:ListTargetsByRule', { EventBusName, Rule }, targetsSchema);
  return Targets.map(({ Arn, DeadLetterConfig }) => ({
    arn: Arn,
    hasDeadLetters: DeadLetterConfig?.Arn !== undefined,
  }));
};
