import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BusError } from '../../engine/errors.ts';
import type { Finding } from '../../engine/ocsf.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import { ruleSchema } from '../../engine/rule.ts';
import { createDetect } from '../../functions/detect.ts';
import { createIngest } from '../../functions/ingest.ts';
import { createTelemetry } from '../../functions/log.ts';
import { readMissed } from '../../functions/missed-findings.ts';
import { createReadLogFile } from '../../functions/read-log-file.ts';
import { createDynamoSignalStore } from '../../functions/signal-store.ts';
import { createDynamoWindowStore } from '../../functions/window-store.ts';
import { contentOf } from '../content-of.ts';
import { exampleInsight, exampleRecord } from '../example-records.ts';
import { startLocalBucket } from '../local-bucket.ts';
import { startLocalTable } from '../local-table.ts';

const rule = ruleSchema.parse({
  id: 'iam-access-key-created',
  conditions: { all: [{ fact: 'eventName', operator: 'equal', value: 'CreateAccessKey' }] },
});
const insightRule = ruleSchema.parse({
  id: 'iam-calls-unusual',
  conditions: { all: [{ fact: 'insightDetails.eventName', operator: 'equal', value: 'CreateAccessKey' }] },
});
/** Counts, and is silent of one alone. */
const countedRule = ruleSchema.parse({
  id: 'iam-users-deleted-by-many',
  conditions: { all: [{ fact: 'eventName', operator: 'equal', value: 'DeleteUser' }] },
  correlation: { type: 'event_count', groupBy: ['userIdentity.arn'], timespan: '10m', condition: { gte: 3 } },
});

const now = Date.parse('2026-10-14T08:50:00Z');
const account = '111122223333';
let number = 0;
const keyOf = (area = 'CloudTrail', trail = account): string =>
  `AWSLogs/${trail}/${area}/us-east-1/2026/10/14/${account}_${area}_us-east-1_20261014T0845Z_${++number}.json.gz`;
const freshRecord = (fields: object = {}) => exampleRecord({ eventID: `ingested-${++number}`, ...fields });

const notificationOf = (key: string, bucket = 'trail') =>
  JSON.stringify({
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key).replaceAll('%20', '+') } },
      },
    ],
  });
const batchOf = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, index) => ({ messageId: String(index), eventSource: 'aws:sqs', body })),
});
const failed = (...indexes: readonly number[]) => ({
  batchItemFailures: indexes.map((index) => ({ itemIdentifier: String(index) })),
});

describe('the ingest function', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  let bucket: Awaited<ReturnType<typeof startLocalBucket>>;
  beforeAll(async () => {
    [table, bucket] = await Promise.all([startLocalTable(), startLocalBucket()]);
  });
  afterAll(() => Promise.all([table.stop(), bucket.stop()]));

  const start = (at = now, refused?: string) => {
    const published: Finding[] = [];
    const telemetry = createTelemetry('ingest');
    const parts = {
      content: contentOf([rule, insightRule, countedRule]),
      latenessMs: 900_000,
      connect: async () => ({
        store: createDynamoWindowStore(table.documents, table.tableName),
        signals: createDynamoSignalStore(table.documents, table.tableName),
        bus: {
          publishFindings: async (findings: readonly Finding[]) => {
            if (findings.some(({ metadata }) => metadata.original_event_uid === refused))
              throw new BusError('BUS_ENTRY_TOO_LARGE', 'it does not fit');
            published.push(...findings);
          },
          publishActivities: async () => undefined,
        },
      }),
      telemetry,
      now: () => at,
    };
    /** The metrics since the last look, each in all. */
    const counted = (): Record<string, number> => {
      const { _aws, service, ...metrics } = telemetry.metrics.serializeMetrics();
      telemetry.metrics.clearMetrics();
      const sum = (values: unknown): number => [values].flat().reduce((all: number, value) => all + Number(value), 0);
      return Object.fromEntries(Object.entries(metrics).map(([name, values]) => [name, sum(values)]));
    };
    const ingest = createIngest({
      ...parts,
      logBucket: 'trail',
      openBucket: async () => createReadLogFile(bucket.client),
    });
    return { ingest, detect: createDetect(parts), published, counted };
  };

  const put = (
    records: readonly CloudTrailRecord[],
    key = keyOf(),
    change = (packed: Uint8Array) => packed,
  ): string => {
    bucket.objects.set(key, change(gzipSync(JSON.stringify({ Records: records }))));
    return notificationOf(key);
  };

  it('makes findings of the log files that its messages tell of', async () => {
    const { ingest, published, counted } = start();
    const one = put([freshRecord(), freshRecord({ eventName: 'ListUsers' })]);
    const other = put([freshRecord()], keyOf('CloudTrail', `o-abc1234567/${account}`));
    expect(await ingest(batchOf(one, other))).toEqual(failed());
    expect(published.map(({ finding_info }) => finding_info.analytic.uid)).toEqual([rule.id, rule.id]);
    expect(counted()).toMatchObject({ RecordsEvaluated: 3, ObjectsRead: 2, FindingsMissedByEventBridge: 2 });
  });

  it('reads keys with spaces, plus signs and other letters', async () => {
    const { ingest, published } = start();
    expect(await ingest(batchOf(put([freshRecord()], `log files/ä+b%/${keyOf()}`)))).toEqual(failed());
    expect(published).toHaveLength(1);
  });

  it('reads files of Insights, and leaves digests and what else lies in a bucket', async () => {
    const { ingest, published, counted } = start();
    const insight = put([exampleInsight()], keyOf('CloudTrail-Insight'));
    const digest = put([], keyOf('CloudTrail-Digest'), () => gzipSync('{"digestStartTime":"2026-10-14T08:00:00Z"}'));
    const other = put([freshRecord()], 'AWSLogs/111122223333/Config/us-east-1/2026/10/14/file.json.gz');
    const test = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'trail' });
    expect(await ingest(batchOf(insight, digest, other, test))).toEqual(failed());
    expect(published.map(({ finding_info }) => finding_info.analytic.uid)).toEqual([insightRule.id]);
    expect(counted()).toMatchObject({ ObjectsRead: 1, ObjectsSkipped: 2 });
  });

  it('tells nobody again of what EventBridge brought, and counts what only the log file had', async () => {
    const { ingest, detect, published, counted } = start();
    const [brought, lost] = [freshRecord(), freshRecord()];
    await detect({ id: 'e', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.iam', detail: brought });
    counted();
    await ingest(batchOf(put([brought, lost])));
    expect(published.map(({ metadata }) => metadata.original_event_uid)).toEqual([brought.eventID, lost.eventID]);
    expect(counted()).toMatchObject({ FindingsMissedByEventBridge: 1, FindingsRepeated: 1 });
  });

  it('counts what only the log file had together with what EventBridge brought, and each record once', async () => {
    const { ingest, detect, published } = start();
    const deleted = ['08:40:00', '08:41:00', '08:42:00'].map((time) =>
      freshRecord({ eventName: 'DeleteUser', eventTime: `2026-10-14T${time}Z` }),
    );
    const [first, , third] = deleted;
    for (const detail of [first, third]) {
      await detect({ id: 'e', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.iam', detail });
    }
    expect(published).toEqual([]);
    await ingest(batchOf(put(deleted), put(deleted)));
    expect(published.map(({ unmapped }) => unmapped.trailwire.correlation?.count)).toEqual([3]);
  });

  it('tells EventBridge’s late copy of what a log file brought from news', async () => {
    const { ingest, detect, published } = start();
    const record = freshRecord();
    await ingest(batchOf(put([record])));
    await detect({ id: 'e', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.iam', detail: record });
    expect(published).toHaveLength(1);
  });

  it.each([
    ['is cut off', (packed: Uint8Array) => packed.subarray(0, -200)],
    ['is not gzipped', () => Buffer.from('{"Records":[]}')],
    ['is empty', () => new Uint8Array()],
    ['lists nothing', () => gzipSync('{"hello":[]}')],
  ])('fails one message of a batch whose object %s, and does the others', async (_, change) => {
    const { ingest, published, counted } = start();
    const damaged = put([freshRecord()], keyOf(), change);
    expect(await ingest(batchOf(put([freshRecord()]), damaged, put([freshRecord()])))).toEqual(failed(1));
    expect(published).toHaveLength(2);
    expect(counted()).toMatchObject({ MessagesFailed: 1, ObjectsRead: 2 });
  });

  it('fails messages of objects that are gone or in another bucket, and what is no message of a bucket', async () => {
    const { ingest, published } = start();
    const elsewhere = put([freshRecord()]).replace('"trail"', '"of-somebody-else"');
    expect(await ingest(batchOf(notificationOf(keyOf()), elsewhere, 'hello'))).toEqual(failed(0, 1, 2));
    expect(published).toEqual([]);
  });

  it('tells what comes before and after a record that cannot be used, and fails', async () => {
    const { ingest, published } = start();
    expect(await ingest(batchOf(put([freshRecord(), { hello: 'there' }, freshRecord()])))).toEqual(failed(0));
    expect(published).toHaveLength(2);
  });

  it('tells what comes before and after a record whose finding the bus does not take, and fails', async () => {
    const refused = freshRecord();
    const { ingest, published, counted } = start(now, String(refused.eventID));
    expect(await ingest(batchOf(put([freshRecord(), refused, freshRecord()])))).toEqual(failed(0));
    expect(published).toHaveLength(2);
    expect(counted()).toMatchObject({ RecordsEvaluated: 3, MessagesFailed: 1 });
  });

  it('tells of a damaged object by its name, after what it still holds', async () => {
    const key = keyOf();
    const records = Array.from({ length: 200 }, () => freshRecord());
    put(records, key, (packed) => packed.subarray(0, -200));
    const read = createReadLogFile(bucket.client)({ bucket: 'trail', key });
    let given = 0;
    const readAll = async () => {
      for await (const _ of read) given += 1;
    };
    await expect(readAll()).rejects.toMatchObject({
      code: 'EVENT_DAMAGED',
      message: expect.stringMatching(`^s3://trail/${key}: broken off after \\d+ records$`),
    });
    expect(given).toBeGreaterThan(100);
  });

  it('marks findings of what happened long ago, so that no response acts on them', async () => {
    const { ingest, published } = start();
    const key = keyOf();
    await ingest(batchOf(put([freshRecord({ eventTime: '2026-10-14T07:49:59Z' }), freshRecord()], key)));
    const names = published.map(({ unmapped }) => unmapped.trailwire.replay_name);
    expect(names).toEqual([`s3://trail/${key}`, undefined]);
  });

  it('takes payloads of CloudWatch Logs, and throws on what it cannot read when the rest was told', async () => {
    const { ingest, published, counted } = start();
    const payloadOf = (messages: readonly string[], messageType = 'DATA_MESSAGE') => ({
      awslogs: {
        data: gzipSync(JSON.stringify({ messageType, logEvents: messages.map((message) => ({ message })) })).toString(
          'base64',
        ),
      },
    });
    const message = () => JSON.stringify(freshRecord());
    await ingest(payloadOf([message(), JSON.stringify(exampleInsight({ sharedEventID: 'logs' }))]));
    await ingest(payloadOf(['CWL CONTROL MESSAGE: Checking health of destination'], 'CONTROL_MESSAGE'));
    expect(published).toHaveLength(2);
    await expect(ingest(payloadOf([message(), '{"broken', message()]))).rejects.toMatchObject({
      code: 'EVENT_DAMAGED',
      message: expect.stringContaining('logEvents[1]'),
    });
    expect(published).toHaveLength(4);
    expect(counted()).toMatchObject({ RecordsEvaluated: 4, FindingsMissedByEventBridge: 4 });
  });

  it('keeps count of the findings that only logs had on a day, each once', async () => {
    const at = Date.parse('2026-09-01T23:59:00Z');
    const record = freshRecord();
    await start(at).ingest(batchOf(put([record, freshRecord(), freshRecord()])));
    await start(at).ingest(batchOf(put([record])));
    const store = createDynamoWindowStore(table.documents, table.tableName);
    const minute = 60_000;
    expect(await readMissed(store, at + 10 * minute)).toEqual({ day: '2026-09-01', findings: 3, isAtLeast: false });
    expect(await readMissed(store, at + 25 * 60 * minute)).toMatchObject({ findings: 0 });
  });

  it('throws on what is none of these, so that it ends in the dead-letter queue', async () => {
    const { ingest } = start();
    await expect(ingest({ hello: 'there' })).rejects.toMatchObject({ code: 'EVENT_NOT_CLOUDTRAIL' });
  });
});
