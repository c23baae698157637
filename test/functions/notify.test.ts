import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/alert.ts';
import { DestinationError } from '../../engine/errors.ts';
import type { Finding } from '../../engine/ocsf.ts';
import type { Severity } from '../../engine/severity.ts';
import { createTelemetry } from '../../functions/log.ts';
import { createNotify } from '../../functions/notify.ts';
import { createSendOnce } from '../../functions/send-once.ts';
import { exampleFinding } from '../example-finding.ts';
import { exampleRecord } from '../example-records.ts';
import { startLocalTable } from '../local-table.ts';

const busEvent = (detail: object, detailType = 'Detection Finding') => ({
  source: 'trailwire',
  'detail-type': detailType,
  detail: JSON.parse(JSON.stringify(detail)),
});

describe('the notify function', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  const sent: Alert[] = [];
  let fail: Error | undefined;

  beforeAll(async () => {
    table = await startLocalTable();
    process.env.AWS_ENDPOINT_URL = table.endpoint;
    process.env.AWS_REGION = 'us-east-1';
    process.env.AWS_ACCESS_KEY_ID = 'local';
    process.env.AWS_SECRET_ACCESS_KEY = 'local';
  });
  afterAll(() => table.stop());
  beforeEach(() => {
    sent.length = 0;
    fail = undefined;
  });

  const context = { getRemainingTimeInMillis: () => 10_000 } as Context;
  const notifyWith = (minSeverity: Severity = 'medium') => {
    const telemetry = createTelemetry('notify');
    const notify = createNotify({
      name: 'slack',
      minSeverity,
      connect: async () =>
        createSendOnce({
          name: 'slack',
          destination: {
            send: async (alert) => {
              if (fail !== undefined) throw fail;
              sent.push(alert);
            },
          },
          tableName: table.tableName,
          telemetry,
        }),
      telemetry,
    });
    return (event: unknown) => notify(event, context);
  };
  let number = 0;
  const freshFinding = (rule: object = {}): Finding =>
    exampleFinding(rule, exampleRecord({ eventID: `event-${++number}` }));

  it('sends a finding as an alert', async () => {
    expect(await notifyWith()(busEvent(freshFinding()))).toEqual({ outcome: 'sent' });
    expect(sent[0]?.title).toBe('Access key created for another user');
  });

  it('sends it once, however often the bus delivers it', async () => {
    const event = busEvent(freshFinding());
    const notify = notifyWith();
    expect(await notify(event)).toEqual({ outcome: 'sent' });
    expect(await notify(event)).toEqual({ outcome: 'sent' });
    expect(sent).toHaveLength(1);
  });

  it('sends it again when the first try failed', async () => {
    const event = busEvent(freshFinding());
    fail = new DestinationError('DESTINATION_RETRYABLE', 'Slack answered 503');
    await expect(notifyWith()(event)).rejects.toThrow('Slack answered 503');
    fail = undefined;
    expect(await notifyWith()(event)).toEqual({ outcome: 'sent' });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['low', {}, 0],
    ['medium', {}, 1],
    ['low', { respond: { notify: ['slack'] } }, 1],
    ['critical', { respond: { notify: ['sns'] } }, 0],
    ['critical', { respond: { notify: [] } }, 0],
    ['critical', { status: 'experimental' }, 0],
    ['critical', { status: 'test' }, 1],
  ])('a %s finding with %j makes %i alerts here', async (severity, rule, alerts) => {
    await notifyWith()(busEvent(freshFinding({ severity, ...rule })));
    expect(sent).toHaveLength(alerts);
  });

  it('stays quiet on the update of a finding it has told', async () => {
    const finding = { ...freshFinding(), activity_id: 2 };
    expect(await notifyWith()(busEvent(finding))).toEqual({ outcome: 'update' });
    expect(sent).toEqual([]);
  });

  it.each([
    ['of another source', { ...busEvent(exampleFinding()), source: 'someone' }, 'source'],
    [
      'without a rule',
      busEvent({ ...exampleFinding(), finding_info: { uid: 'x', title: 'x' } }),
      'finding_info.analytic',
    ],
    ['of another kind', busEvent(exampleFinding(), 'Something Else'), 'detail-type'],
  ])('throws on an event %s and names the field', async (_, event, field) => {
    await expect(notifyWith()(event)).rejects.toMatchObject({
      code: 'EVENT_UNREADABLE',
      message: expect.stringContaining(field),
    });
  });
});
