import { describe, expect, it } from 'vitest';
import { type Rule, ruleSchema } from '../../engine/rule.ts';
import { runRuleTest } from '../../engine/rule-cases.ts';
import { type RuleTest, ruleTestSchema } from '../../engine/rule-test.ts';
import { type Suppression, suppressionSchema } from '../../engine/suppression.ts';
import { exampleRecord } from '../example-records.ts';

const denied = ruleSchema.parse({
  id: 'any-call-denied',
  signal: true,
  tags: ['noisy'],
  conditions: { all: [{ fact: 'errorCode', operator: 'equal', value: 'AccessDenied' }] },
});
const burst = ruleSchema.parse({
  id: 'any-calls-denied',
  conditions: denied.conditions,
  correlation: { type: 'event_count', groupBy: ['userIdentity.arn'], timespan: '10m', condition: { gte: 3 } },
});
const fixtures = new Map([['a/b', exampleRecord({ errorCode: 'AccessDenied', userAgent: 'Boto3/1.40' })]]);

const suppress = (fields: object, ...leaves: readonly object[]): Suppression =>
  suppressionSchema.parse({ when: { all: leaves }, reason: 'scanner', owner: 'a', expires: '2030-01-31', ...fields });
const byBoto = { fact: 'userAgent', operator: 'prefix', value: 'Boto3' };

const run = async (
  rule: Rule,
  cases: readonly object[],
  suppressions: readonly Suppression[],
  test: Partial<RuleTest> = {},
) => {
  const content = {
    rules: [rule],
    correlationRules: [],
    conditions: new Map(),
    lists: new Map([['scanners', []]]),
    suppressions,
  };
  const parsed = ruleTestSchema.parse({ fixture: 'a/b', cases, ...test });
  return (await runRuleTest(rule, parsed, fixtures, content)).cases;
};

const attack = { name: 'denied', matches: true };
const quiet = { name: 'allowed', with: { errorCode: '' }, matches: false };
const sequence = { name: 'three', sequence: [{ at: '+0m', repeat: 3 }], findings: 1 };

describe('a suppression', () => {
  it('fails a case of an attack that it hides, by rule or by tag, and is named', async () => {
    for (const target of [{ rule: 'any-call-denied' }, { tag: 'noisy' }]) {
      const suppression = suppress(target, byBoto);
      const [first, second] = await run(denied, [attack, quiet], [suppression]);
      expect(first).toMatchObject({ passed: false, hiddenBy: [{ reason: 'scanner' }] });
      expect(second).toEqual({ name: 'allowed', passed: true });
    }
  });

  it('is let alone where it speaks of other rules or of other records', async () => {
    const others = [suppress({ rule: 'other' }, byBoto), suppress({ tag: 'noisy' }, { ...byBoto, value: 'curl' })];
    expect((await run(denied, [attack], others)).map(({ passed }) => passed)).toEqual([true]);
  });

  it('fails a sequence where too few of its records are left for a finding', async () => {
    const cases = await run(burst, [sequence], [suppress({ rule: burst.id }, byBoto)]);
    expect(cases).toMatchObject([{ passed: false, hiddenBy: [{ reason: 'scanner' }] }]);
  });

  it('may take records out of a sequence that still makes its finding', async () => {
    const more = {
      ...sequence,
      sequence: [
        { at: '+0m', repeat: 4 },
        { at: '+1m', with: { userAgent: 'curl' } },
      ],
    };
    const byCurl = suppress({ rule: burst.id }, { ...byBoto, value: 'curl' });
    expect((await run(burst, [more], [byCurl])).map(({ passed }) => passed)).toEqual([true]);
  });

  it('sees the lists as the cases fill them', async () => {
    const listed = suppress({ rule: denied.id }, { fact: 'userAgent', operator: 'in', value: { list: 'scanners' } });
    const filled = { lists: { scanners: ['Boto3/1.40'] } };
    expect((await run(denied, [attack], [listed])).map(({ passed }) => passed)).toEqual([true]);
    expect((await run(denied, [attack], [listed], filled)).map(({ passed }) => passed)).toEqual([false]);
  });
});

describe('"suppressed"', () => {
  it('belongs to cases of attacks', () => {
    const wrong = { ...quiet, suppressed: true };
    expect(() => ruleTestSchema.parse({ fixture: 'a/b', cases: [wrong] })).toThrow('belongs to a case that matches');
    expect(() =>
      ruleTestSchema.parse({ fixture: 'a/b', cases: [{ ...sequence, findings: 0, suppressed: true }] }),
    ).toThrow('belongs to a case that matches');
  });

  it('holds for a sequence, too', async () => {
    const meant = { ...sequence, suppressed: true };
    expect((await run(burst, [meant], [suppress({ rule: burst.id }, byBoto)])).map(({ passed }) => passed)).toEqual([
      true,
    ]);
    expect(await run(burst, [meant], [])).toMatchObject([
      { passed: false, why: 'says that it is suppressed, and no suppression hides it' },
    ]);
  });
});
