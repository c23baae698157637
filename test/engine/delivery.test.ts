import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudTrailDetailTypes, type Inflate, type Unwrapped, unwrap } from '../../engine/delivery.ts';
import { EventError } from '../../engine/errors.ts';
import type { JsonObject } from '../../engine/record.ts';
import { account, exampleInsight, exampleRecord, nested, withInheritedNames } from '../example-records.ts';

const inflate: Inflate = (base64) => JSON.parse(gunzipSync(Buffer.from(base64, 'base64')).toString('utf8'));
const deflate = (value: unknown): string => gzipSync(JSON.stringify(value)).toString('base64');

const unwrapAll = (input: unknown): readonly Unwrapped[] => [...unwrap(input, inflate)];
const recordsIn = (input: unknown): readonly unknown[] =>
  unwrapAll(input).map((item) => (item.kind === 'delivery' ? item.delivery.record : item));
/** What came of each part: `record`, or the place and what is said of it. */
const outcomes = (input: unknown): readonly string[] =>
  unwrapAll(input).map((item) => {
    if (item.kind === 'delivery') return 'record';
    if (item.kind === 'skipped') return `${item.place}: skipped ${item.reason}`;
    return `${item.place}: ${item.error.code} ${item.error.message}`;
  });

const record = exampleRecord();
const event = (fields: object = {}) => ({
  version: '0',
  id: '00000000-0000-4000-8000-000000000001',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account,
  time: '2026-10-14T08:41:07Z',
  region: 'us-east-1',
  resources: [],
  detail: record,
  ...fields,
});
const lookup = (...records: readonly unknown[]) => ({
  Events: records.map((each) => ({
    EventId: '00000000-0000-4000-8000-0000000000ee',
    EventName: 'CreateAccessKey',
    EventSource: 'iam.amazonaws.com',
    CloudTrailEvent: JSON.stringify(each),
  })),
  NextToken: 'more',
});
const logPayload = (...messages: readonly unknown[]) => ({
  messageType: 'DATA_MESSAGE',
  owner: account,
  logGroup: 'trail',
  logStream: `${account}_CloudTrail_us-east-1`,
  subscriptionFilters: ['trailwire'],
  logEvents: messages.map((message, index) => ({ id: String(index), timestamp: 1_792_000_000_000, message })),
});
const controlMessage = {
  ...logPayload('CWL CONTROL MESSAGE: Checking health of destination.'),
  messageType: 'CONTROL_MESSAGE',
};
const digest = {
  awsAccountId: account,
  digestStartTime: '2026-10-14T08:00:00Z',
  digestEndTime: '2026-10-14T09:00:00Z',
  digestS3Bucket: 'trail',
  logFiles: [],
};
const aggregated = {
  eventVersion: '1.0',
  accountId: account,
  eventId: '00000000-0000-4000-8000-0000000000aa',
  eventType: 'AwsAggregatedEvent',
  eventCategory: 'Aggregated',
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
};

describe('the envelopes that records arrive in', () => {
  it('takes a bare record', () => {
    expect(unwrapAll(record)).toEqual([{ kind: 'delivery', delivery: { record } }]);
  });

  it('takes the records of a log file, in their order', () => {
    const other = exampleRecord({ eventName: 'DeleteAccessKey' });
    expect(recordsIn({ Records: [record, other] })).toEqual([record, other]);
  });

  it.each(cloudTrailDetailTypes)('takes the EventBridge event "%s"', (detailType) => {
    expect(unwrapAll(event({ 'detail-type': detailType }))).toEqual([
      {
        kind: 'delivery',
        delivery: {
          record,
          event: { id: event().id, source: 'aws.iam', account: event().account },
        },
      },
    ]);
  });

  it('knows both spellings of the sign-in event', () => {
    expect(cloudTrailDetailTypes).toContain('AWS Console Sign In via CloudTrail');
    expect(cloudTrailDetailTypes).toContain('AWS Console Signin via CloudTrail');
    expect(cloudTrailDetailTypes).toHaveLength(7);
  });

  it('says which replay of an archive an event comes from', () => {
    const [item] = unwrapAll(event({ 'replay-name': 'after-the-outage' }));
    expect(item).toMatchObject({ delivery: { replayName: 'after-the-outage' } });
  });

  it('takes Insights, which name source and event one level down', () => {
    const insight = exampleInsight();
    expect(recordsIn(event({ 'detail-type': 'AWS Insight via CloudTrail', detail: insight }))).toEqual([insight]);
    expect(recordsIn({ Records: [insight] })).toEqual([insight]);
  });

  it('takes what LookupEvents answers', () => {
    expect(recordsIn(lookup(record, exampleInsight()))).toEqual([record, exampleInsight()]);
  });

  it('takes one event of LookupEvents', () => {
    expect(recordsIn(lookup(record).Events[0])).toEqual([record]);
  });

  it('takes the payload of CloudWatch Logs, with one or several records a message', () => {
    const payload = logPayload(JSON.stringify(record), JSON.stringify({ Records: [record, record] }));
    expect(outcomes(payload)).toEqual(['record', 'record', 'record']);
  });

  it('inflates what CloudWatch Logs sends to a function', () => {
    expect(recordsIn({ awslogs: { data: deflate(logPayload(JSON.stringify(record))) } })).toEqual([record]);
  });

  it('takes lists of mixtures', () => {
    const mixture = [
      record,
      event(),
      { Records: [record] },
      lookup(record),
      logPayload(JSON.stringify(event())),
      { awslogs: { data: deflate(logPayload(JSON.stringify(record))) } },
      [record, [record]],
    ];
    expect(outcomes(mixture)).toEqual(Array.from({ length: 8 }, () => 'record'));
  });

  it('finds nothing in empty envelopes', () => {
    expect(outcomes({ Records: [] })).toEqual([]);
    expect(outcomes([])).toEqual([]);
    expect(outcomes({ Events: [] })).toEqual([]);
    expect(outcomes(logPayload())).toEqual([]);
  });
});

describe('what carries no records, and is expected', () => {
  it.each([
    ['a control message of CloudWatch Logs', controlMessage, '.logEvents: skipped CloudWatch Logs control message'],
    ['a digest file', digest, ': skipped CloudTrail digest'],
    [
      'the metadata of one',
      { ETag: '"e"', Metadata: { signature: 'ab' } },
      ': skipped metadata of a CloudTrail digest',
    ],
    ['an aggregated event', aggregated, ': skipped aggregated data event'],
    ['an aggregated event in a log file', { Records: [aggregated] }, '.Records[0]: skipped aggregated data event'],
  ])('%s is skipped by name', (_, input, outcome) => {
    expect(outcomes(input)).toEqual([outcome]);
  });

  it('a control message that comes compressed is skipped too', () => {
    expect(outcomes({ awslogs: { data: deflate(controlMessage) } })).toEqual([
      '.awslogs.data.logEvents: skipped CloudWatch Logs control message',
    ]);
  });
});

describe('what cannot be used is named with its place', () => {
  const notCloudTrail = 'EVENT_NOT_CLOUDTRAIL';

  it.each([
    ['a number', 5, ': EVENT_NOT_CLOUDTRAIL expected a JSON object, found number'],
    ['null', null, ': EVENT_NOT_CLOUDTRAIL expected a JSON object, found null'],
    ['a text', 'Records', ': EVENT_NOT_CLOUDTRAIL expected a JSON object, found "Records"'],
    ['an empty object', {}, ': EVENT_NOT_CLOUDTRAIL JSON that is not from CloudTrail (keys none)'],
    [
      'other JSON, by its first keys',
      { a: 1, 'b c': 2, d: 3, e: 4, f: 5, g: 6 },
      ': EVENT_NOT_CLOUDTRAIL JSON that is not from CloudTrail (keys "a", "b c", "d", "e", "f")',
    ],
    [
      'Records that are no list',
      { Records: {} },
      ': EVENT_NOT_CLOUDTRAIL JSON that is not from CloudTrail (keys "Records")',
    ],
    [
      'a log event without a message',
      { ...logPayload(), logEvents: [{ id: '1' }] },
      '.logEvents[0].message: EVENT_NOT_CLOUDTRAIL log event without a message',
    ],
  ])('%s', (_, input, outcome) => {
    expect(outcomes(input)).toEqual([outcome]);
  });

  it.each([
    [
      'S3',
      {
        Records: [
          {
            eventVersion: '2.1',
            eventSource: 'aws:s3',
            eventName: 'ObjectCreated:Put',
            s3: { bucket: { name: 'trail' } },
          },
        ],
      },
    ],
    ['SNS', { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: { Message: JSON.stringify(record) } }] }],
    ['SQS', { Records: [{ messageId: '1', body: JSON.stringify(record), eventSource: 'aws:sqs' }] }],
  ])('a notification of %s', (_, notification) => {
    const [outcome, ...others] = outcomes(notification);
    expect(outcome).toMatch(/^\.Records\[0\]: EVENT_NOT_CLOUDTRAIL JSON that is not from CloudTrail \(keys "/);
    expect(others).toEqual([]);
  });

  it('an EventBridge event of another service, by its detail-type', () => {
    const [outcome] = outcomes(event({ 'detail-type': 'GuardDuty Finding', source: 'aws.guardduty', detail: {} }));
    expect(outcome).toContain(`: ${notCloudTrail} EventBridge event, field "detail-type": `);
    expect(outcome).toContain('(found "GuardDuty Finding")');
  });

  it('an EventBridge event without what every event has', () => {
    const { source, ...withoutSource } = event();
    expect(outcomes(withoutSource)[0]).toContain(`${notCloudTrail} EventBridge event, field "source": `);
  });

  it.each([
    ['is missing', undefined],
    ['is a text', JSON.stringify(record)],
    ['is a list', [record]],
    ['is no record', { eventName: 'CreateAccessKey' }],
    ['is an aggregated event', aggregated],
  ])('an EventBridge event whose detail %s', (_, detail) => {
    expect(outcomes(event({ detail }))).toEqual([
      ': EVENT_NOT_CLOUDTRAIL EventBridge event whose "detail" is not a CloudTrail record',
    ]);
  });

  it('JSON text that is damaged, with what the parser says', () => {
    const damaged = { Events: [{ CloudTrailEvent: '{"eventName": ' }] };
    expect(outcomes(damaged)[0]).toMatch(/^\.Events\[0\]\.CloudTrailEvent: EVENT_DAMAGED not JSON: .+/);
    expect(outcomes(logPayload('{"eventName": '))[0]).toMatch(/^\.logEvents\[0\]\.message: EVENT_DAMAGED not JSON: .+/);
  });

  it('data of CloudWatch Logs that does not inflate', () => {
    const [item] = unwrapAll({ awslogs: { data: 'bm90IGd6aXA=' } });
    expect(item).toMatchObject({ kind: 'unreadable', place: '.awslogs.data' });
    const { error } = item as Extract<Unwrapped, { kind: 'unreadable' }>;
    expect(error).toBeInstanceOf(EventError);
    expect(error.code).toBe('EVENT_DAMAGED');
    expect(error.message).toContain('not base64 of gzipped JSON: incorrect header check');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('starts places with that of the caller', () => {
    expect([...unwrap({ Records: [5] }, inflate, 'line 7')][0]).toMatchObject({ place: 'line 7.Records[0]' });
  });

  it('one bad part does not hide the good ones', () => {
    const mixture = { Records: [record, null, record, { a: 1 }, [[5]], record] };
    expect(outcomes(mixture)).toEqual([
      'record',
      '.Records[1]: EVENT_NOT_CLOUDTRAIL expected a JSON object, found null',
      'record',
      '.Records[3]: EVENT_NOT_CLOUDTRAIL JSON that is not from CloudTrail (keys "a")',
      '.Records[4][0][0]: EVENT_NOT_CLOUDTRAIL expected a JSON object, found number',
      'record',
    ]);
  });
});

describe('hostile input', () => {
  it('keeps fields that are named like inherited ones as plain fields of the record', () => {
    const hostile = { ...record, requestParameters: JSON.parse(withInheritedNames()) };
    expect(recordsIn(hostile)).toEqual([hostile]);
    const top = JSON.parse(`{"__proto__": {"Records": [${JSON.stringify(record)}]}}`);
    expect(outcomes(top)).toEqual([': EVENT_NOT_CLOUDTRAIL JSON that is not from CloudTrail (keys "__proto__")']);
    expect(({} as JsonObject).isAdmin).toBeUndefined();
  });

  it('stops at lists of lists', () => {
    const lists = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(outcomes(lists)).toEqual(['[0][0][0][0][0][0][0]: EVENT_NOT_CLOUDTRAIL envelopes nested more than 6 deep']);
  });

  it('stops at envelopes in envelopes', () => {
    let envelope: unknown = record;
    for (let depth = 0; depth < 10; depth++) envelope = { CloudTrailEvent: JSON.stringify(envelope) };
    expect(outcomes(envelope)).toEqual([
      `${'.CloudTrailEvent'.repeat(7)}: EVENT_NOT_CLOUDTRAIL envelopes nested more than 6 deep`,
    ]);
  });

  it('stops at compressed envelopes in compressed envelopes', () => {
    let envelope: unknown = logPayload(JSON.stringify(record));
    for (let depth = 0; depth < 10; depth++) envelope = { awslogs: { data: deflate(envelope) } };
    expect(outcomes(envelope)[0]).toContain('envelopes nested more than 6 deep');
  });

  it('takes records that are nested 200 levels deep or carry a megabyte', () => {
    const deep = exampleRecord({ requestParameters: nested(200) });
    const large = exampleRecord({ userAgent: 'x'.repeat(1_000_000) });
    expect(recordsIn([deep, large])).toEqual([deep, large]);
  });

  it('says little of a long text in the place of an object', () => {
    expect(outcomes('x'.repeat(1_000_000))[0]?.length).toBeLessThan(200);
  });

  it('says little of a long or deep detail-type', () => {
    const [long] = outcomes(event({ 'detail-type': 'x'.repeat(1_000_000) }));
    expect(long?.length).toBeLessThan(600);
    const [deep] = outcomes(event({ 'detail-type': nested(100_000) }));
    expect(deep).toContain('(found object)');
  });

  it('says little of long keys', () => {
    expect(outcomes({ ['k'.repeat(1_000_000)]: 1 })[0]?.length).toBeLessThan(200);
  });

  const key = fc.constantFrom(
    ...['Records', 'Events', 'CloudTrailEvent', 'awslogs', 'data', 'logEvents', 'message', 'messageType', 'detail'],
    ...['detail-type', 'id', 'source', 'account', 'region', 'replay-name', 'eventSource', 'eventName', 'eventType'],
    ...['eventCategory', 'insightDetails', 'digestStartTime', '__proto__', 'constructor', 'toString', 'length'],
  );
  const text = fc.constantFrom('AwsCloudTrailInsight', 'CONTROL_MESSAGE', 'aws:s3', ...cloudTrailDetailTypes, '');
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      fc.oneof(text, fc.jsonValue(), fc.json()),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('json')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
      tie('json').map((value) => JSON.stringify(value)),
      tie('json').map(deflate),
    ),
  }));

  it('never throws, whatever JSON it is given, and takes from it nothing but records', () => {
    fc.assert(
      fc.property(json, (value) => {
        for (const item of unwrapAll(JSON.parse(JSON.stringify(value)))) {
          if (item.kind === 'delivery') expect(typeof item.delivery.record).toBe('object');
          else expect(item.place).toEqual(expect.any(String));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
