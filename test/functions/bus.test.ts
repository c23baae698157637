import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../engine/ocsf.ts';
import { createBus } from '../../functions/bus.ts';
import { exampleFinding } from '../example-finding.ts';
import { type Answer, type Received, startLocalServer } from '../local-server.ts';

type Entry = {
  readonly Detail: string;
  readonly DetailType: string;
  readonly Source: string;
  readonly EventBusName: string;
};
const entriesOf = ({ body }: Received): readonly Entry[] => JSON.parse(body).Entries;
const took = (entries: readonly Entry[]) => entries.map((_, index) => ({ EventId: `event-${index}` }));
const answer = (entries: readonly object[]): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length, Entries: entries }),
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const startBus = async (respond: (request: Received, number: number) => Answer) => {
  const server = await startLocalServer(respond);
  const client = new EventBridgeClient({
    endpoint: server.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  stops.push(server.stop, async () => client.destroy());
  return { bus: createBus(client, 'trailwire'), received: server.received };
};

const findings = (count: number, change: Partial<Finding> = {}): readonly Finding[] =>
  Array.from({ length: count }, (_, index) => ({ ...exampleFinding(), ...change, message: `number ${index}` }));

describe('the finding bus', () => {
  it('takes findings under their detail-type and source', async () => {
    const { bus, received } = await startBus((request) => answer(took(entriesOf(request))));
    await bus.publishFindings(findings(1));
    const [entry] = received.flatMap(entriesOf);
    expect(entry).toMatchObject({ EventBusName: 'trailwire', Source: 'trailwire', DetailType: 'Detection Finding' });
    expect(JSON.parse(entry?.Detail ?? '').class_uid).toBe(2004);
  });

  it('sends nothing where there is nothing to say', async () => {
    const { bus, received } = await startBus((request) => answer(took(entriesOf(request))));
    await bus.publishFindings([]);
    expect(received).toEqual([]);
  });

  it('puts at most ten entries and 256 KB into one request', async () => {
    const { bus, received } = await startBus((request) => answer(took(entriesOf(request))));
    const padding = { evidences: [{ data: { eventName: 'X', requestParameters: { text: 'x'.repeat(60_000) } } }] };
    await bus.publishFindings([...findings(23), ...findings(5, padding)]);
    const sizes = received.map(entriesOf).map((entries) => entries.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(28);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
    expect(Math.max(...received.map(({ body }) => Buffer.byteLength(body)))).toBeLessThan(256 * 1024 * 1.2);
  });

  it('shortens a finding that is larger than an entry and keeps who, what and when', async () => {
    const { bus, received } = await startBus((request) => answer(took(entriesOf(request))));
    const record: Record<string, unknown> = exampleFinding().evidences[0]?.data ?? {};
    const data = {
      ...record,
      requestParameters: { text: '\u{1F600}'.repeat(40_000) },
      responseElements: { text: 'y'.repeat(100_000) },
    };
    await bus.publishFindings(findings(1, { evidences: [{ data }] }));
    const [entry] = received.flatMap(entriesOf);
    const sent = JSON.parse(entry?.Detail ?? '') as Finding;
    expect(Buffer.byteLength(entry?.Detail ?? '')).toBeLessThan(256 * 1024);
    expect(sent.evidences[0]?.data.userIdentity).toEqual(record.userIdentity);
    expect(sent.evidences[0]?.data.requestParameters).toMatchObject({ omitted: true, originalSize: 160_011 });
  });

  it('sends refused entries again, and only those', async () => {
    const { bus, received } = await startBus((request, number) => {
      const [first, ...rest] = took(entriesOf(request));
      return answer(
        number === 1 ? [{ ErrorCode: 'InternalFailure', ErrorMessage: 'try again' }, ...rest] : [first ?? {}],
      );
    });
    await bus.publishFindings(findings(3));
    expect(received.map(entriesOf).map((entries) => entries.map(({ Detail }) => JSON.parse(Detail).message))).toEqual([
      ['number 0', 'number 1', 'number 2'],
      ['number 0'],
    ]);
  });

  it('throws what AWS said when an entry stays refused', async () => {
    const refused = [{ ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'not yours' }];
    const { bus, received } = await startBus(() => answer(refused));
    await expect(bus.publishFindings(findings(1))).rejects.toMatchObject({
      code: 'BUS_REFUSED',
      message: 'the bus refused 1 of 1 entries: NotAuthorizedForSourceException: not yours',
    });
    expect(received).toHaveLength(3);
  });
});
