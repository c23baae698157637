import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import type { DecisionWish } from '../engine/approval.ts';
import { RemediationError } from '../engine/errors.ts';
import type { Activity, Finding } from '../engine/ocsf.ts';
import type { RecheckRequest } from '../engine/recheck.ts';
import type { ResponsePorts, ResponseSettings } from '../engine/response.ts';
import type { SettleRequest } from '../engine/settle.ts';
import { commandUidSchema } from '../engine/stored-response.ts';
import type { Bus } from './bus.ts';
import { parseBusEvent } from './bus-event.ts';
import { findingDetailType } from './bus-names.ts';
import { arnListSchema, externalIdSchema, readConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import { connectMembers } from './member-accounts.ts';
import { readPackedRules } from './packed-rules.ts';

export type RemediateParts = {
  readonly settings: Omit<ResponseSettings, 'account'>;
  /** The name of the queue that only this function writes to. */
  readonly checkQueue: string;
  /** Called with the first event that asks for something: it loads the SDK. */
  readonly connect: () => Promise<{ readonly ports: ResponsePorts; readonly bus: Bus }>;
  readonly telemetry: Telemetry;
};

export type RemediateResult = { readonly activities: readonly { readonly id: string; readonly outcome: string }[] };

/** A person's decision on a plan that waits: `{"approve": "<command_uid>"}`. Who they are is their word, and CloudTrail's. */
const by = z.optional(z.string().check(z.maxLength(200)));
const decisionRequest = z.union([
  z.strictObject({ approve: commandUidSchema, by }),
  z.strictObject({ reject: commandUidSchema, by }),
]);

const recheckRequest = z.strictObject({ check: commandUidSchema, round: z.int().check(z.minimum(0), z.maximum(10)) });
const settleRequest = z.strictObject({ settle: commandUidSchema });
const ownRequest = z.union([recheckRequest, settleRequest]);

/** Messages of the two queues, one each time. */
const queueEvent = z.object({
  Records: z
    .array(z.object({ eventSource: z.literal('aws:sqs'), eventSourceARN: z.string(), body: z.string() }))
    .check(z.length(1)),
});

type Request = DecisionWish | RecheckRequest | SettleRequest | { readonly finding: Finding };

/** What an event asks for; `undefined` for a report of a response, which asks for nothing. */
const parseRequest = (event: unknown, checkQueue: string): Request | undefined => {
  const decision = decisionRequest.safeParse(event);
  if (decision.success) return wishOf(decision.data);
  const queued = queueEvent.safeParse(event);
  if (queued.success) {
    const [{ eventSourceARN, body } = { eventSourceARN: '', body: '' }] = queued.data.Records;
    // The other queue is that of `approve`, which the internet talks to: it may have a decision looked up, and nothing else.
    return (eventSourceARN.endsWith(`:${checkQueue}`) ? ownRequest : settleRequest).parse(JSON.parse(body));
  }
  const parsed = parseBusEvent(event);
  return parsed['detail-type'] === findingDetailType ? { finding: parsed.detail } : undefined;
};

const wishOf = (request: z.infer<typeof decisionRequest>): DecisionWish => {
  const named = request.by === undefined ? 'somebody' : request.by;
  const decision = { by: `${named}, by invoking trailwire-remediate` };
  return 'approve' in request
    ? { ...decision, is: 'approved', commandUid: request.approve }
    : { ...decision, is: 'rejected', commandUid: request.reject };
};

/** A finding, a decision, or a response to look at again, in; what became of it as activities on the bus. */
export const createRemediate = ({ settings, checkQueue, connect, telemetry }: RemediateParts) => {
  let connected: ReturnType<typeof connect> | undefined;

  return async (event: unknown, account: string): Promise<RemediateResult> => {
    const request = parseRequest(event, checkQueue);
    if (request === undefined) return { activities: [] };
    connected ??= connect();
    const { ports, bus } = await connected;
    const activities = await answer(request, { ...settings, account }, ports);
    for (const activity of activities) {
      telemetry.logger.info(activity.message, { command: activity.command_uid });
      const { outcome } = activity.unmapped.trailwire;
      if (outcome === 'applied') telemetry.count('ResponsesApplied');
      if (outcome === 'verified') telemetry.count('ResponsesVerified');
      if (outcome === 're-applied') telemetry.count('ResponsesReapplied');
      if (outcome === 'failed') telemetry.count('ResponsesFailed');
      if (outcome === 'refused') telemetry.count('ResponsesRefused');
      if (outcome === 'waiting') telemetry.count('ResponsesWaiting');
    }
    await bus.publishActivities(activities);
    return {
      activities: activities.map(({ command_uid, unmapped }) => ({
        id: command_uid,
        outcome: unmapped.trailwire.outcome,
      })),
    };
  };
};

/** What answers a request is loaded with the first one, as the SDK is. */
const answer = async (
  request: Request,
  settings: ResponseSettings,
  ports: ResponsePorts,
): Promise<readonly Activity[]> => {
  if ('check' in request) {
    const { recheck } = await import('../engine/recheck.ts');
    return recheck(request, settings, ports);
  }
  if ('settle' in request) {
    const { settle } = await import('../engine/settle.ts');
    return settle(request, settings, ports);
  }
  if ('commandUid' in request) {
    const [{ decide }, { settle }] = await Promise.all([
      import('../engine/approval.ts'),
      import('../engine/settle.ts'),
    ]);
    const decided = await decide(request, ports.approvals, ports.now());
    if ('refused' in decided) throw new RemediationError('DECISION_REFUSED', decided.reason);
    return settle({ settle: request.commandUid }, settings, ports);
  }
  const { respond } = await import('../engine/response.ts');
  return respond(request.finding, settings, ports);
};

const minutesSchema = z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1_440)), 60);

/** `22-6`: from 22 up to 6 h UTC; empty for none. */
const quietHoursSchema = z.pipe(
  z._default(z.string().check(z.regex(/^(?:(?:1?\d|2[0-3])-(?:1?\d|2[0-3]))?$/, 'expected hours such as 22-6')), ''),
  z.transform((hours: string) => {
    const [from, to] = hours.split('-').map(Number);
    return from === undefined || to === undefined ? undefined : { from, to };
  }),
);

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const remediateConfig = z.object({
  TRAILWIRE_BUS: z.string(),
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_RULES: z.string(),
  TRAILWIRE_MODE: z._default(z.enum(['off', 'plan', 'execute']), 'plan'),
  TRAILWIRE_OWN_ROLES: arnListSchema,
  TRAILWIRE_CHECK_QUEUE: z.string(),
  TRAILWIRE_LIMIT_PER_HOUR: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(1_000)), 5),
  TRAILWIRE_LIMIT_PER_ACCOUNT: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(1_000)), 5),
  TRAILWIRE_MAX_AGE: minutesSchema,
  TRAILWIRE_QUIET_HOURS: quietHoursSchema,
  TRAILWIRE_APPROVAL_MINUTES: minutesSchema,
  TRAILWIRE_MEMBER_EXTERNAL_ID: externalIdSchema,
});

const connectRemediate = async (
  config: z.infer<typeof remediateConfig>,
): Promise<{ ports: ResponsePorts; bus: Bus }> => {
  const [
    { connect },
    { createExecutor },
    { createResponseStore },
    { createApprovalStore },
    { createOffSwitch },
    { createCheckQueue },
  ] = await Promise.all([
    import('./connections.ts'),
    import('../account/execute.ts'),
    import('../account/response-store.ts'),
    import('./approval-store.ts'),
    import('./off-switch.ts'),
    import('./check-queue.ts'),
  ]);
  const { documents, store, bus } = connect(config);
  const table = config.TRAILWIRE_TABLE;
  const ports: ResponsePorts = {
    now: Date.now,
    store,
    account: createExecutor(),
    enterAccount: await connectMembers('respond', config.TRAILWIRE_MEMBER_EXTERNAL_ID),
    responses: createResponseStore(documents, table, Date.now),
    approvals: createApprovalStore(documents, table),
    switchedOff: createOffSwitch(documents, table, Date.now),
    ...createCheckQueue(config.TRAILWIRE_CHECK_QUEUE),
  };
  return { ports, bus };
};

const telemetry = createTelemetry('remediate');

/** Lambda entry. The account it acts in is its own, read from its ARN. */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('remediate', remediateConfig);
  const { lists } = readPackedRules(config.TRAILWIRE_RULES);
  const remediate = createRemediate({
    settings: {
      mode: config.TRAILWIRE_MODE,
      ownRoles: config.TRAILWIRE_OWN_ROLES,
      protectedPrincipals: (lists.get('protected-principals') ?? []).map(String),
      protectedResources: (lists.get('protected-resources') ?? []).map(String),
      protectedTags: (lists.get('protected-tags') ?? []).map(String),
      knownAccounts: (lists.get('known-accounts') ?? []).map(String),
      limitPerHour: config.TRAILWIRE_LIMIT_PER_HOUR,
      limitPerAccount: config.TRAILWIRE_LIMIT_PER_ACCOUNT,
      maxAgeMinutes: config.TRAILWIRE_MAX_AGE,
      quietHours: config.TRAILWIRE_QUIET_HOURS,
      approvalMinutes: config.TRAILWIRE_APPROVAL_MINUTES,
      entersMembers: config.TRAILWIRE_MEMBER_EXTERNAL_ID !== undefined,
    },
    checkQueue: config.TRAILWIRE_CHECK_QUEUE.split('/').at(-1) ?? '',
    connect: () => connectRemediate(config),
    telemetry,
  });
  return (event: unknown, context: Context) => remediate(event, context.invokedFunctionArn.split(':')[4] ?? '');
});
