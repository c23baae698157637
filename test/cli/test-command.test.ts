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

  describe('with suppressions', () => {
    const suppressed = (when: object, fields: object = {}) => ({
      'suppressions.json': {
        suppressions: [
          {
            rule: 'cloudtrail-trail-halted',
            when: { all: [when] },
            reason: 'nightly test',
            owner: 'ann@example.com',
            expires: '2020-01-31',
            ...fields,
          },
        ],
      },
    });
    const anyAgent = { fact: 'userAgent', operator: 'exists', value: true };
    const ofAccount = { fact: 'userIdentity.accountId', operator: 'equal', value: '111122223333' };
    const ofRole = {
      fact: 'userIdentity.sessionContext.sessionIssuer.arn',
      operator: 'equal',
      value: 'arn:aws:iam::111122223333:role/tester',
    };

    it('fails where one hides an attack, though it has ended, and says how to narrow it', async () => {
      const { code, out } = await run(rulesFolder(suppressed(anyAgent)));
      expect(code).toBe(1);
      expect(out[0]).toBe('FAIL  cloudtrail-trail-halted  2 cases');
      expect(out[1]).toBe(
        '      the call succeeds: hidden by the suppression "nightly test" (ann@example.com): let its "when" ask who it is, such as {"fact": "userIdentity.sessionContext.sessionIssuer.arn", "operator": "equal", ...}; where it is meant, say "suppressed": true in this case',
      );
      const { out: other } = await run(rulesFolder(suppressed(ofAccount)));
      expect(other[1]).toContain('let its "when" ask for exact values, or for one more field');
    });

    it('passes where it speaks of somebody else', async () => {
      expect(await run(rulesFolder(suppressed(ofRole)))).toMatchObject({
        code: 0,
        err: ['1 rule, 2 cases, 0 problems'],
      });
    });

    it('lets a case say that its attack is meant to be hidden, while it is', async () => {
      const cases = [
        { name: 'the call succeeds', matches: true, suppressed: true },
        { name: 'the call is denied', with: { errorCode: 'AccessDenied' }, matches: false },
      ];
      const meant = { [testFile]: exampleRuleTest({ cases }) };
      const ofTrail = { fact: 'requestParameters.name', operator: 'equal', value: 'main' };
      expect(await run(rulesFolder({ ...suppressed(ofTrail), ...meant }))).toMatchObject({ code: 0 });
      const { code, out } = await run(rulesFolder({ ...suppressed(ofRole), ...meant }));
      expect(code).toBe(1);
      expect(out[1]).toBe('      the call succeeds: says that it is suppressed, and no suppression hides it');
    });

    it('fails where one hides an alert of recorded logs of an attack', async () => {
      const hides = suppressed({ fact: 'sourceIPAddress', operator: 'equal', value: '203.0.113.77' });
      const { code, out, err } = await run(rulesFolder(hides));
      expect(code).toBe(1);
      expect(out[0]).toBe('ok  cloudtrail-trail-halted  2 cases');
      expect(out[1]).toMatch(
        /^FAIL {2}cloudtrail-trail-halted {2}samples\/incident, --event [0-9a-f-]{36}: hidden by the suppression "nightly test"/,
      );
      expect(out).toHaveLength(2);
      expect(err).toEqual(['1 rule, 2 cases, 1 problem']);
    });

    it('refuses logs of an attack that hold no record', async () => {
      const rules = rulesFolder(suppressed(ofRole));
      await expect(test([], { rules, attack: 'no-such-logs' }, createTerminal().io)).rejects.toThrow(
        'no-such-logs: no record of an attack could be read; say with --attack where there are some',
      );
    });
  });
});
