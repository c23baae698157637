import { describe, expect, it } from 'vitest';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { dataClassOf, isReadOnly, needsOf, needsTogether, regionOf } from '../../engine/event-needs.ts';
import { readText } from '../../engine/field.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';

const fixtures = [...parseRuleSet(readRuleFiles('rules')).ruleSet.fixtures] as [string, CloudTrailRecord][];
const calls = fixtures
  .map(([name, record]) => ({
    name,
    record,
    source: readText(record, 'eventSource') ?? '',
    event: readText(record, 'eventName') ?? '',
    category: readText(record, 'eventCategory') ?? '',
  }))
  .filter(({ category }) => category === 'Management' || category === 'Data');

describe('what is known of events agrees with every fixture:', () => {
  it('whether CloudTrail records them as reads', () => {
    expect(calls.length).toBeGreaterThan(300);
    const others = calls.filter(({ source, event, record }) => isReadOnly(source, event) !== record.readOnly);
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  it('whether they are data events', () => {
    const others = calls.filter(
      ({ source, event, category }) => (dataClassOf(source, event) !== undefined) !== (category === 'Data'),
    );
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  it('where those of global services arrive', () => {
    const global = calls.filter(({ source }) => regionOf(source) === 'us-east-1');
    expect(global.length).toBeGreaterThan(50);
    expect(global.filter(({ record }) => record.awsRegion !== 'us-east-1').map(({ name }) => name)).toEqual([]);
  });
});

describe('a name with a star', () => {
  it.each([
    ['sts.amazonaws.com', 'Assume*', true],
    ['iam.amazonaws.com', 'List*', true],
    ['iam.amazonaws.com', 'Create*', false],
    ['bedrock.amazonaws.com', 'Converse*', true],
  ])('%s %s may stand for reads: %s', (source, name, reads) => {
    expect(isReadOnly(source, name)).toBe(reads);
  });

  it('may stand for data events', () => {
    expect(dataClassOf('s3.amazonaws.com', 'GetObject*')).toBe('data events of S3 objects');
    expect(dataClassOf('s3.amazonaws.com', 'PutBucket*')).toBeUndefined();
  });
});

describe('a rule needs', () => {
  it('the events that it names', () => {
    expect(needsOf({ events: { 'iam.amazonaws.com': ['CreateUser'] } }, [])).toEqual({
      reads: 'none',
      classes: ['management events'],
      regions: ['us-east-1'],
    });
    expect(needsOf({ events: { 's3.amazonaws.com': ['GetObject', 'PutBucketPolicy'] } }, [])).toEqual({
      reads: 'some',
      classes: ['data events of S3 objects', 'management events'],
      regions: ['the Region of the call'],
    });
    expect(needsOf({ events: { 'kms.amazonaws.com': ['Decrypt'] } }, []).reads).toBe('all');
  });

  it('every event where it names none, reads among them', () => {
    expect(needsOf({}, [])).toEqual({ reads: 'some', classes: ['management events'], regions: ['every Region'] });
  });

  it('what its records are where no name tells: network activity and Insights', () => {
    const records = [{ eventCategory: 'NetworkActivity' }];
    const classes = ['network activity events of VPC endpoints'];
    expect(needsOf({ events: { 's3.amazonaws.com': ['GetObject'] } }, records)).toMatchObject({
      reads: 'none',
      classes,
    });
    expect(needsOf({}, [{ eventCategory: 'Insight' }])).toMatchObject({ classes: ['CloudTrail Insights'] });
  });

  it('together with others what each of them needs', () => {
    const user = needsOf({ events: { 'iam.amazonaws.com': ['CreateUser'] } }, []);
    const decrypt = needsOf({ events: { 'kms.amazonaws.com': ['Decrypt'] } }, []);
    expect(needsTogether([user, decrypt])).toEqual({
      reads: 'some',
      classes: ['management events'],
      regions: ['the Region of the call', 'us-east-1'],
    });
  });
});
