import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInputs } from '../../cli/read-inputs.ts';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { cloudTrailDetailTypes, unwrap } from '../../engine/delivery.ts';
import { compilePatterns, type EventPattern } from '../../engine/pattern.ts';
import { type CloudTrailRecord, isJsonObject } from '../../engine/record.ts';
import type { References } from '../../engine/reference.ts';
import { type Rule, ruleSchema } from '../../engine/rule.ts';
import { compileRules } from '../../engine/rule-index.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { recordOfCase } from '../../engine/rule-test.ts';
import { matchesPattern } from './match-pattern.ts';

const { ruleSet } = parseRuleSet(readRuleFiles('rules'));
const nothing: References = { conditions: new Map(), lists: new Map() };
const rule = (content: Partial<Record<keyof Rule, unknown>>): Rule =>
  ruleSchema.parse({
    id: 'iam-tested',
    conditions: { all: [{ fact: 'eventID', operator: 'exists', value: true }] },
    ...content,
  });
const patternsOf = (...contents: Parameters<typeof rule>[0][]) => compilePatterns(contents.map(rule), nothing);
const detailsOf = (patterns: readonly EventPattern[]) => patterns.map(({ detail }) => detail);
const leaf = (fact: string, operator: string, value: unknown) => ({ fact, operator, value });

/** The events in which EventBridge brings a record: sign-ins under either spelling of their type. */
const eventsOf = (record: CloudTrailRecord) => {
  const service = String(record.eventSource ?? 'cloudtrail').split('.')[0];
  const event = { version: '0', id: 'e', source: `aws.${service}`, account: '111122223333', detail: record };
  const types: Record<string, readonly string[]> = {
    AwsConsoleSignIn: ['AWS Console Sign In via CloudTrail', 'AWS Console Signin via CloudTrail'],
    AwsConsoleAction: ['AWS Console Action via CloudTrail'],
    AwsServiceEvent: ['AWS Service Event via CloudTrail'],
    AwsCloudTrailInsight: ['AWS Insight via CloudTrail'],
  };
  const detailTypes = types[String(record.eventType)] ?? ['AWS API Call via CloudTrail'];
  return detailTypes.map((type) => ({ ...event, 'detail-type': type }));
};
const passes = (patterns: readonly EventPattern[], event: unknown): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, event));
const passesAlways = (patterns: readonly EventPattern[], record: CloudTrailRecord): boolean =>
  eventsOf(record).every((event) => passes(patterns, event));

describe('rules that name events', () => {
  test('are subscribed to these events, each source once', () => {
    const patterns = patternsOf(
      { events: { 'iam.amazonaws.com': ['CreateUser', 'DeleteUser'] } },
      { events: { 'iam.amazonaws.com': ['CreateUser'] } },
    );
    expect(patterns).toEqual([
      {
        source: [{ prefix: 'aws.' }],
        'detail-type': cloudTrailDetailTypes,
        detail: {
          eventSource: ['iam.amazonaws.com'],
          eventName: [{ 'equals-ignore-case': 'createuser' }, { 'equals-ignore-case': 'deleteuser' }],
        },
      },
    ]);
  });

  test('may name the beginning of events, which includes longer beginnings and names', () => {
    const events = { 'iam.amazonaws.com': ['PutUser*', 'PutUserPolicy', 'Put*', 'PutGroupPolicy', 'AttachUserPolicy'] };
    expect(detailsOf(patternsOf({ events }))).toEqual([
      {
        eventSource: ['iam.amazonaws.com'],
        eventName: [{ 'equals-ignore-case': 'attachuserpolicy' }, { prefix: { 'equals-ignore-case': 'put' } }],
      },
    ]);
  });

  test('may name a whole source, which includes its events', () => {
    const patterns = patternsOf(
      { events: { 'kms.amazonaws.com': '*', 'sts.amazonaws.com': ['AssumeRoot'] } },
      { events: { 'kms.amazonaws.com': ['DisableKey'] } },
    );
    expect(detailsOf(patterns)).toEqual([
      {
        $or: [
          { eventSource: ['kms.amazonaws.com'] },
          { eventSource: ['sts.amazonaws.com'], eventName: [{ 'equals-ignore-case': 'assumeroot' }] },
        ],
      },
    ]);
  });

  test('get names in any case, as the engine compares them', () => {
    const patterns = patternsOf({ events: { 'aws-portal.amazonaws.com': ['ViewBilling', 'Modify*'] } });
    for (const eventName of ['viewBilling', 'ViewBilling', 'modifyAccount']) {
      expect(passesAlways(patterns, { eventSource: 'aws-portal.amazonaws.com', eventName })).toBe(true);
    }
    expect(passesAlways(patterns, { eventSource: 'aws-portal.amazonaws.com', eventName: 'ViewBillings' })).toBe(false);
  });
});

describe('rules for all events', () => {
  const detailOf = (conditions: unknown, references = nothing) =>
    detailsOf(compilePatterns([rule({ conditions })], references));

  test('are subscribed to by the value they demand', () => {
    expect(detailOf({ all: [leaf('userIdentity.type', 'equal', 'Root')] })).toEqual([
      { userIdentity: { type: ['Root'] } },
    ]);
  });

  test('are subscribed to by the fewest values they demand', () => {
    const conditions = {
      all: [
        leaf('userAgent', 'wildcard', '*kali*'),
        leaf('awsRegion', 'in', ['eu-west-1', 'eu-west-2']),
        leaf('sessionCredentialFromConsole', 'equal', 'true'),
        { not: { all: [leaf('userIdentity.type', 'equal', 'Root')] } },
      ],
    };
    expect(detailOf(conditions)).toEqual([{ sessionCredentialFromConsole: ['true'] }]);
  });

  test('are subscribed to by the field they need where no value is demanded', () => {
    expect(detailOf({ any: [leaf('errorCode', 'wildcard', ['*Denied*', 'Forbidden*'])] })).toEqual([
      { errorCode: [{ exists: true }] },
    ]);
    expect(detailOf({ all: [leaf('requestParameters.count', 'equal', 1)] })).toEqual([
      { requestParameters: { count: [{ exists: true }] } },
    ]);
  });

  test('are subscribed to by what each of their branches demands', () => {
    const conditions = { any: [leaf('eventName', 'equal', 'DeleteTrail'), leaf('errorCode', 'prefix', 'Access')] };
    expect(detailOf(conditions)).toEqual([
      { $or: [{ errorCode: [{ prefix: 'Access' }] }, { eventName: ['DeleteTrail'] }] },
    ]);
  });

  test('are subscribed to by the beginnings they demand', () => {
    const ofKeys = leaf('userIdentity.accessKeyId', 'prefix', ['AKIA', 'ABIA']);
    expect(detailOf({ all: [leaf('userAgent', 'regex', 'x'), ofKeys] })).toEqual([
      { userIdentity: { accessKeyId: [{ prefix: 'ABIA' }, { prefix: 'AKIA' }] } },
    ]);
    expect(detailOf({ all: [leaf('userAgent', 'prefix', '')] })).toEqual([{ userAgent: [{ exists: true }] }]);
  });

  test('are subscribed to by the values of the lists and shared conditions they name', () => {
    const references: References = {
      conditions: new Map([['from-list', { all: [leaf('awsRegion', 'in', { list: 'regions' })] }]]),
      lists: new Map([['regions', ['eu-west-1', 'eu-west-3']]]),
    };
    expect(detailOf({ all: [{ condition: 'from-list' }] }, references)).toEqual([
      { awsRegion: ['eu-west-1', 'eu-west-3'] },
    ]);
  });

  test('are subscribed to by the field alone while a list they name is empty', () => {
    const references = { ...nothing, lists: new Map([['regions', []]]) };
    expect(detailOf({ all: [leaf('awsRegion', 'in', { list: 'regions' })] }, references)).toEqual([
      { awsRegion: [{ exists: true }] },
    ]);
  });

  test.each([
    ['only a negation', { all: [leaf('errorCode', 'notEqual', 'AccessDenied')] }],
    ['a branch that demands nothing', { any: [leaf('awsRegion', 'equal', 'x'), leaf('eventID', 'exists', true)] }],
    ['a decorated operator', { all: [leaf('awsRegion', 'everyValue:notEqual', ['a', 'b'])] }],
    ['a field within JSON in a text', { all: [leaf('requestParameters.policyDocument.Version', 'equal', '2012')] }],
  ])('with %s need everything of CloudTrail, in one subscription', (_, conditions) => {
    const patterns = patternsOf({ conditions }, { events: { 'iam.amazonaws.com': ['CreateUser'] } });
    expect(patterns).toEqual([{ source: [{ prefix: 'aws.' }], 'detail-type': cloudTrailDetailTypes }]);
  });
});

test('what no subscription can hold is spread over several', () => {
  const names = Array.from({ length: 400 }, (_, index) => `DescribeSomethingLong${index}`);
  const arns = Array.from({ length: 100 }, (_, index) => `arn:aws:iam::111122223333:user/some-name-${index}`);
  const patterns = patternsOf(
    { events: { 'ec2.amazonaws.com': names } },
    { conditions: { all: [leaf('userIdentity.arn', 'in', [...arns, 'x'.repeat(3_000)])] } },
    { conditions: { all: [leaf('userAgent', 'in', arns)] } },
  );
  expect(patterns.length).toBeGreaterThan(8);
  for (const pattern of patterns) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2_048);
  for (const eventName of names)
    expect(passesAlways(patterns, { eventSource: 'ec2.amazonaws.com', eventName })).toBe(true);
  for (const userAgent of arns) expect(passesAlways(patterns, { userAgent })).toBe(true);
});

describe('the rules in rules/', () => {
  const patterns = compilePatterns(ruleSet.rules, ruleSet);

  test('fit the quotas of EventBridge', () => {
    expect(patterns.length).toBeGreaterThan(0);
    expect(patterns.length).toBeLessThan(100);
    for (const pattern of patterns) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2_048);
  });

  test('give the same subscriptions in whatever order they are read', () => {
    expect(compilePatterns(ruleSet.rules.toReversed(), ruleSet)).toEqual(patterns);
  });

  test('do not need everything of CloudTrail', () => {
    expect(detailsOf(patterns)).not.toContain(undefined);
  });

  const matchingCases = [...ruleSet.tests].flatMap(([id, { fixture, cases, lists }]) =>
    cases
      .filter(({ matches }) => matches)
      .map((each) => ({
        name: `${id}: ${each.name}`,
        record: recordOfCase(ruleSet.fixtures.get(each.fixture ?? fixture), each) as CloudTrailRecord,
        patterns:
          Object.keys(lists).length === 0
            ? patterns
            : compilePatterns(ruleSet.rules, {
                ...ruleSet,
                lists: new Map([...ruleSet.lists, ...Object.entries(lists)]),
              }),
      })),
  );

  test('let every matching case pass', () => {
    expect(matchingCases.length).toBeGreaterThan(ruleSet.rules.length);
    const missed = matchingCases.filter((each) => !passesAlways(each.patterns, each.record)).map(({ name }) => name);
    expect(missed).toEqual([]);
  });

  test('let no event pass that a customer put on the bus', () => {
    for (const { record } of matchingCases) {
      for (const event of eventsOf(record)) expect(passes(patterns, { ...event, source: 'custom' })).toBe(false);
    }
  });

  test('let no event of another kind pass', () => {
    for (const { record } of matchingCases) {
      const [event] = eventsOf(record);
      expect(passes(patterns, { ...event, 'detail-type': 'AWS Health Event' })).toBe(false);
    }
  });

  test('let every record of the sample incident pass that matches, and not every record', async () => {
    const matcher = compileRules(ruleSet.rules, ruleSet);
    const counts = { records: 0, matching: 0, passing: 0 };
    for await (const input of readInputs(['samples/incident'])) {
      if (input.kind === 'unreadable') throw input.error;
      for (const item of unwrap(input.value, JSON.parse)) {
        if (item.kind !== 'delivery') continue;
        const { record } = item.delivery;
        const matching: string[] = [];
        matcher.forEachCandidate(record, (each) => {
          if (each.matches(record)) matching.push(each.rule.id);
        });
        const passing = passesAlways(patterns, record);
        if (matching.length > 0) expect(passing, `${record.eventName}: ${matching}`).toBe(true);
        counts.records += 1;
        counts.matching += matching.length > 0 ? 1 : 0;
        counts.passing += passing ? 1 : 0;
      }
    }
    expect(counts.matching).toBeGreaterThan(10);
    expect(counts.passing).toBeLessThan((counts.records * 2) / 3);
    console.info(`of ${counts.records} records ${counts.passing} pass and ${counts.matching} match`);
  });
});

/** Whatever a rule says, and whatever a record holds: what matches, passes. */
test('no subscription misses what its rule matches', () => {
  const texts = ['Root', 'root', 'IAMUser', 'AccessDenied', 'Access', '', '{"a":"Root"}', '["Root"]'] as const;
  const facts = ['errorCode', 'userIdentity.type', 'userIdentity.a.b', 'requestParameters.a', 'requestParameters.a.a'];
  const text = fc.constantFrom(...texts);
  const scalar = fc.oneof(text, fc.boolean(), fc.constantFrom(0, 1));
  const fact = fc.constantFrom(...facts);
  const leaves = fc.oneof(
    fc.tuple(fact, fc.constantFrom('equal', 'notEqual', 'contains', 'doesNotContain'), scalar),
    fc.tuple(
      fact,
      fc.constantFrom('in', 'notIn'),
      fc.oneof(
        fc.array(scalar, { minLength: 1, maxLength: 3 }),
        fc.constant({ list: 'empty' }),
        fc.constant({ list: 'some' }),
      ),
    ),
    fc.tuple(fact, fc.constantFrom('prefix', 'suffix', 'equalsIgnoreCase', 'wildcard', 'not:prefix'), text),
    fc.tuple(
      fact,
      fc.constantFrom('equal', 'notEqual', 'prefix'),
      fact.map((other) => ({ fact: other })),
    ),
    fc.tuple(fact, fc.constantFrom('everyFact:in', 'not:in'), fc.array(scalar, { minLength: 1, maxLength: 3 })),
    fc.tuple(fact, fc.constantFrom('everyValue:notEqual', 'someValue:equal'), fc.array(scalar, { minLength: 1 })),
    fc.tuple(fact, fc.constant('lessThan'), fc.constantFrom(0, 1)),
    fc.tuple(fact, fc.constant('exists'), fc.boolean()),
  );
  const { condition } = fc.letrec((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      leaves.map(([field, operator, value]) => leaf(field, operator, value)),
      fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      tie('condition').map((not) => ({ not })),
    ),
  }));
  const field = fc.oneof(
    scalar,
    fc.constantFrom(null, [], {}),
    fc.array(scalar),
    fc.record({ a: scalar, b: text }),
    fc.array(fc.record({ a: scalar })),
  );
  const record = fc.record(
    {
      errorCode: fc.oneof(scalar, fc.constant(null)),
      userIdentity: fc.record(
        { type: fc.oneof(scalar, fc.array(scalar)), a: fc.record({ b: scalar }) },
        { requiredKeys: [] },
      ),
      requestParameters: fc.oneof(fc.constant(null), fc.record({ a: field }, { requiredKeys: [] })),
    },
    { requiredKeys: [] },
  );
  const references: References = {
    conditions: new Map(),
    lists: new Map([
      ['empty', []],
      ['some', ['Root', 'x']],
    ]),
  };
  let matched = 0;
  let narrowed = 0;
  fc.assert(
    fc.property(condition, fc.array(record, { minLength: 5, maxLength: 10 }), (tree, records) => {
      const tested = rule({ conditions: { all: [tree] } });
      const patterns = compilePatterns([tested], references);
      const [compiled] = compileRules([tested], references).rules;
      narrowed += patterns[0]?.detail === undefined ? 0 : 1;
      for (const each of records) {
        if (!isJsonObject(each) || compiled?.matches(each) !== true) continue;
        matched += 1;
        expect(passesAlways(patterns, each), JSON.stringify(each)).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(matched).toBeGreaterThan(1_000);
  expect(narrowed).toBeGreaterThan(300);
});
