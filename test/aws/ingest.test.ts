import { gzipSync } from 'node:zlib';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finding, findingSchema } from '../../engine/ocsf.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import type { BatchResponse } from '../../functions/ingest.ts';
import { exampleRecord } from '../example-records.ts';
import { hasMoto, motoAccount, region } from './moto.ts';
import { startStack } from './stack.ts';

type Stack = Awaited<ReturnType<typeof startStack>>;

const Bucket = 'trail';
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
  const stopTrail = (): CloudTrailRecord => {
    number += 1;
    const user = `mallory-${number}`;
    return exampleRecord({
      eventID: `stopped-by-${user}`,
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      requestParameters: { name: `trail-of-${user}` },
      responseElements: null,
      recipientAccountId: motoAccount,
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn: `arn:aws:iam::${motoAccount}:user/${user}`,
        accountId: motoAccount,
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        userName: user,
      },
    });
  };
  const put = async (name: string, body: Uint8Array): Promise<void> => {
    await s3.send(new PutObjectCommand({ Bucket, Key: `${folder}/${name}.json.gz`, Body: body }));
  };
  const logFileOf = (...Records: readonly CloudTrailRecord[]): Uint8Array => gzipSync(JSON.stringify({ Records }));

  const urlOf = async (QueueName: string): Promise<string> =>
    String((await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl);

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

  /** The findings of the rule on the bus since the last look. */
  const told = async (): Promise<readonly Finding[]> => {
    const found: Finding[] = [];
    for (let events = await bus.receive(); events.length > 0; events = await bus.receive()) {
      found.push(...events.map(({ detail }) => findingSchema.parse(detail)));
    }
    return found.filter(({ finding_info }) => finding_info.analytic.uid === 'cloudtrail-trail-stopped');
  };
  const eventsOf = (findings: readonly Finding[]) => findings.map(({ metadata }) => metadata.original_event_uid).sort();

  it('makes findings of objects that are put into the bucket', async () => {
    const records = [stopTrail(), stopTrail(), stopTrail()];
    await put('one', logFileOf(records[0] ?? {}, records[1] ?? {}));
    await put('two with a space', logFileOf(records[2] ?? {}));
    await deliverAll();
    expect(eventsOf(await told())).toEqual(records.map(({ eventID }) => eventID));
  });
});
