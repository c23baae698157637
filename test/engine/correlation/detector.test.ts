import { describe, expect, it } from 'vitest';
import { createDetector } from '../../../engine/detector.ts';
import { readText } from '../../../engine/field.ts';
import type { Finding } from '../../../engine/ocsf.ts';
import { correlationRuleSchema, type Rule, ruleSchema } from '../../../engine/rule.ts';
import { suppressionSchema } from '../../../engine/suppression.ts';
import { contentOf } from '../../content-of.ts';
import { exampleRecord } from '../../example-records.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 9, 14, 12);

const denied: Rule = ruleSchema.parse({
  id: 'any-denied',
  conditions: { all: [{ fact: 'errorCode', operator: 'equal', value: 'AccessDenied' }] },
  correlation: {
    type: 'event_count',
    groupBy: ['userIdentity.arn'],
    timespan: '10m',
    condition: { gte: 3 },
  },
  message: '{userIdentity.arn} was denied {correlation.count} calls in {correlation.timespan}',
});

const deniedAt = (at: number, id: string) => ({
  ...exampleRecord(),
  errorCode: 'AccessDenied',
  eventTime: new Date(at).toISOString().replace('.000', ''),
  eventID: id,
});

describe('a rule that counts its own matches', () => {
  it('makes a finding when there are enough within its time span, and none before', async () => {
    const { detect } = createDetector(contentOf([denied]));
    const found = [];
    for (const [index, at] of [0, 4, 9].entries()) {
      const { findings, failures } = await detect({ record: deniedAt(noon + at * minute, `id-${index}`) }, 0);
      expect(failures).toEqual([]);
      found.push(findings.length);
    }
    expect(found).toEqual([0, 0, 1]);
  });

  it('names the records that make it', async () => {
    const { detect } = createDetector(contentOf([denied]));
    const found: Finding[] = [];
    for (const index of [0, 1, 2]) {
      found.push(...(await detect({ record: deniedAt(noon + index * minute, `id-${index}`) }, 0)).findings);
    }
    const [finding] = found;
    expect(finding?.message).toBe(`${readText(exampleRecord(), 'userIdentity.arn')} was denied 3 calls in 10m`);
    expect(finding?.unmapped.trailwire.correlation).toMatchObject({
      type: 'event_count',
      count: 3,
      first_time: noon,
      last_time: noon + 2 * minute,
      evidence: [{ uid: 'id-0' }, { uid: 'id-1' }, { uid: 'id-2' }],
    });
  });
});

describe('a rule about others', () => {
  it('makes a finding when they matched in its order', async () => {
    const signal = (id: string, eventName: string): Rule =>
      ruleSchema.parse({
        id,
        signal: true,
        conditions: { all: [{ fact: 'eventName', operator: 'equal', value: eventName }] },
      });
    const ordered = correlationRuleSchema.parse({
      id: 'any-key-made-then-used',
      correlation: {
        type: 'temporal_ordered',
        rules: ['any-key-made', 'any-key-used'],
        aliases: { key: { 'any-key-made': 'responseElements.key', 'any-key-used': 'userIdentity.accessKeyId' } },
        groupBy: ['key'],
        timespan: '1h',
      },
    });
    const content = {
      ...contentOf([signal('any-key-made', 'Make'), signal('any-key-used', 'Use')]),
      correlationRules: [ordered],
    };
    const at = (minutes: number) => new Date(noon + minutes * minute).toISOString().replace('.000', '');
    const made = {
      eventSource: 'iam.amazonaws.com',
      eventName: 'Make',
      eventID: 'a',
      eventTime: at(0),
      responseElements: { key: 'K1' },
    };
    const used = {
      eventSource: 's3.amazonaws.com',
      eventName: 'Use',
      eventID: 'b',
      eventTime: at(30),
      userIdentity: { accessKeyId: 'K1' },
    };
    for (const order of [
      [made, used],
      [used, made],
    ]) {
      const { detect } = createDetector(content);
      const findings = [];
      for (const record of order) findings.push(...(await detect({ record }, 0)).findings);
      expect(findings.map(({ finding_info }) => finding_info.analytic.uid)).toEqual(['any-key-made-then-used']);
    }
    const { detect } = createDetector(content);
    for (const record of [{ ...used, eventTime: at(-30) }, made])
      expect((await detect({ record }, 0)).findings).toEqual([]);
  });
});

describe('a rule about findings', () => {
  const bursts = correlationRuleSchema.parse({
    id: 'any-denied-in-bursts',
    correlation: { type: 'event_count', rules: ['any-denied'], timespan: '1d', condition: { gte: 2 } },
  });

  it('counts each of them once, however many matches go on making it', async () => {
    const { detect } = createDetector({ ...contentOf([denied]), correlationRules: [bursts] });
    const found: string[] = [];
    const deniedSix = async (start: number) => {
      for (const index of [0, 1, 2, 3, 4, 5]) {
        const { findings } = await detect({ record: deniedAt(start + index * 1_000, `id-${start}-${index}`) }, 0);
        found.push(...findings.map(({ finding_info }) => finding_info.analytic.uid));
      }
    };
    await deniedSix(noon);
    expect(new Set(found)).toEqual(new Set(['any-denied']));
    await deniedSix(noon + 60 * minute);
    expect(found).toContain('any-denied-in-bursts');
  });
});

describe('a suppression', () => {
  it('of a correlation is told once of a record, however many of its rules match', async () => {
    const conditions = { all: [{ fact: 'eventName', operator: 'exists', value: true }] };
    const signals = ['any-one', 'any-other'].map((id) => ruleSchema.parse({ id, signal: true, conditions }));
    const both = correlationRuleSchema.parse({
      id: 'any-both',
      correlation: { type: 'temporal', rules: ['any-one', 'any-other'], timespan: '1h' },
    });
    const suppression = suppressionSchema.parse({
      rule: 'any-both',
      when: conditions,
      reason: 'a drill',
      owner: 'ann',
      expires: '2099-01-01',
    });
    const { detect } = createDetector(contentOf(signals, { correlationRules: [both], suppressions: [suppression] }));
    const { findings, suppressed } = await detect({ record: exampleRecord() }, 0);
    expect(findings).toEqual([]);
    expect(suppressed.map(({ ruleId }) => ruleId)).toEqual(['any-both']);
  });
});
