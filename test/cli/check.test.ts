import { describe, expect, it } from 'vitest';
import { check } from '../../cli/check.ts';
import { exampleRule, exampleRuleTest, rulesFolder } from './rules-folder.ts';
import { createTerminal } from './terminal.ts';

const run = (rules: string, now?: () => number) => {
  const { io, out, err } = createTerminal(now);
  const code = check({ rules }, io);
  return { code, out: out.map((line) => line.replace(`${rules}/`, '')), err };
};

describe('check', () => {
  it('is content with the rules that come with Trailwire', () => {
    const { code, out, err } = run('rules');
    expect({ code, out }).toEqual({ code: 0, out: [] });
    expect(err).toEqual([expect.stringMatching(/^\d+ rules, \d+ suppressions?: fine$/)]);
  });

  it('says so where all is well, on stderr', () => {
    expect(run(rulesFolder())).toEqual({ code: 0, out: [], err: ['1 rule, 0 suppressions: fine'] });
  });

  it('names every problem of every file in one run, each with file and path', () => {
    const rules = rulesFolder({
      'iam/iam-user-made.json': exampleRule({
        id: 'iam-user-made',
        severity: 'hgih',
        events: { 'iam.amazonaws.com': ['CreateUser'] },
        conditions: { all: [{ fact: 'errorCode', operator: 'exist', value: false }] },
      }),
      'iam/iam-user-made.test.json': exampleRuleTest({ fixture: 'cloudtrail/stop-loging' }),
      's3/s3-broken.json': '{"id": "s3-broken",}',
      'lists/empty.json': '{"values": "none"}',
      'notes.json': '{}',
    });
    const { code, out, err } = run(rules);
    expect(code).toBe(1);
    const text = out.join('\n');
    expect(text).toMatch(/^iam\/iam-user-made\.json: severity: /m);
    expect(text).toMatch(/^iam\/iam-user-made\.json: conditions\.all\[0\]\.operator: .*did you mean "exists"\?$/m);
    expect(text).toMatch(/^iam\/iam-user-made\.test\.json: fixture: .*stop-logging/m);
    expect(text).toMatch(/^s3\/s3-broken\.json: /m);
    expect(text).toMatch(/^lists\/empty\.json: /m);
    expect(text).toMatch(/^notes\.json: not a place for a file/m);
    expect(err).toEqual([expect.stringMatching(/^\d+ problems in 5 files; 1 rule can be used$/)]);
  });

  it('knows the events of AWS, and hints at the one that was meant', () => {
    const misnamed = rulesFolder({
      'cloudtrail/cloudtrail-trail-halted.json': exampleRule({
        events: { 'cloudtrail.amazonaws.com': ['StopLoging'] },
      }),
    });
    expect(run(misnamed).out).toEqual([
      expect.stringMatching(/^cloudtrail\/cloudtrail-trail-halted\.json: events\[.*did you mean "StopLogging"\?/),
    ]);
  });

  it('names a suppression that has expired', () => {
    const suppression = {
      rule: 'cloudtrail-trail-halted',
      when: { all: [{ fact: 'awsRegion', operator: 'equal', value: 'us-east-1' }] },
      reason: 'a move',
      owner: 'ann@example.com',
      expires: '2026-01-01',
    };
    const rules = rulesFolder({ 'suppressions.json': { suppressions: [suppression] } });
    const { code, out } = run(rules, () => Date.UTC(2026, 5, 1));
    expect(out).toEqual([
      expect.stringMatching(/^suppressions\.json: suppression of cloudtrail-trail-halted: expired on 2026-01-01/),
    ]);
    expect(code).toBe(1);
    expect(run(rules, () => Date.UTC(2025, 11, 1)).code).toBe(0);
  });

  it('prints paths that an editor opens, with or without a slash behind the folder', () => {
    const rules = rulesFolder({ 'notes.json': '{}' });
    const { io, out } = createTerminal();
    check({ rules: `${rules}/` }, io);
    expect(out[0]).toMatch(`${rules}/notes.json: `);
  });

  it('refuses a folder that is not there', () => {
    expect(() => run('no-such-rules')).toThrow('cannot read the rules in no-such-rules: ENOENT');
  });

  it('does not call a folder without rules fine', () => {
    expect(() => run('docs')).toThrow('there is no rule in docs');
  });
});
