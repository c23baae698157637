import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context } from 'aws-lambda';
import { type Alert, alertOfActivity, alertOfFinding, isFor } from '../engine/alert.ts';
import type { DestinationName } from '../engine/destination.ts';
import type { Severity } from '../engine/severity.ts';
import { activityDetailType, findingDetailType } from './bus.ts';
import { type BusEvent, parseBusEvent } from './bus-event.ts';
import { readConfig } from './config.ts';
import type { Destination } from './destinations/destination.ts';
import { destinations } from './destinations/index.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';

export type NotifyParts = {
  readonly name: DestinationName;
  readonly destination: Destination;
  readonly minSeverity: Severity;
  readonly tableName: string;
  readonly telemetry: Telemetry;
};

export type NotifyResult = { readonly outcome: 'sent' | 'being-sent' | 'not-for-this-destination' | 'update' };

/** As long as EventBridge (24 h) and Lambda (6 h) may deliver the same event again. */
const rememberSeconds = 48 * 3_600;

/** One finding or activity to one destination, once: a repeat within two days is recognised by the alert's id. */
export const createNotify = ({ name, destination, minSeverity, tableName, telemetry }: NotifyParts) => {
  const idempotency = new IdempotencyConfig({ expiresAfterSeconds: rememberSeconds });
  const sendOnce = makeIdempotent(
    async (_key: string, alert: Alert): Promise<NotifyResult> => {
      await destination.send(alert);
      telemetry.count('AlertsSent');
      return { outcome: 'sent' };
    },
    {
      persistenceStore: new DynamoDBPersistenceLayer({ tableName }),
      config: idempotency,
      keyPrefix: `alert#${name}`,
      dataIndexArgument: 0,
    },
  );

  return async (event: unknown, context: Context): Promise<NotifyResult> => {
    // Tells how long a try may hold the lock: a function that died must not keep its alert from the next one.
    idempotency.registerLambdaContext(context);
    const parsed = parseBusEvent(event);
    // The same key staying hot over the edge of its window: on the bus for the record, no second alarm.
    if (isUpdate(parsed)) return { outcome: 'update' };
    const alert = alertOf(parsed);
    if (!isFor(alert, name, minSeverity)) {
      telemetry.count('AlertsBelowThreshold');
      return { outcome: 'not-for-this-destination' };
    }
    try {
      return await sendOnce(alert.id, alert);
    } catch (error) {
      // One event can pass two subscriptions at once. The other run sends this alert; if it fails, its own retry does.
      if (error instanceof IdempotencyAlreadyInProgressError) return { outcome: 'being-sent' };
      throw error;
    }
  };
};

const isUpdate = (event: BusEvent): boolean =>
  event['detail-type'] === findingDetailType && event.detail.activity_id === 2;

const alertOf = (event: BusEvent): Alert =>
  event['detail-type'] === activityDetailType ? alertOfActivity(event.detail) : alertOfFinding(event.detail);

const telemetry = createTelemetry('notify');

/** Lambda entry: one function for each destination. */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('notify');
  const name = config.TRAILWIRE_DESTINATION;
  return createNotify({
    name,
    destination: destinations[name](config),
    minSeverity: config.TRAILWIRE_MIN_SEVERITY,
    tableName: config.TRAILWIRE_TABLE,
    telemetry,
  });
});
