import * as z from 'zod/mini';
import { type Delivery, isBareRecord, type Unwrapped, unwrap } from '../engine/delivery.ts';
import { EventError, messageOf } from '../engine/errors.ts';
import { reasonToSkip } from '../engine/log-key.ts';
import { type LogObject, parseObjectNotice } from '../engine/object-notice.ts';
import { eventTimeOf } from '../engine/record.ts';
import { readConfig } from './config.ts';
import type { Connections } from './connections.ts';
import { createDetectDelivery, type DetectParts, detectDeliveryConfig, detectPartsOf } from './detect-delivery.ts';
import { createHandler } from './handler.ts';
import { inflate } from './inflate.ts';
import { createTelemetry } from './log.ts';
import { countMissed } from './missed-findings.ts';
import type { ReadLogFile } from './read-log-file.ts';

export type IngestParts = Omit<DetectParts, 'connect'> & {
  /** Called with the first match, or the first report. */
  readonly connect: () => Promise<Pick<Connections, 'store' | 'signals' | 'bus'>>;
  /** The one bucket that is read. */
  readonly logBucket: string;
  /** Called with the first object. */
  readonly openBucket: () => Promise<ReadLogFile>;
};

/** The messages of a batch that failed; SQS keeps these and deletes the others. */
export type BatchResponse = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const queueEvent = z.object({
  Records: z.array(z.object({ messageId: z.string(), eventSource: z.literal('aws:sqs'), body: z.string() })),
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
const subscriptionEvent = z.object({ awslogs: z.object({ data: z.string() }) });

/**
 * What is older is history, such as files that somebody sends again: people are told of it, and no response acts on it, as
 * with events that were replayed. It is as long as EventBridge and Lambda keep a finding for `remediate`.
 */
const historyMs = 3_600_000;

/**
 * Log files that a queue tells of, and CloudWatch Logs payloads, in; findings that EventBridge did not bring on the bus. Of a batch
 * of messages it answers with those that failed, each after what could be told of it.
 */
export const createIngest = ({ connect, logBucket, openBucket, ...parts }: IngestParts) => {
  const { telemetry, now } = parts;
  let opened: Promise<ReadLogFile> | undefined;
  const detectDelivery = createDetectDelivery({
    ...parts,
    telemetry,
    now,
    connect: async () => {
      const connections = await connect();
      return { ...connections, bus: countMissed(connections.bus, connections.store, telemetry, now) };
    },
  });

  const dated = (delivery: Delivery, origin: string): Delivery => {
    const isHistory = now() - (eventTimeOf(delivery.record) ?? now()) > historyMs;
    return isHistory ? { ...delivery, replayName: origin } : delivery;
  };

  /**
   * Throws the first of what could not be read, counted or told, when what else could be told was told: one record whose
   * finding no bus takes must not hide those after it.
   */
  const takeAll = async (items: AsyncIterable<Unwrapped> | Iterable<Unwrapped>, origin: string): Promise<void> => {
    let records = 0;
    let problem: Error | undefined;
    try {
      for await (const item of items) {
        if (item.kind === 'unreadable')
          problem ??= new EventError(item.error.code, `${origin}${item.place}: ${item.error.message}`);
        if (item.kind !== 'delivery') continue;
        records += 1;
        try {
          const { uncounted } = await detectDelivery(dated(item.delivery, origin));
          problem ??= uncounted[0];
        } catch (error) {
          problem ??= error instanceof Error ? error : new TypeError(messageOf(error));
        }
      }
    } finally {
      telemetry.count('RecordsEvaluated', records);
    }
    if (problem !== undefined) throw problem;
  };

  const takeObject = async (object: LogObject): Promise<void> => {
    const { bucket, key } = object;
    const place = `s3://${bucket}/${key}`;
    if (bucket !== logBucket)
      throw new EventError('EVENT_FORGED', `${place} is not in ${logBucket}, the only bucket that is read`);
    const reason = reasonToSkip(key);
    if (reason !== undefined) {
      telemetry.count('ObjectsSkipped');
      telemetry.logger.info('skipped', { bucket, key, reason });
      return;
    }
    opened ??= openBucket();
    const readLogFile = await opened;
    await takeAll(unwrapEach(readLogFile(object)), place);
    telemetry.count('ObjectsRead');
  };

  const takeMessages = async (messages: z.infer<typeof queueEvent>['Records']): Promise<BatchResponse> => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { messageId, body } of messages) {
      try {
        for (const object of parseObjectNotice(body)) await takeObject(object);
      } catch (error) {
        telemetry.count('MessagesFailed');
        telemetry.logger.error('message failed', { error: error as Error, messageId });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };

  return async (event: unknown): Promise<BatchResponse | undefined> => {
    const queued = queueEvent.safeParse(event);
    if (queued.success) return takeMessages(queued.data.Records);
    if (!subscriptionEvent.safeParse(event).success) {
      throw new EventError('EVENT_NOT_CLOUDTRAIL', 'neither messages of a queue nor a payload of CloudWatch Logs');
    }
    await takeAll(unwrap(event, inflate), 'CloudWatch Logs ');
    return undefined;
  };
};

async function* unwrapEach(values: AsyncIterable<unknown>): AsyncGenerator<Unwrapped> {
  let index = 0;
  for await (const value of values) {
    if (isBareRecord(value)) yield { kind: 'delivery', delivery: { record: value } };
    else yield* unwrap(value, inflate, `.Records[${index}]`);
    index += 1;
  }
}

/** The environment, which serverless.yml sets and infra.test.ts compares with this. */
export const ingestConfig = z.extend(detectDeliveryConfig, { TRAILWIRE_LOG_BUCKET: z.string() });

const telemetry = createTelemetry('ingest');

/** Lambda entry. */
export const handler = createHandler(telemetry, () => {
  const config = readConfig('ingest', ingestConfig);
  return createIngest({
    ...detectPartsOf(config),
    connect: async () => (await import('./connections.ts')).connect(config),
    logBucket: config.TRAILWIRE_LOG_BUCKET,
    openBucket: async () => (await import('./read-log-file.ts')).createReadLogFile(),
    telemetry,
  });
});
