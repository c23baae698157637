import { describe, expect, it } from 'vitest';
import { type AnyRule, correlationRuleSchema, type Rule, ruleSchema } from '../../engine/rule.ts';
import { runRuleTest } from '../../engine/rule-cases.ts';
import { recordsOfSequence } from '../../engine/rule-sequence.ts';
import { ruleTestSchema } from '../../engine/rule-test.ts';
import { exampleRecord } from '../example-records.ts';

const fixture = exampleRecord({ eventTime: '2026-10-14T12:00:00Z', errorCode: 'AccessDenied' });

/** The steps as a test file has them, with what it leaves out filled in. */
const stepsOf = (sequence: readonly object[]) => {
  const [parsed] = ruleTestSchema.parse({ fixture: 'a/b', cases: [{ name: 'x', sequence, findings: 0 }] }).cases;
  return parsed?.sequence ?? [];
};
const recordsOf = (sequence: readonly object[]) => recordsOfSequence(stepsOf(sequence), () => fixture);
const timesOf = (sequence: readonly object[]) => recordsOf(sequence).map(({ eventTime }) => eventTime);

describe('the records of a sequence', () => {
  it('are at the time of the fixture and what a step says after it, in the order of the steps', () => {
    expect(timesOf([{ at: '+90s' }, { at: '+0m' }, { at: '+2h' }])).toEqual([
      '2026-10-14T12:01:30Z',
      '2026-10-14T12:00:00Z',
      '2026-10-14T14:00:00Z',
    ]);
  });

  it('are repeated, a second apart or as far as the step says', () => {
    expect(timesOf([{ at: '+0m', repeat: 2 }])).toEqual(['2026-10-14T12:00:00Z', '2026-10-14T12:00:01Z']);
    expect(timesOf([{ at: '+1m', repeat: 2, every: '10m' }])).toEqual(['2026-10-14T12:01:00Z', '2026-10-14T12:11:00Z']);
  });

  it('are different records, unless a step gives them one id', () => {
    const ids = (sequence: readonly object[]) => new Set(recordsOf(sequence).map(({ eventID }) => eventID)).size;
    expect(ids([{ at: '+0m', repeat: 3 }, { at: '+1m' }])).toBe(4);
    expect(ids([{ at: '+0m', with: { eventID: 'same' }, repeat: 3 }])).toBe(1);
  });

  it('have their number wherever a value has a place for it', () => {
    const step = { at: '+0m', with: { 'userIdentity.userName': 'user-{n}', resources: [{ ARN: 'a{n}' }] }, repeat: 2 };
    expect(recordsOf([step])).toMatchObject([
      { userIdentity: { userName: 'user-1' }, resources: [{ ARN: 'a1' }] },
      { userIdentity: { userName: 'user-2' }, resources: [{ ARN: 'a2' }] },
    ]);
  });

  it('cannot be made of a fixture without a time', () => {
    expect(() => recordsOfSequence(stepsOf([{ at: '+0m' }]), () => ({}))).toThrow(
      'the fixture has no eventTime that a sequence could begin at',
    );
  });
});

describe('running the sequences of a rule', () => {
  const denied: Rule = ruleSchema.parse({
    id: 'any-calls-denied',
    conditions: { all: [{ fact: 'errorCode', operator: 'equal', value: 'AccessDenied' }] },
    correlation: { type: 'event_count', groupBy: ['userIdentity.arn'], timespan: '10m', condition: { gte: 3 } },
  });
  const run = (rule: AnyRule, cases: readonly object[], rules: readonly Rule[] = [denied]) =>
    runRuleTest(rule, ruleTestSchema.parse({ fixture: 'a/b', cases }), new Map([['a/b', fixture]]), {
      rules,
      correlationRules: 'conditions' in rule ? [] : [rule],
      conditions: new Map(),
      lists: new Map(),
    });
  const times = (repeat: number, findings: number) => ({
    name: `${repeat} denied`,
    sequence: [{ at: '+0m', repeat }],
    findings,
  });

  it('passes those that make as many findings as they say', async () => {
    const { cases } = await run(denied, [times(2, 0), times(3, 1), times(30, 1)]);
    expect(cases.map(({ passed }) => passed)).toEqual([true, true, true]);
  });

  it('says of the others what was expected, what came and what counted', async () => {
    const { cases } = await run(denied, [times(2, 1)]);
    expect(cases).toEqual([
      { name: '2 denied', passed: false, why: 'expected 1 finding, got 0 from 2 records that counted of 2' },
    ]);
  });

  it('sees every leaf of the rule in the records', async () => {
    expect((await run(denied, [times(3, 1)])).uncovered).toEqual([
      expect.objectContaining({ path: 'conditions.all[0]', never: false }),
    ]);
    const succeeded = { name: 'succeeded', sequence: [{ at: '+0m', without: ['errorCode'] }], findings: 0 };
    expect((await run(denied, [times(3, 1), succeeded])).uncovered).toEqual([]);
  });

  it('counts findings after findings', async () => {
    const far = {
      name: 'two bursts',
      sequence: [
        { at: '+0m', repeat: 3 },
        { at: '+5h', repeat: 3 },
      ],
      findings: 2,
    };
    expect((await run(denied, [far])).cases).toEqual([{ name: 'two bursts', passed: true }]);
  });

  it('runs rules about others with these', async () => {
    const both = correlationRuleSchema.parse({
      id: 'any-denied-everywhere',
      correlation: {
        type: 'value_count',
        rules: ['any-call-denied'],
        field: 'awsRegion',
        timespan: '1h',
        condition: { gte: 2 },
      },
    });
    const { correlation: _, ...alone } = denied;
    const signal: Rule = { ...alone, id: 'any-call-denied', signal: true };
    const regions = { at: '+0m', with: { awsRegion: 'eu-west-{n}' }, repeat: 2 };
    const { cases, uncovered } = await run(both, [{ name: 'two regions', sequence: [regions], findings: 1 }], [signal]);
    expect({ cases, uncovered }).toEqual({ cases: [{ name: 'two regions', passed: true }], uncovered: [] });
  });

  it('refuses a single record where only several say anything, and the other way round', async () => {
    const { correlation: _, ...alone } = denied;
    expect((await run(alone, [times(3, 1)])).cases[0]?.why).toBe('the rule has no "correlation"; write single records');
    const about = correlationRuleSchema.parse({
      id: 'any-about',
      correlation: { type: 'event_count', rules: ['any-calls-denied'], timespan: '10m', condition: { gte: 2 } },
    });
    expect((await run(about, [{ name: 'one', matches: true }])).cases[0]?.why).toBe(
      'a rule about others has no conditions; write a "sequence"',
    );
  });
});
