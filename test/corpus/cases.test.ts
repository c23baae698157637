import { describe, expect, it } from 'vitest';
import { createEventCatalog } from '../../cli/event-catalog.ts';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { createDetector } from '../../engine/detector.ts';
import { readText } from '../../engine/field.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import { allRulesOf, parseRuleSet } from '../../engine/rule-set.ts';
import { corpus, readJsonLines } from './corpus.ts';
import { readDetections } from './detections.ts';

type Case = {
  readonly name: string;
  readonly rule: string;
  readonly expected: boolean;
  readonly event: CloudTrailRecord;
};
type PantherCase = Case & {
  readonly ruleId: string;
  readonly testName: string;
  readonly shapeIssues: readonly string[];
  readonly mocks: readonly string[];
};
type SigmaCase = Case & { readonly ruleFile: string };

const { ruleSet } = parseRuleSet(readRuleFiles('rules'));
const ruleById = new Map(allRulesOf(ruleSet).map((rule) => [rule.id, rule]));
const detections = readDetections();
const catalog = createEventCatalog();

/** What is ordinary in the company of these cases. */
const lists = new Map([
  ...ruleSet.lists,
  ['used-regions', ['us-east-1', 'us-west-1', 'us-west-2']],
  ['automation-roles', ['arn:aws:iam::123456789012:role/tester']],
] as const);
const { match } = createDetector({ ...ruleSet, lists, suppressions: [] });

/** What a threshold counts: a case is one record, before any threshold. Of a sequence, one record is none. */
const countedBy = (id: string): readonly string[] => {
  const correlation = ruleById.get(id)?.correlation;
  return correlation?.type === 'event_count' || correlation?.type === 'value_count' ? (correlation.rules ?? []) : [];
};

/** The rules for the behaviour of a foreign rule, and those whose matches they count. */
const rulesFor = (foreign: string, columns: readonly string[]): ReadonlySet<string> => {
  const isIn = (cell = ''): boolean => cell.split(';').some((name) => name.trim() === foreign);
  const finders = detections
    .filter((row) => columns.some((column) => isIn(row[column])))
    .flatMap(({ id = '' }) => ruleSet.coverage[id]?.rules ?? []);
  return new Set(finders.flatMap((id) => [id, ...countedBy(id)]));
};

const isFound = ({ rule, event }: Case, columns: readonly string[]): boolean => {
  const wanted = rulesFor(rule, columns);
  return match(event).rules.some(({ id }) => wanted.has(id));
};

/** Some cases were made up by hand, of events that no service writes. */
const isWritten = ({ event }: Case): boolean =>
  catalog.knowsEvent(readText(event, 'eventSource') ?? '', readText(event, 'eventName') ?? '');

const measure = (cases: readonly Case[], columns: readonly string[], expected: boolean) => {
  const asked = cases.filter((each) => each.expected === expected && (!expected || isWritten(each)));
  const wrong = asked.filter((each) => isFound(each, columns) !== expected).map(({ name }) => name);
  return { asked: asked.length, wrong, share: 1 - wrong.length / asked.length };
};

describe('the labelled cases of Panther’s rules, without those that are marked as misshapen or need a mock', () => {
  const cases = readJsonLines<PantherCase>(corpus('cases', 'panther.jsonl'))
    .filter(({ shapeIssues, mocks }) => shapeIssues.length + mocks.length === 0)
    .map((each) => ({ ...each, rule: each.ruleId, name: `${each.ruleId}: ${each.testName}` }));

  it('are found where they should be', () => {
    const { asked, wrong, share } = measure(cases, ['panther'], true);
    expect(asked).toBeGreaterThanOrEqual(50);
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(wrong).toEqual([
      // ModifyDBCluster has no publiclyAccessible: it belongs to the instances of a cluster.
      'AWS.RDS.InstanceMadePublic: RDS Cluster Made Public with Security Group Changes',
      // Its errorCode is there and empty, which CloudTrail does not write.
      'AWS.S3.BucketDeleted: An S3 Bucket was deleted',
    ]);
  });

  it('are quiet where they should be', () => {
    const { asked, wrong, share } = measure(cases, ['panther'], false);
    expect(asked).toBeGreaterThanOrEqual(65);
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(wrong).toEqual([
      // Root is told of whatever it does, as CIS 4.3 asks for: that of reading it makes no exception.
      'AWS.Root.Activity: Root Activity - CreateServiceLinkedRole',
      'AWS.Root.Activity: Root Read-Only Enumeration',
    ]);
  });
});

describe('the labelled cases of Sigma’s rules', () => {
  const cases = readJsonLines<SigmaCase>(corpus('cases', 'trailalerts-sigma.jsonl')).map((each) => {
    const rule = each.ruleFile.replace(/^.*\/|\.yml$/g, '');
    return { ...each, rule, name: rule };
  });
  const columns = ['sigma', 'trailalerts'];

  it('are found where they should be', () => {
    const { asked, wrong, share } = measure(cases, columns, true);
    expect(asked).toBeGreaterThanOrEqual(50);
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(wrong).toEqual([
      // `versioning.status` in the place of S3's VersioningConfiguration.Status.
      'aws_disable_bucket_versioning',
      // A read without parameters: neither what was read nor whether it was decrypted.
      'aws_ssm_ssmgetparameter',
    ]);
  });

  it('are quiet where they should be', () => {
    const { asked, wrong, share } = measure(cases, columns, false);
    expect(asked).toBeGreaterThanOrEqual(50);
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(wrong).toEqual([
      // Made with the user agent of Identity Center, which anybody can write.
      'aws_console_getsignintoken',
      // Somebody makes a key for themselves, without MFA: told for the record, not as a key for another.
      'aws_iam_backdoor_users_keys',
    ]);
  });
});
