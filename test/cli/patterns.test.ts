import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { patterns } from '../../cli/patterns.ts';
import { exampleRecord } from '../example-records.ts';
import { exampleRule, exampleRuleTest, writeFiles } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const run = async (paths: readonly string[], format: 'text' | 'jsonl' = 'text', more: Record<string, unknown> = {}) => {
  const rules = temporaryFolder();
  const stopLogging = exampleRecord({ eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' });
  writeFiles(rules, {
    'cloudtrail/cloudtrail-trail-halted.json': exampleRule(),
    'cloudtrail/cloudtrail-trail-halted.test.json': exampleRuleTest(),
    'fixtures/cloudtrail/stop-logging.json': stopLogging,
    ...more,
  });
  const terminal = createTerminal();
  const code = await patterns(paths, { rules, format }, terminal.io);
  return { code, out: terminal.out, err: terminal.err };
};
const logOf = (...records: readonly object[]): string => {
  const file = join(temporaryFolder(), 'log.jsonl');
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return file;
};
const log = () =>
  logOf(
    exampleRecord({ eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' }),
    ...['a', 'b', 'c'].map((eventID) => exampleRecord({ eventID, eventSource: 'ec2.amazonaws.com' })),
  );

describe('trailwire patterns', () => {
  it('prints each subscription with its size', async () => {
    const { code, out, err } = await run([]);
    const [size = '', pattern = ''] = out;
    expect({ code, lines: out.length }).toEqual({ code: 0, lines: 2 });
    expect(size).toBe(`1. ${pattern.length} characters`);
    expect(JSON.parse(pattern).detail).toEqual({
      eventSource: ['cloudtrail.amazonaws.com'],
      eventName: [{ 'equals-ignore-case': 'stoplogging' }],
    });
    expect(err).toEqual(['1 subscription for 1 rule']);
  });

  it('says what share of logs each and all of them pass', async () => {
    const { code, out, err } = await run([log()]);
    expect(code).toBe(0);
    expect(out[0]).toMatch(/^1\. \d+ characters, passes 1 \(25\.0 %\)$/);
    expect(err.at(-1)).toBe('of 4 records they pass 1 (25.0 %), in 1 invocation; 0 pass more than one');
  });

  it('says how many records pass more than one, as each is an invocation', async () => {
    const names = (service: string) =>
      Array.from({ length: 40 }, (_, index) => `${service}SomethingThatHasALongName${index}`);
    const rules = {
      'iam/iam-many.test.json': exampleRuleTest(),
      'iam/iam-root.test.json': exampleRuleTest(),
      'iam/iam-many.json': exampleRule({ id: 'iam-many', events: { 'iam.amazonaws.com': names('Create') } }),
      'iam/iam-root.json': exampleRule({
        id: 'iam-root',
        events: undefined,
        conditions: { all: [{ fact: 'userIdentity.type', operator: 'equal', value: 'Root' }] },
      }),
    };
    const root = { userIdentity: { type: 'Root' }, eventSource: 'iam.amazonaws.com' };
    const record = exampleRecord({ ...root, eventName: names('Create').at(-1) });
    const { err } = await run([logOf(record, exampleRecord({ ...root, eventID: 'a' }))], 'text', rules);
    expect(err.at(-1)).toBe('of 2 records they pass 2 (100.0 %), in 3 invocations; 1 passes more than one');
  });

  it('prints a line of JSON for each, for programs', async () => {
    const { out } = await run([log()], 'jsonl');
    expect(out.map((line) => JSON.parse(line))).toEqual([
      {
        characters: expect.any(Number),
        passed: 1,
        share: 0.25,
        pattern: expect.objectContaining({ source: [{ prefix: 'aws.' }] }),
      },
    ]);
  });

  it('ends with 2 where no record could be read', async () => {
    const { code, err } = await run([join(temporaryFolder(), 'nothing')]);
    expect(code).toBe(2);
    expect(err[0]).toContain('cannot read');
  });
});
