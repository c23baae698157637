import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { type Alert, alertOfActivity, alertOfFinding, isFor } from '../engine/alert.ts';
import { type DestinationName, destinationNameSchema } from '../engine/destination.ts';
import { type Severity, severitySchema } from '../engine/severity.ts';
import { type BusEvent, parseBusEvent } from './bus-event.ts';
import { activityDetailType, findingDetailType } from './bus-names.ts';
import { readConfig } from './config.ts';
import { destinations } from './destinations/index.ts';
import { createHandler } from './handler.ts';
import { createTelemetry, type Telemetry } from './log.ts';
import type { SendOnce } from './send-once.ts';

export type NotifyParts = {
  readonly name: DestinationName;
  readonly minSeverity: Severity;
  /** Called with the first alert for this destination: it loads the SDK and what the destination needs. */
  readonly connect: () => Promise<SendOnce>;
  readonly telemetry: Telemetry;
};

export type NotifyResult = {
  readonly outcome: 'sent' | 'being-sent' | 'not-for-this-destination' | 'update';
};

/** One finding or activity to one destination, once. */
export const createNotify = ({ name, minSeverity, connect, telemetry }: NotifyParts) => {
  let connected: ReturnType<typeof connect> | undefined;

  return async (event: unknown, context: Context): Promise<NotifyResult> => {
    const parsed = parseBusEvent(event);
    // The same key staying hot over the edge of its window: on the bus for the record, no second alarm.
    if (isUpdate(parsed)) return { outcome: 'update' };
    const alert = alertOf(parsed);
    if (!isFor(alert, name, minSeverity)) {
      telemetry.count('AlertsBelowThreshold');
      return { outcome: 'not-for-this-destination' };
    }
    connected ??= connect();
    const sendOnce = await connected;
    return sendOnce(alert, context);
  };
};

const isUpdate = (event: BusEvent): boolean =>
  event['detail-type'] === findingDetailType && event.detail.activity_id === 2;

const alertOf = (event: BusEvent): Alert =>
  event['detail-type'] === activityDetailType ? alertOfActivity(event.detail) : alertOfFinding(event.detail);

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const notifyConfig = z.object({
  TRAILWIRE_DESTINATION: destinationNameSchema,
  TRAILWIRE_TABLE: z.string(),
  TRAILWIRE_MIN_SEVERITY: z._default(severitySchema, 'medium'),
  TRAILWIRE_TOPIC_ARN: z.optional(z.string()),
  TRAILWIRE_SLACK_WEBHOOK_PARAMETER: z.optional(z.string()),
  /** Set where Slack may be answered: buttons without that would only fail. */
  TRAILWIRE_SLACK_BUTTONS: z.pipe(
    z._default(z.string(), ''),
    z.transform((parameter: string) => parameter !== ''),
  ),
  TRAILWIRE_APPROVAL_URL: z.optional(z.string()),
  TRAILWIRE_APPROVAL_LINK_PARAMETER: z.optional(z.string()),
});

const connectNotify = async (config: z.infer<typeof notifyConfig>): Promise<SendOnce> => {
  const name = config.TRAILWIRE_DESTINATION;
  const [{ createSendOnce }, destination] = await Promise.all([import('./send-once.ts'), destinations[name](config)]);
  return createSendOnce({ name, destination, tableName: config.TRAILWIRE_TABLE, telemetry });
};

const telemetry = createTelemetry('notify');

/** Lambda entry: one function for each destination. */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('notify', notifyConfig);
  return createNotify({
    name: config.TRAILWIRE_DESTINATION,
    minSeverity: config.TRAILWIRE_MIN_SEVERITY,
    connect: () => connectNotify(config),
    telemetry,
  });
});
