import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { exampleRecord } from '../example-records.ts';
import { exampleRule, rulesFolder } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const stopLogging = (eventID: string, fields: object = {}) =>
  exampleRecord({ eventID, eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging', ...fields });

const logOf = (...records: readonly object[]): string => {
  const file = join(temporaryFolder(), 'log.json');
  writeFileSync(file, JSON.stringify({ Records: records }));
  return file;
};

const run = async (id: string, path: string, options: { readonly rules?: string; readonly event?: string } = {}) => {
  const { io, out, err } = createTerminal();
  const code = await explain(id, path, { rules: 'rules', ...options }, io);
  return { code, out, err };
};

describe('explain', () => {
  it('shows every leaf on each record of the rule’s events, with what it saw', async () => {
    const log = logOf(stopLogging('yes'), stopLogging('no', { errorCode: 'AccessDenied' }), exampleRecord());
    const { code, out, err } = await run('cloudtrail-trail-stopped', log);
    expect(code).toBe(0);
    expect(out.filter((line) => !line.startsWith(' '))).toEqual([
      'MATCH    2026-10-14T08:41:07Z cloudtrail.amazonaws.com StopLogging yes',
      'NO MATCH 2026-10-14T08:41:07Z cloudtrail.amazonaws.com StopLogging no',
    ]);
    expect(out).toContainEqual(expect.stringMatching(/^ +✓ errorCode is missing$/));
    expect(out).toContainEqual(expect.stringMatching(/^ +✗ errorCode is missing; it is "AccessDenied"$/));
    expect(err).toEqual(["2 records of the rule's events, 1 match"]);
  });

  it('exits with 1 where no record matches', async () => {
    const { code } = await run('cloudtrail-trail-stopped', logOf(stopLogging('1', { errorCode: 'AccessDenied' })));
    expect(code).toBe(1);
  });

  it('exits with 2 where there is no record of the rule’s events', async () => {
    const { code, err } = await run('cloudtrail-trail-stopped', logOf(exampleRecord()));
    expect({ code, err }).toEqual({ code: 2, err: ["0 records of the rule's events, 0 match"] });
  });

  it('shows the one record that is asked for, even if the rule is not about its event', async () => {
    const log = logOf(stopLogging('yes'), exampleRecord({ eventID: 'other' }));
    const { code, out } = await run('cloudtrail-trail-stopped', log, { event: 'other' });
    expect(code).toBe(1);
    expect(out[0]).toMatch(/^NO MATCH .* CreateAccessKey other$/);
    expect(out[1]).toBe("  ✗ the event is not among the rule's events");
  });

  it('exits with 2 where the record that is asked for is not there', async () => {
    expect((await run('cloudtrail-trail-stopped', logOf(stopLogging('1')), { event: '2' })).code).toBe(2);
  });

  it('hints at the rule that was meant', async () => {
    await expect(run('cloudtrail-trail-stoped', logOf())).rejects.toThrow(
      'there is no rule "cloudtrail-trail-stoped" in rules; did you mean "cloudtrail-trail-stopped"?',
    );
  });

  it('shows the items that a leaf looked at one by one', async () => {
    const rules = rulesFolder({
      'cloudtrail/cloudtrail-trail-halted.json': exampleRule({
        conditions: {
          all: [
            {
              fact: 'requestParameters.items',
              operator: 'anyItem',
              value: { all: [{ fact: 'port', operator: 'equal', value: 22 }] },
            },
          ],
        },
      }),
    });
    const log = logOf(stopLogging('1', { requestParameters: { items: [{ port: 80 }, { port: 22 }] } }));
    const { code, out } = await run('cloudtrail-trail-halted', log, { rules });
    expect(out.join('\n')).toMatch(/item 0\n +✗ .*\n +✗ port is 22; it is 80\n +item 1\n +✓ .*\n +✓ port is 22$/);
    expect(code).toBe(0);
  });

  it('says that a match is suppressed', async () => {
    const suppression = {
      rule: 'cloudtrail-trail-halted',
      when: { all: [{ fact: 'awsRegion', operator: 'equal', value: 'us-east-1' }] },
      reason: 'a move',
      owner: 'ann@example.com',
      expires: '2099-01-01',
    };
    const rules = rulesFolder({ 'suppressions.json': { suppressions: [suppression] } });
    const { out } = await run('cloudtrail-trail-halted', logOf(stopLogging('1')), { rules });
    expect(out.at(-1)).toBe('  suppressed, so nobody is told: a move (ann@example.com, until 2099-01-01)');
  });

  it('names what cannot be read', async () => {
    const { code, err } = await run('cloudtrail-trail-stopped', 'no/such/file');
    expect(err[0]).toMatch(/^cannot read no\/such\/file: ENOENT/);
    expect(code).toBe(2);
  });

  it('shows nothing of a record that would act on the terminal', async () => {
    const evil = '\u001b[2J\u009b\u202ereversed\u2066\r\nMATCH    forged';
    const log = logOf(stopLogging(`1${evil}`, { errorCode: evil, eventTime: evil }));
    const { out } = await run('cloudtrail-trail-stopped', log);
    expect(out.length).toBeGreaterThan(1);
    for (const line of out) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});

describe('explain of a correlation', () => {
  const denials = (...minutes: readonly number[]) =>
    minutes.map((minute) =>
      exampleRecord({
        eventID: `at-${minute}`,
        eventTime: `2026-10-14T08:${String(minute).padStart(2, '0')}:00Z`,
        eventName: `Describe${minute}`,
        errorCode: 'AccessDenied',
      }),
    );

  it('shows what each record adds, what its window holds, and what a finding lacks', async () => {
    const { code, out, err } = await run('any-actions-denied-in-burst', logOf(...denials(0, 1, 2, 20)));
    expect(code).toBe(1);
    const counted = out.filter((line) => line.includes('any-actions-denied-in-burst counts'));
    expect(counted.map((line) => line.replace(/^.*: /, ''))).toEqual([
      '1 signal, lacks 3 more values of eventName',
      '2 signals, lacks 2 more values of eventName',
      '3 signals, lacks 1 more value of eventName',
      '1 signal, lacks 3 more values of eventName',
    ]);
    expect(out).toContain('      2026-10-14T08:01:00Z iam.amazonaws.com Describe1 at-1 Describe1');
    expect(err).toEqual(["4 records of the rule's events, 4 match, 0 with which there is a finding"]);
  });

  it('says where there is a finding, and exits with 0', async () => {
    const { code, out } = await run('any-actions-denied-in-burst', logOf(...denials(0, 1, 2, 3)));
    expect(code).toBe(0);
    expect(out.filter((line) => line.endsWith('4 signals, a finding'))).toHaveLength(1);
  });

  it('counts all records where one is asked for', async () => {
    const { out } = await run('any-actions-denied-in-burst', logOf(...denials(0, 1, 2, 3)), { event: 'at-3' });
    expect(out.filter((line) => !line.startsWith(' '))).toEqual([
      'MATCH    2026-10-14T08:03:00Z iam.amazonaws.com Describe3 at-3',
    ]);
    expect(out).toContainEqual(expect.stringMatching(/4 signals, a finding$/));
  });
});
