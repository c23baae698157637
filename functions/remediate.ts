import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Activity, Finding } from '../engine/ocsf.ts';
import type { RecheckRequest } from '../engine/recheck.ts';
import type { ResponsePorts, ResponseSettings } from '../engine/response.ts';
import { commandUidSchema } from '../engine/stored-response.ts';
import type { Bus } from './bus.ts';
import { parseBusEvent } from './bus-event.ts';
import { findingDetailType } from './bus-names.ts';
import { arnListSchema, readConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import { readPackedRules } from './packed-rules.ts';

export type RemediateParts = {
  readonly settings: Omit<ResponseSettings, 'account'>;
  /** Called with the first event that asks for something: it loads the SDK. */
  readonly connect: () => Promise<{ readonly ports: ResponsePorts; readonly bus: Bus }>;
  readonly telemetry: Telemetry;
};

export type RemediateResult = { readonly activities: readonly { readonly id: string; readonly outcome: string }[] };

const recheckRequest = z.strictObject({ check: commandUidSchema, round: z.int().check(z.minimum(0), z.maximum(10)) });

/** Messages of the queue of checks, which only this function writes to; one each time. */
const queueEvent = z.object({
  Records: z.array(z.object({ eventSource: z.literal('aws:sqs'), body: z.string() })).check(z.length(1)),
});

/** What an event asks for; `undefined` for a report of a response, which asks for nothing. */
const parseRequest = (event: unknown): RecheckRequest | { readonly finding: Finding } | undefined => {
  const queued = queueEvent.safeParse(event);
  if (queued.success) return recheckRequest.parse(JSON.parse(queued.data.Records[0]?.body ?? ''));
  const parsed = parseBusEvent(event);
  return parsed['detail-type'] === findingDetailType ? { finding: parsed.detail } : undefined;
};

/** A finding, or a response to look at again, in; what became of it as activities on the bus. */
export const createRemediate = ({ settings, connect, telemetry }: RemediateParts) => {
  let connected: ReturnType<typeof connect> | undefined;

  return async (event: unknown, account: string): Promise<RemediateResult> => {
    const request = parseRequest(event);
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
  request: NonNullable<ReturnType<typeof parseRequest>>,
  settings: ResponseSettings,
  ports: ResponsePorts,
): Promise<readonly Activity[]> => {
  if ('check' in request) {
    const { recheck } = await import('../engine/recheck.ts');
    return recheck(request, settings, ports);
  }
  const { respond } = await import('../engine/response.ts');
  return respond(request.finding, settings, ports);
};

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const remediateConfig = z.object({
  TRAILWIRE_BUS: z.string(),
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_RULES: z.string(),
  TRAILWIRE_MODE: z._default(z.enum(['off', 'plan', 'execute']), 'plan'),
  TRAILWIRE_OWN_ROLES: arnListSchema,
  TRAILWIRE_CHECK_QUEUE: z.string(),
  TRAILWIRE_LIMIT_PER_HOUR: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(1_000)), 5),
});

const connectRemediate = async (
  config: z.infer<typeof remediateConfig>,
): Promise<{ ports: ResponsePorts; bus: Bus }> => {
  const [{ connect }, { createExecutor }, { createResponseStore }, { createCheckQueue }] = await Promise.all([
    import('./connections.ts'),
    import('../account/execute.ts'),
    import('../account/response-store.ts'),
    import('./check-queue.ts'),
  ]);
  const { documents, store, bus } = connect(config);
  const responses = createResponseStore(documents, config.TRAILWIRE_TABLE, Date.now);
  const checkLater = createCheckQueue(config.TRAILWIRE_CHECK_QUEUE);
  return { ports: { now: Date.now, store, account: createExecutor(), responses, checkLater }, bus };
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
      knownAccounts: (lists.get('known-accounts') ?? []).map(String),
      limitPerHour: config.TRAILWIRE_LIMIT_PER_HOUR,
    },
    connect: () => connectRemediate(config),
    telemetry,
  });
  return (event: unknown, context: Context) => remediate(event, context.invokedFunctionArn.split(':')[4] ?? '');
});
