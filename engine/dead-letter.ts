import * as z from 'zod/mini';

/** Where what could not be done waits; `infra/queues.yml` and `infra/logs.yml` say how it comes there. */
export const deadLetterQueues = ['trailwire-undelivered', 'trailwire-failed', 'trailwire-logs-failed'] as const;
export type DeadLetterQueue = (typeof deadLetterQueues)[number];

/** A message of such a queue. */
export type DeadLetter = {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** What EventBridge could not invoke. */
  readonly targetArn?: string | undefined;
};

/** Where a dead letter goes, or why it is left where it is. */
export type Redrive =
  | { readonly to: 'function'; readonly name: string; readonly payload: string }
  | { readonly to: 'queue'; readonly name: string; readonly body: string }
  | { readonly to: 'nobody'; readonly reason: string };

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const failedInvocation = z.object({
  requestContext: z.object({ functionArn: z.string() }),
  requestPayload: z.unknown(),
});

/** A response to look at again, or a decision to look up, which SQS parked. */
const parkedMessage = z.union([z.object({ check: z.string(), round: z.number() }), z.object({ settle: z.string() })]);

/** What comes from a bus or a queue; all else is what a person asked for, to undo or to approve. */
const eventOfAws = z.union([z.object({ 'detail-type': z.string() }), z.object({ Records: z.array(z.unknown()) })]);

/** What these do they do once, however often they are asked and however late. Everything else may act on the account. */
const repeatable = /^trailwire-(?:detect|ingest|notify-[a-z]+)$/;

const lambdaArn = /^arn:[a-z-]+:lambda:([a-z0-9-]+):(\d{12}):function:(trailwire-[a-z-]+)(?::[^:]+)?$/;

/**
 * Where to send a dead letter again: to the function that failed on it, where that is one of Trailwire in the account and region of
 * the queue, or to the queue that it came from. A response is late by then and somebody may have acted: only with `responses`.
 */
export const planRedrive = (
  { queue, queueArn, responses }: { queue: DeadLetterQueue; queueArn: string; responses: boolean },
  letter: DeadLetter,
): Redrive => {
  if (queue === 'trailwire-logs-failed') return { to: 'queue', name: 'trailwire-logs', body: letter.body };

  const invoke = (arn: string, payload: unknown): Redrive => {
    const [, region, account, name] = lambdaArn.exec(arn) ?? [];
    if (name === undefined || !queueArn.endsWith(`:sqs:${region}:${account}:${queue}`)) {
      return leave(`${arn} is no function of Trailwire in the account and region of the queue`);
    }
    if (repeatable.test(name)) return { to: 'function', name, payload: JSON.stringify(payload) };
    if (!eventOfAws.safeParse(payload).success) return leave('a person asked for it: ask again, if it is still wanted');
    if (!responses) {
      return leave(`${name} may act on the account, where somebody may have acted since: --responses hands it over`);
    }
    return { to: 'function', name, payload: JSON.stringify(payload) };
  };

  const body = readJson(letter.body);
  if (body === undefined) return leave('it is not JSON');
  if (queue === 'trailwire-undelivered') {
    return letter.targetArn === undefined ? leave('it does not say for whom it was') : invoke(letter.targetArn, body);
  }
  const failed = failedInvocation.safeParse(body);
  if (failed.success) return invoke(failed.data.requestContext.functionArn, failed.data.requestPayload);
  if (!parkedMessage.safeParse(body).success)
    return leave('it is neither a failed invocation nor a response to look at');
  const eventSourceARN = queueArn.replace(/[^:]+$/, 'trailwire-checks');
  const event = { Records: [{ messageId: letter.id, eventSource: 'aws:sqs', eventSourceARN, body: letter.body }] };
  return invoke(queueArn.replace(':sqs:', ':lambda:').replace(/[^:]+$/, 'function:trailwire-remediate'), event);
};

const leave = (reason: string): Redrive => ({ to: 'nobody', reason });

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
