import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingSchema } from '../../engine/ocsf.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import type { BatchResponse } from '../../functions/ingest.ts';
import { exampleRecord } from '../example-records.ts';
import { startLocalServer } from '../local-server.ts';
import { hasMoto, motoAccount, region } from './moto.ts';
import { startStack } from './stack.ts';

type Stack = Awaited<ReturnType<typeof startStack>>;

const Bucket = 'trail';
/** moto takes tenths of a second for an event, and on a busy machine more. */
const patience = 100_000;
const folder = `AWSLogs/${motoAccount}/CloudTrail/${region}/2026/10/14`;

describe.runIf(hasMoto)('the deployed stack, from a log file to a finding', () => {
  let stack: Stack;
  let s3: S3Client;
  let sqs: SQSClient;
  let bus: Awaited<ReturnType<Stack['tap']>>;
  let ingest: Awaited<ReturnType<Stack['load']>>;

  beforeAll(async () => {
    stack = await startStack({ logBucket: Bucket });
    bus = await stack.tap('trailwire', 'trailwire-notify-sns');
    await stack.tap('trailwire', 'trailwire-remediate');
    s3 = new S3Client({ forcePathStyle: true });
    sqs = new SQSClient();
    ingest = await stack.load('ingest', { TRAILWIRE_LOG_BUCKET: Bucket });
    await s3.send(new CreateBucketCommand({ Bucket }));
    await notify(true);
    // moto would hand messages to a Lambda that it cannot run, and delete them.
    const lambda = new LambdaClient();
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
    for (const { UUID } of EventSourceMappings) {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    }
    lambda.destroy();
  }, 180_000);
  afterAll(async () => {
    s3?.destroy();
    sqs?.destroy();
    await stack?.stop();
  });

  const notify = async (isOn: boolean): Promise<void> => {
    const QueueArn = `arn:aws:sqs:${region}:${motoAccount}:trailwire-logs`;
    const QueueConfigurations = isOn ? [{ QueueArn, Events: ['s3:ObjectCreated:*' as const] }] : [];
    const NotificationConfiguration = { QueueConfigurations };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  };

  let number = 0;
  /** A record that one rule matches. */
  const suspendDetector = (): CloudTrailRecord => {
    number += 1;
    return exampleRecord({
      eventID: `suspended-${number}`,
      eventSource: 'guardduty.amazonaws.com',
      eventName: 'UpdateDetector',
      requestParameters: { detectorId: `detector-${number}`, enable: false },
      responseElements: null,
      recipientAccountId: motoAccount,
    });
  };
  const put = async (name: string, body: Uint8Array): Promise<void> => {
    await s3.send(new PutObjectCommand({ Bucket, Key: `${folder}/${name}.json.gz`, Body: body }));
  };
  const logFileOf = (...Records: readonly CloudTrailRecord[]): Uint8Array => gzipSync(JSON.stringify({ Records }));

  const urlOf = async (QueueName: string): Promise<string> =>
    String((await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl);

  const countWaiting = async (name: string): Promise<number> => {
    const asked = { QueueUrl: await urlOf(name), AttributeNames: ['ApproximateNumberOfMessages' as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
    return Number(Attributes?.ApproximateNumberOfMessages);
  };
  const send = async (name: string, body: object, MessageAttributes?: SendMessageCommandInput['MessageAttributes']) => {
    const message = { QueueUrl: await urlOf(name), MessageBody: JSON.stringify(body), MessageAttributes };
    await sqs.send(new SendMessageCommand(message));
  };

  /** What Lambda does between queue and function, once: deletes what is done, and what failed is there again after a while. */
  const deliverBatch = async (): Promise<number> => {
    const QueueUrl = await urlOf('trailwire-logs');
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 5 }));
    if (Messages.length === 0) return 0;
    const Records = Messages.map(({ MessageId, Body }) => ({
      messageId: MessageId,
      eventSource: 'aws:sqs',
      body: Body,
    }));
    const { batchItemFailures } = (await ingest({ Records })) as BatchResponse;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { MessageId = '', ReceiptHandle } of Messages) {
      if (failed.has(MessageId)) {
        await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
      } else await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return Messages.length;
  };
  const deliverAll = async (): Promise<void> => {
    while ((await deliverBatch()) > 0);
  };

  /** The events that findings on the bus were made of since the last look. */
  const told = async (): Promise<readonly unknown[]> => {
    const uids: unknown[] = [];
    for (let events = await bus.receive(); events.length > 0; events = await bus.receive()) {
      uids.push(...events.map(({ detail }) => findingSchema.parse(detail).metadata.original_event_uid));
    }
    return uids.sort();
  };
  const idsOf = (records: readonly CloudTrailRecord[]) => records.map(({ eventID }) => eventID).sort();

  /** Runs the command of a user, with functions invoked at `lambda` where that is given. */
  const redrive = async (args: readonly string[] = [], lambda?: string): Promise<string> => {
    const env = { ...process.env, ...(lambda === undefined ? {} : { AWS_ENDPOINT_URL_LAMBDA: lambda }) };
    const run = promisify(execFile)(process.execPath, ['cli/main.mjs', 'redrive', ...args], { env });
    const { stdout, stderr } = await run;
    return stdout + stderr;
  };

  it(
    'makes findings of objects that are put into the bucket',
    async () => {
      const [one, two, three] = [suspendDetector(), suspendDetector(), suspendDetector()];
      await put('one', logFileOf(one, two));
      await put('two with a space', logFileOf(three));
      await deliverAll();
      expect(await told()).toEqual(idsOf([one, two, three]));
    },
    patience,
  );

  it(
    'parks an object that cannot be read, does the others of its batch, and reads it when it is redriven',
    async () => {
      const [good, alsoGood, late] = [suspendDetector(), suspendDetector(), suspendDetector()];
      await put('good', logFileOf(good));
      await put('poison', logFileOf(late).subarray(0, 40));
      await put('also-good', logFileOf(alsoGood));
      await deliverAll();
      expect(await told()).toEqual(idsOf([good, alsoGood]));
      expect(await countWaiting('trailwire-logs-failed')).toBe(1);

      expect(await redrive(['--dry-run'])).toContain('1 message would be sent again');
      expect(await countWaiting('trailwire-logs-failed')).toBe(1);

      await notify(false);
      await put('poison', logFileOf(late));
      await notify(true);
      expect(await redrive()).toContain('1 message sent again');
      expect(await redrive()).toContain('0 messages sent again');
      expect(await countWaiting('trailwire-logs-failed')).toBe(0);
      await deliverAll();
      expect(await told()).toEqual(idsOf([late]));
    },
    patience,
  );

  it(
    'hands what detect failed on to detect again',
    async () => {
      const record = suspendDetector();
      const event = { id: 'e', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.guardduty', detail: record };
      const functionArn = `arn:aws:lambda:${region}:${motoAccount}:function:trailwire-detect`;
      const failed = {
        version: '1.0',
        requestContext: { functionArn: `${functionArn}:$LATEST` },
        requestPayload: event,
      };
      const undelivered = { ...event, detail: suspendDetector() };
      await send('trailwire-failed', failed);
      await send('trailwire-undelivered', undelivered, {
        TARGET_ARN: { DataType: 'String', StringValue: functionArn },
      });
      const lambda = await startLocalServer(() => ({ status: 202, body: '' }));
      try {
        expect(await redrive([], lambda.url)).toContain('2 messages sent again, 0 left, 0 failed');
      } finally {
        await lambda.stop();
      }
      expect(lambda.received.map(({ headers }) => headers['x-amz-invocation-type'])).toEqual(['Event', 'Event']);
      const detect = await stack.load('detect', {});
      for (const { body } of lambda.received) await detect(JSON.parse(body));
      expect(await told()).toEqual(idsOf([record, undelivered.detail]));
    },
    patience,
  );

  it(
    'gives each finding once when fifty objects come twice, in any order',
    async () => {
      const records = Array.from({ length: 50 }, suspendDetector);
      const quiet = exampleRecord({ eventName: 'GetUser', readOnly: true, responseElements: null });
      // Neighbours overlap, as the files of two trails do.
      const objects = records.map((record, index) => logFileOf(record, quiet, records[(index + 1) % 50] ?? record));
      await notify(false);
      for (const [index, object] of objects.entries()) await put(`of-fifty-${index}`, object);
      await notify(true);
      const twice = [...objects.keys(), ...objects.keys()];
      const order = twice.map((index) => ({ index, place: (index * 37 + 11) % 53 }));
      for (const { index } of order.sort((left, right) => left.place - right.place)) {
        await send('trailwire-logs', {
          Records: [
            {
              eventSource: 'aws:s3',
              eventName: 'ObjectCreated:Put',
              s3: { bucket: { name: Bucket }, object: { key: `${folder}/of-fifty-${index}.json.gz` } },
            },
          ],
        });
      }
      await deliverAll();
      expect(await told()).toEqual(idsOf(records));
    },
    6 * patience,
  );
});
