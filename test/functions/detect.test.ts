import { gzipSync } from 'node:zlib';
import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../engine/ocsf.ts';
import { ruleSchema } from '../../engine/rule.ts';
import { createDetect } from '../../functions/detect.ts';
import { createTelemetry } from '../../functions/log.ts';
import { createDynamoSignalStore } from '../../functions/signal-store.ts';
import { createDynamoWindowStore } from '../../functions/window-store.ts';
import { contentOf } from '../content-of.ts';
import { account, exampleRecord, identities } from '../example-records.ts';
import { startLocalTable } from '../local-table.ts';

const rule = ruleSchema.parse({
  id: 'iam-access-key-created',
  events: { 'iam.amazonaws.com': ['CreateAccessKey'] },
  conditions: { all: [{ fact: 'errorCode', operator: 'exists', value: false }] },
});

const counted = ruleSchema.parse({
  id: 'iam-access-keys-created-by-many',
  events: rule.events,
  conditions: rule.conditions,
  correlation: {
    type: 'value_count',
    field: 'userIdentity.arn',
    groupBy: ['requestParameters.userName'],
    timespan: '10m',
    condition: { gte: 2 },
  },
});

const eventOf = (detail: object, change: object = {}) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account: '111122223333',
  time: '2026-10-14T08:41:30Z',
  region: 'us-east-1',
  resources: [],
  detail,
  ...change,
});

describe('the detect function', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  beforeAll(async () => {
    table = await startLocalTable();
  });
  afterAll(() => table.stop());

  const start = (publish: (findings: readonly Finding[]) => void = () => undefined, rules = [rule]) => {
    const published: Finding[] = [];
    // A client of its own for signals, so that a test can throttle it alone.
    const documents = DynamoDBDocumentClient.from(table.documents);
    const detect = createDetect({
      content: contentOf(rules),
      latenessMs: 900_000,
      connect: async () => ({
        store: createDynamoWindowStore(table.documents, table.tableName),
        signals: createDynamoSignalStore(documents, table.tableName),
        bus: {
          publishFindings: async (findings) => {
            publish(findings);
            published.push(...findings);
          },
          publishActivities: async () => undefined,
        },
      }),
      telemetry: createTelemetry('detect'),
      now: () => Date.parse('2026-10-14T08:42:00Z'),
    });
    return { detect, published, documents };
  };
  let number = 0;
  const freshRecord = (fields: object = {}) => exampleRecord({ eventID: `event-${++number}`, ...fields });

  it('publishes a finding for an event that a rule matches', async () => {
    const { detect, published } = start();
    expect(await detect(eventOf(freshRecord()))).toEqual({ records: 1, published: 1, repeated: 0 });
    expect(published[0]?.finding_info.analytic.uid).toBe('iam-access-key-created');
  });

  it('publishes nothing for an event that no rule matches', async () => {
    const { detect, published } = start();
    expect(await detect(eventOf(freshRecord({ errorCode: 'AccessDenied' })))).toMatchObject({ published: 0 });
    expect(published).toEqual([]);
  });

  it('publishes an event once, however often EventBridge delivers it', async () => {
    const { detect, published } = start();
    const event = eventOf(freshRecord());
    await detect(event);
    expect(await detect(event)).toEqual({ records: 1, published: 0, repeated: 1 });
    expect(published).toHaveLength(1);
  });

  it('publishes again after a crash between publishing and remembering, and never forgets to', async () => {
    const event = eventOf(freshRecord());
    const broken = start(() => {
      throw new Error('the bus is away');
    });
    await expect(broken.detect(event)).rejects.toThrow('the bus is away');
    const { detect } = start();
    expect(await detect(event)).toMatchObject({ published: 1 });
  });

  const createdBy = (name: string, of: string) =>
    freshRecord({
      userIdentity: { ...identities.userWithKey, arn: `arn:aws:iam::${account}:user/${name}` },
      requestParameters: { userName: of },
    });

  it('counts matches over events, in the table', async () => {
    const { detect, published } = start(undefined, [counted]);
    expect(await detect(eventOf(createdBy('ann', 'counted')))).toEqual({ records: 1, published: 0, repeated: 0 });
    const other = start(undefined, [counted]);
    expect(await other.detect(eventOf(createdBy('bob', 'counted')))).toMatchObject({ published: 1 });
    expect(published).toEqual([]);
    expect(other.published[0]?.unmapped.trailwire.correlation?.values).toHaveLength(2);
  });

  it('fails when a match could not be counted, after telling the rest, and finds it when Lambda tries again', async () => {
    const { detect, published, documents } = start(undefined, [rule, counted]);
    await detect(eventOf(createdBy('ann', 'throttled')));
    const throttled = mockClient(documents);
    throttled
      .on(UpdateCommand)
      .rejects(new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} }));
    const [last, quiet] = [createdBy('bob', 'throttled'), createdBy('carol', 'somebody else')];
    await expect(detect({ Records: [last, quiet] })).rejects.toMatchObject({
      code: 'CORRELATION_FAILED',
      ruleId: counted.id,
      message: expect.stringContaining('slow down'),
    });
    const told = () => published.map(({ finding_info }) => finding_info.analytic.uid);
    expect(told()).toEqual([rule.id, rule.id, rule.id]);

    throttled.restore();
    expect(await detect({ Records: [last, quiet] })).toEqual({ records: 2, published: 1, repeated: 2 });
    expect(told()).toEqual([rule.id, rule.id, rule.id, counted.id]);
  });

  it('takes CloudWatch Logs payloads and log files through the same door', async () => {
    const { detect } = start();
    const logEvents = [freshRecord(), freshRecord()].map((record) => ({
      id: '1',
      timestamp: 1,
      message: JSON.stringify(record),
    }));
    const payload = { messageType: 'DATA_MESSAGE', logEvents };
    const data = gzipSync(JSON.stringify(payload)).toString('base64');
    expect(await detect({ awslogs: { data } })).toMatchObject({ records: 2, published: 2 });
    expect(await detect({ Records: [freshRecord()] })).toMatchObject({ records: 1, published: 1 });
  });

  it('refuses an event that only claims to be from CloudTrail, since anybody may put it on a bus', async () => {
    const { detect } = start();
    await expect(detect(eventOf(freshRecord(), { source: 'custom.app' }))).rejects.toMatchObject({
      code: 'EVENT_FORGED',
    });
  });

  it.each([
    [
      'another service’s event',
      { 'detail-type': 'EC2 Instance State-change Notification', source: 'aws.ec2', detail: {} },
    ],
    ['nothing', undefined],
    ['a text', 'hello'],
  ])('throws on %s, so that it ends in the dead-letter queue', async (_, event) => {
    const { detect } = start();
    await expect(detect(event)).rejects.toMatchObject({ code: 'EVENT_NOT_CLOUDTRAIL' });
  });

  it('marks findings of events replayed from an archive', async () => {
    const { detect, published } = start();
    await detect(eventOf(freshRecord(), { 'replay-name': 'drill' }));
    expect(published[0]?.unmapped.trailwire.replay_name).toBe('drill');
  });
});
