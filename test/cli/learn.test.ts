import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { learn } from '../../cli/learn.ts';
import { loadRules } from '../../cli/load-rules.ts';
import { openSqliteState } from '../../cli/sqlite-state.ts';
import { usualLatenessMs } from '../../engine/correlation/lateness.ts';
import { createDetector } from '../../engine/detector.ts';
import { exampleRecord } from '../example-records.ts';
import { rulesFolder } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const rule = {
  id: 'any-region-first-used',
  events: { 'iam.amazonaws.com': '*' },
  conditions: { all: [{ fact: 'errorCode', operator: 'exists', value: false }] },
  correlation: {
    type: 'new_value',
    groupBy: ['userIdentity.arn'],
    field: 'awsRegion',
    lookback: '30d',
    learning: '7d',
  },
};
const test = {
  fixture: 'cloudtrail/stop-logging',
  cases: [
    {
      name: 'a region after a week of another',
      sequence: [
        { at: '+0m', with: { eventSource: 'iam.amazonaws.com' } },
        { at: '+8d', with: { eventSource: 'iam.amazonaws.com', awsRegion: 'eu-north-1' } },
      ],
      findings: 1,
    },
    { name: 'the same region', sequence: [{ at: '+0m', with: { eventSource: 'iam.amazonaws.com' } }], findings: 0 },
    {
      name: 'denied',
      sequence: [{ at: '+0m', with: { eventSource: 'iam.amazonaws.com', errorCode: 'x' } }],
      findings: 0,
    },
  ],
};

const day = 86_400_000;
const now = Date.UTC(2026, 9, 30);
const recordAt = (time: number, awsRegion: string) =>
  exampleRecord({ eventID: `id-${time}`, eventTime: `${new Date(time).toISOString().slice(0, 19)}Z`, awsRegion });

const learnFrom = async (records: readonly object[], table?: string) => {
  const folder = temporaryFolder();
  const rules = rulesFolder({ 'any/any-region-first-used.json': rule, 'any/any-region-first-used.test.json': test });
  const log = join(folder, 'log.json');
  writeFileSync(log, JSON.stringify({ Records: records }));
  const state = join(folder, 'state.db');
  const options = { rules, state, table: table ?? join(folder, 'table'), tableName: 'state', jobs: 1 };
  const { io, err } = createTerminal();
  const code = await learn([log], options, { ...io, now: () => now });
  return { code, err, options };
};

const detectAfter = async (state: string, rules: string, record: object) => {
  const opened = openSqliteState(state, now);
  const detector = createDetector(loadRules(rules), { signals: opened.signals, latenessMs: usualLatenessMs });
  const { findings, failures } = await detector.detect({ record: { ...record } }, now);
  opened.close();
  expect(failures).toEqual([]);
  return findings.map(({ finding_info }) => finding_info.analytic.uid);
};

describe('learn', () => {
  const records = [recordAt(now - 20 * day, 'us-east-1'), recordAt(now - 10 * day, 'us-east-1')];

  it('makes rules on what is new speak at once, of what was not in the logs', async () => {
    const { code, options } = await learnFrom(records);
    expect(code).toBe(0);
    expect(await detectAfter(options.state, options.rules, recordAt(now, 'eu-north-1'))).toEqual([
      'any-region-first-used',
    ]);
    expect(await detectAfter(options.state, options.rules, recordAt(now, 'us-east-1'))).toEqual([]);
  });

  it('says what it read and learnt from', async () => {
    const { err } = await learnFrom([
      ...records,
      recordAt(now - day, 'us-east-1'),
      exampleRecord({ eventSource: 'a.b' }),
    ]);
    expect(err[0]).toBe('4 records read, 3 learnt from, until 2026-10-29T00:00:00Z; 0 unreadable items');
  });

  it('writes requests that put the same into the table of the stack, a hundred items in four', async () => {
    const { options } = await learnFrom(
      Array.from({ length: 49 }, (_, index) => ({
        ...recordAt(now - 10 * day, 'us-east-1'),
        eventID: `id-${index}`,
        userIdentity: { arn: `user-${index}` },
      })),
    );
    const files = readdirSync(options.table);
    const items = files.map((file) => JSON.parse(readFileSync(join(options.table, file), 'utf8')).state.length);
    // When each was seen first, and the region of each.
    expect(items).toEqual([25, 25, 25, 23]);
    const [first] = JSON.parse(readFileSync(join(options.table, '000001.json'), 'utf8')).state;
    expect(unmarshall(first.PutRequest.Item)).toEqual({
      id: expect.stringMatching(/^signals#[\w-]{43}$/),
      texts: new Set([String(now - 10 * day)]),
      expiration: expect.any(Number),
    });
  });

  it('prints a command that a shell takes, whatever the folder is called', async () => {
    const folder = join(temporaryFolder(), "the team's table");
    const { err } = await learnFrom(records, folder);
    const command = err.find((line) => line.includes('batch-write-item')) ?? '';
    const listing = command.replace(/aws dynamodb .*;/, 'echo "$f";');
    expect(execFileSync('sh', ['-c', listing], { encoding: 'utf8' })).toBe(`${join(folder, '000001.json')}\n`);
  });

  it('writes no requests beside those of an earlier run, which would be put into the table with them', async () => {
    const { options } = await learnFrom(records);
    await expect(learnFrom(records, options.table)).rejects.toThrow('has requests of an earlier run');
  });

  it('ends with 2 where nothing was readable', async () => {
    const { io } = createTerminal();
    const options = { rules: 'rules', state: join(temporaryFolder(), 'state.db'), tableName: 'state', jobs: 1 };
    expect(await learn([join(temporaryFolder(), 'none.json')], options, io)).toBe(2);
  });
});
