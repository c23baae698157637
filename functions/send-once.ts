import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context } from 'aws-lambda';
import type { Alert } from '../engine/alert.ts';
import type { DestinationName } from '../engine/destination.ts';
import type { Destination } from './destinations/destination.ts';
import type { Telemetry } from './log.ts';

export type Sender = {
  readonly name: DestinationName;
  readonly destination: Destination;
  readonly tableName: string;
  readonly telemetry: Telemetry;
};

export type SendOnce = (alert: Alert, context: Context) => Promise<{ readonly outcome: 'sent' | 'being-sent' }>;

/** As long as EventBridge (24 h) and Lambda (6 h) may deliver the same event again. */
const rememberSeconds = 48 * 3_600;

/** Sends an alert to a destination once: a repeat within two days is recognised by the alert's id. */
export const createSendOnce = ({ name, destination, tableName, telemetry }: Sender): SendOnce => {
  const idempotency = new IdempotencyConfig({ expiresAfterSeconds: rememberSeconds });
  const send = makeIdempotent(
    async (_key: string, alert: Alert): ReturnType<SendOnce> => {
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

  return async (alert, context) => {
    // Tells how long a try may hold the lock: a function that died must not keep its alert from the next one.
    idempotency.registerLambdaContext(context);
    try {
      return await send(alert.id, alert);
    } catch (error) {
      // One event can pass two subscriptions at once. The other run sends this alert; if it fails, its own retry does.
      if (error instanceof IdempotencyAlreadyInProgressError) return { outcome: 'being-sent' };
      throw error;
    }
  };
};
