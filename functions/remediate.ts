import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import type { GuardSettings } from '../engine/guard.ts';
import type { Activity } from '../engine/ocsf.ts';
import { type ResponsePorts, respond, undo } from '../engine/response.ts';
import { type Bus, createBus, findingDetailType } from './bus.ts';
import { parseBusEvent } from './bus-event.ts';
import { createDocumentClient } from './clients.ts';
import { readConfig, readPackedRules } from './config.ts';
import { createExecutor } from './execute.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import { createPlanStore } from './plan-store.ts';
import { createDynamoWindowStore } from './window-store.ts';

export type RemediateParts = {
  readonly settings: Omit<GuardSettings, 'account'>;
  readonly ports: ResponsePorts;
  readonly bus: Bus;
  readonly telemetry: Telemetry;
};

export type RemediateResult = { readonly activities: readonly { readonly id: string; readonly outcome: string }[] };

/** A person's wish to take a response back: `{"undo": "<command_uid of the activity>"}`. */
const undoRequest = z.strictObject({ undo: z.string().regex(/^[0-9a-f]{32}$/, 'expected the id of a response') });

/** A finding, or a wish to undo, in; what became of it as activities on the bus. */
export const createRemediate = ({ settings, ports, bus, telemetry }: RemediateParts) => {
  const act = async (event: unknown, account: string): Promise<readonly Activity[]> => {
    const wish = undoRequest.safeParse(event);
    if (wish.success) return [await undo(wish.data.undo, account, ports)];
    const parsed = parseBusEvent(event);
    return parsed['detail-type'] === findingDetailType ? respond(parsed.detail, { ...settings, account }, ports) : [];
  };

  return async (event: unknown, account: string): Promise<RemediateResult> => {
    const activities = await act(event, account);
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

const telemetry = createTelemetry('remediate');

/** Lambda entry. The account it acts in is its own, read from its ARN. */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('remediate');
  const { lists } = readPackedRules(config.TRAILWIRE_RULES);
  const documents = createDocumentClient();
  const remediate = createRemediate({
    settings: {
      mode: config.TRAILWIRE_MODE,
      ownRoles: config.TRAILWIRE_OWN_ROLES,
      protectedPrincipals: (lists.get('protected-principals') ?? []).map(String),
      limitPerHour: config.TRAILWIRE_LIMIT_PER_HOUR,
    },
    ports: {
      now: Date.now,
      store: createDynamoWindowStore(documents, config.TRAILWIRE_TABLE),
      ...createExecutor(),
      ...createPlanStore(documents, config.TRAILWIRE_TABLE, Date.now),
    },
    bus: createBus(new EventBridgeClient(), config.TRAILWIRE_BUS),
    telemetry,
  });
  return (event: unknown, context: Context) => remediate(event, context.invokedFunctionArn.split(':')[4] ?? '');
});
