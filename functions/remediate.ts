import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import type { GuardSettings } from '../engine/guard.ts';
import type { Finding } from '../engine/ocsf.ts';
import { type ResponsePorts, respond, undo } from '../engine/response.ts';
import type { Bus } from './bus.ts';
import { parseBusEvent } from './bus-event.ts';
import { findingDetailType } from './bus-names.ts';
import { arnListSchema, readConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import { readPackedRules } from './packed-rules.ts';

export type RemediateParts = {
  readonly settings: Omit<GuardSettings, 'account'>;
  /** Called with the first event that asks for something: it loads the SDK. */
  readonly connect: () => Promise<{ readonly ports: ResponsePorts; readonly bus: Bus }>;
  readonly telemetry: Telemetry;
};

export type RemediateResult = { readonly activities: readonly { readonly id: string; readonly outcome: string }[] };

/** A person's wish to take a response back: `{"undo": "<command_uid of the activity>"}`. */
const undoRequest = z.strictObject({
  undo: z.string().check(z.regex(/^[0-9a-f]{32}$/, 'expected the id of a response')),
});

type Request = { readonly undo: string } | { readonly finding: Finding };

/** What an event asks for; `undefined` for a report of a response, which asks for nothing. */
const parseRequest = (event: unknown): Request | undefined => {
  const wish = undoRequest.safeParse(event);
  if (wish.success) return wish.data;
  const parsed = parseBusEvent(event);
  return parsed['detail-type'] === findingDetailType ? { finding: parsed.detail } : undefined;
};

/** A finding, or a wish to undo, in; what became of it as activities on the bus. */
export const createRemediate = ({ settings, connect, telemetry }: RemediateParts) => {
  let connected: ReturnType<typeof connect> | undefined;

  return async (event: unknown, account: string): Promise<RemediateResult> => {
    const request = parseRequest(event);
    if (request === undefined) return { activities: [] };
    connected ??= connect();
    const { ports, bus } = await connected;
    const activities =
      'undo' in request
        ? [await undo(request.undo, account, ports)]
        : await respond(request.finding, { ...settings, account }, ports);
    for (const activity of activities) {
      telemetry.logger.info(activity.message, { command: activity.command_uid });
      const { outcome } = activity.unmapped.trailwire;
      if (outcome === 'verified' || outcome === 'undone') telemetry.count('ResponsesVerified');
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

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const remediateConfig = z.object({
  TRAILWIRE_BUS: z.string(),
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_RULES: z.string(),
  TRAILWIRE_MODE: z._default(z.enum(['off', 'plan', 'execute']), 'plan'),
  TRAILWIRE_OWN_ROLES: arnListSchema,
  TRAILWIRE_LIMIT_PER_HOUR: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(1_000)), 5),
});

const connectRemediate = async (
  config: z.infer<typeof remediateConfig>,
): Promise<{ ports: ResponsePorts; bus: Bus }> => {
  const [{ connect }, { createExecutor }, { createPlanStore }] = await Promise.all([
    import('./connections.ts'),
    import('./execute.ts'),
    import('./plan-store.ts'),
  ]);
  const { documents, store, bus } = connect(config);
  const plans = createPlanStore(documents, config.TRAILWIRE_TABLE, Date.now);
  return { ports: { now: Date.now, store, ...createExecutor(), ...plans }, bus };
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
      limitPerHour: config.TRAILWIRE_LIMIT_PER_HOUR,
    },
    connect: () => connectRemediate(config),
    telemetry,
  });
  return (event: unknown, context: Context) => remediate(event, context.invokedFunctionArn.split(':')[4] ?? '');
});
