import { describe, expect, it } from 'vitest';
import { test } from '../../cli/test.ts';
import { exampleRule, exampleRuleTest, rulesFolder } from './rules-folder.ts';
import { createTerminal } from './terminal.ts';

const run = async (rules: string, ...names: readonly string[]) => {
  const { io, out, err } = createTerminal();
  const code = await test(names, { rules }, io);
  return { code, out: out.map((line) => line.replace(`${rules}/`, '').trimEnd()), err };
};

const ruleFile = 'cloudtrail/cloudtrail-trail-halted.json';
const testFile = 'cloudtrail/cloudtrail-trail-halted.test.json';
const broken = { 's3/s3-broken.json': '{' };

describe('test', () => {
  it('runs the cases of all rules', async () => {
    expect(await run(rulesFolder())).toEqual({
      code: 0,
      out: ['ok  cloudtrail-trail-halted  2 cases'],
      err: ['1 rule, 2 cases, 0 problems'],
    });
  });

  it('runs the cases of the rules named, and of no other', async () => {
    const { code, out } = await run('rules', 'cloudtrail-trail-stopped', 'root-used');
    expect(code).toBe(0);
    expect(out).toHaveLength(2);
  });

  it('says which case failed and why', async () => {
    const cases = [
      { name: 'the call succeeds', matches: false },
      { name: 'the call is denied', with: { errorCode: 'AccessDenied' }, matches: false },
    ];
    const { code, out, err } = await run(rulesFolder({ [testFile]: exampleRuleTest({ cases }) }));
    expect(code).toBe(1);
    expect(out[0]).toBe('FAIL  cloudtrail-trail-halted  2 cases');
    expect(out[1]).toMatch(/^ {6}the call succeeds: /);
    expect(err).toEqual(['1 rule, 2 cases, 1 problem']);
  });

  it('demands that every leaf is seen true and false', async () => {
    const cases = [
      { name: 'the call succeeds', matches: true },
      { name: 'the call is denied', with: { errorCode: 'AccessDenied' }, matches: false },
    ];
    const conditions = {
      all: [
        { fact: 'errorCode', operator: 'exists', value: false },
        { fact: 'awsRegion', operator: 'equal', value: 'us-east-1' },
      ],
    };
    const { code, out } = await run(
      rulesFolder({ [ruleFile]: exampleRule({ conditions }), [testFile]: exampleRuleTest({ cases }) }),
    );
    expect(code).toBe(1);
    expect(out).toEqual([
      expect.stringMatching(/^FAIL/),
      expect.stringMatching(/^ {6}conditions\.all\[1\] was never false: .*awsRegion/),
    ]);
  });

  it('hints at the rule that was meant', async () => {
    const { code, out, err } = await run('rules', 'cloudtrail-trail-stoped', 'root-used');
    expect(code).toBe(1);
    expect(out[0]).toBe(
      'cloudtrail-trail-stoped: there is no such rule in rules; did you mean "cloudtrail-trail-stopped"?',
    );
    expect(out[1]).toMatch(/^ok {2}root-used/);
    expect(err[0]).toMatch(/1 problem$/);
  });

  it('counts files with problems, unless other rules were asked for', async () => {
    const rules = rulesFolder(broken);
    const all = await run(rules);
    expect(all.code).toBe(1);
    expect(all.out[0]).toMatch(/^s3\/s3-broken\.json: /);
    expect(all.out).toContain('ok  cloudtrail-trail-halted  2 cases');
    expect((await run(rules, 'cloudtrail-trail-halted')).code).toBe(0);
  });

  it('says of a rule whose file has problems which they are', async () => {
    const { code, out } = await run(rulesFolder(broken), 's3-broken');
    expect(code).toBe(1);
    expect(out).toEqual([expect.stringMatching(/^s3\/s3-broken\.json: /)]);
  });

  it('refuses a folder that is not there', async () => {
    await expect(run('no-such-rules')).rejects.toThrow('cannot read the rules in no-such-rules: ENOENT');
  });
});
