import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cost } from '../../cli/cost.ts';
import { meterSignalStore, meterWindowStore } from '../../cli/metered-stores.ts';
import { readStack } from '../../cli/read-stack.ts';
import type { CostLine } from '../../engine/cost/estimate.ts';
import { createMemorySignalStore } from '../../engine/signal-store.ts';
import { createMemoryWindowStore } from '../../engine/window-store.ts';
import { describeSignalStore } from '../contracts/signal-store.ts';
import { describeWindowStore } from '../contracts/window-store.ts';
import { exampleRecord } from '../example-records.ts';
import { exampleRule, rulesFolder } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const stopLogging = (eventID: string, eventTime: string, fields: object = {}) =>
  exampleRecord({ eventID, eventTime, eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging', ...fields });
/** Three days: two matches, one that passes and does not match, and what does not pass. */
const records = [
  stopLogging('a', '2026-11-01T00:00:00Z'),
  stopLogging('b', '2026-11-02T00:00:00Z'),
  stopLogging('c', '2026-11-02T00:00:00Z', { errorCode: 'AccessDenied' }),
  exampleRecord({ eventID: 'd', eventTime: '2026-11-04T00:00:00Z', eventSource: 'ec2.amazonaws.com' }),
];
const logOf = (...some: readonly object[]): string => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'log.jsonl'), some.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return folder;
};
const run = async (path: string, options: Partial<Parameters<typeof cost>[1]> = {}) => {
  const { io, out, err } = createTerminal();
  const rules = options.rules ?? rulesFolder();
  const code = await cost([path], { rules, minSeverity: 'medium', detectMs: 20, format: 'jsonl', ...options }, io);
  return { code, out, err };
};
const linesOf = (out: readonly string[]): readonly CostLine[] => out.map((line) => JSON.parse(line));
const quantityOf = (out: readonly string[], part: string, unit: string) =>
  linesOf(out).find((line) => line.part === part && line.unit.startsWith(unit))?.quantity;

describe('trailwire cost', () => {
  it('counts what passes the subscriptions, what is kept of matches, and what is told', async () => {
    const { code, out, err } = await run(logOf(...records));
    expect(code).toBe(0);
    expect(err[0]).toBe('4 records in 3.00 days: 2 findings');
    // A tenth of a month: StopLogging is not narrowed, so that all three pass.
    expect(quantityOf(out, 'detect', 'requests')).toBeCloseTo(30);
    expect(quantityOf(out, 'detect', 'read units')).toBeCloseTo(20);
    expect(quantityOf(out, 'detect', 'write units')).toBeCloseTo(20);
    expect(quantityOf(out, 'findings', 'events of 64 KB')).toBeCloseTo(20);
    expect(quantityOf(out, 'alerts', 'e-mails')).toBeCloseTo(20);
  });

  it('counts no alert below the least severity of the destination', async () => {
    const { out } = await run(logOf(...records), { minSeverity: 'critical' });
    expect(quantityOf(out, 'alerts', 'e-mails')).toBe(0);
    expect(quantityOf(out, 'findings', 'events of 64 KB')).toBeCloseTo(20);
  });

  it('counts a record once, however often it was delivered', async () => {
    const once = await run(logOf(...records));
    const twice = await run(logOf(...records, ...records));
    expect(twice.out).toEqual(once.out);
  });

  it('goes by the days that are given', async () => {
    const { out } = await run(logOf(...records), { days: 30 });
    expect(quantityOf(out, 'detect', 'requests')).toBe(3);
  });

  it('counts the log files of a trail for those who have them read', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'eu-west-1'));
    const name = '111122223333_CloudTrail_eu-west-1_20261101T0000Z_0123456789abcdef.json.gz';
    writeFileSync(join(folder, 'eu-west-1', name), gzipSync(JSON.stringify({ Records: records })));
    writeFileSync(join(folder, 'more.jsonl'), JSON.stringify(stopLogging('e', '2026-11-04T00:00:00Z')));
    expect(quantityOf((await run(folder)).out, 'ingest', 'GET')).toBeCloseTo(10);
  });

  it('shows quantity and price of each line, the date of the prices and the sum', async () => {
    const { out } = await run(logOf(...records), { format: 'text' });
    expect(out[0]).toMatch(/^A month of 30 days in us-east-1, prices of \d{4}-\d\d-\d\d in USD/);
    expect(out).toContain(
      '   $0.000006  30 requests x $0.2 per 1,000,000  events that pass the subscriptions, each a run of detect',
    );
    expect(out.at(-1)).toMatch(/^\$\d+\.\d\d a month, \$\d+\.\d\d with ingest$/);
  });

  it('cannot tell a rate from one moment, and says what does', async () => {
    const { code, err } = await run(logOf(stopLogging('a', '2026-11-01T00:00:00Z')));
    expect(code).toBe(2);
    expect(err.at(-1)).toContain('--days says how long it took');
  });

  it.each([
    [
      'a rule that fails',
      { dedup: { by: ['requestParameters'], window: '1h' } },
      /^RULE FAILED: .*cloudtrail-trail-halted/,
    ],
    ['a record that cannot be counted', {}, /^cannot count .*deep\.json/],
  ])('names %s, counts the others, and exits with 1', async (_, fields, says) => {
    const rules = rulesFolder({ 'cloudtrail/cloudtrail-trail-halted.json': exampleRule(fields) });
    const folder = logOf(...records);
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const text = JSON.stringify(stopLogging('deep', '2026-11-03T00:00:00Z', { requestParameters: 0 }));
    writeFileSync(join(folder, 'deep.json'), text.replace('"requestParameters":0', `"requestParameters":${deep}`));
    const { code, err, out } = await run(folder, { rules });
    expect(code).toBe(1);
    expect(err.filter((line) => says.test(line))).toHaveLength(1);
    expect(quantityOf(out, 'alerts', 'e-mails')).toBeCloseTo(20);
  });

  it('ends with 2 where no record could be read', async () => {
    expect((await run(join(temporaryFolder(), 'nothing'))).code).toBe(2);
  });
});

it('what the stack is made of is read from what it is deployed from', () => {
  const { gigabytes, alarms, polledQueues } = readStack();
  expect(gigabytes.detect).toBeGreaterThan(gigabytes.notify);
  expect(alarms).toBeGreaterThan(10);
  // Later looks at responses and decisions about them; and what S3 tells of log files.
  expect(polledQueues).toEqual({ always: 2, ingest: 1 });
});

const units = { reads: 0, writes: 0 };
const stop = async (): Promise<void> => {};
describeWindowStore('that is metered', async () => ({
  store: meterWindowStore(createMemoryWindowStore(), units),
  stop,
}));
describeSignalStore('that is metered', async () => ({
  store: meterSignalStore(createMemorySignalStore(), units),
  stop,
}));

it('a metered set costs by its size', async () => {
  const counted = { reads: 0, writes: 0 };
  const store = meterSignalStore(createMemorySignalStore(), counted);
  await store.add('small', 'x', 1_000, 0);
  expect(counted).toEqual({ reads: 0, writes: 1 });
  await store.add('large', 'x'.repeat(5_000), 1_000, 0);
  expect(counted.writes).toBe(1 + 6);
  await store.read(['small', 'large', 'missing'], 0);
  expect(counted.reads).toBe(1 + 2 + 1);
});
