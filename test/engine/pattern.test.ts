import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInputs } from '../../cli/read-inputs.ts';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { cloudTrailDetailTypes, unwrap } from '../../engine/delivery.ts';
import { matchesPattern } from '../../engine/match-pattern.ts';
import { compilePatterns, compileSubscriptions, type EventPattern } from '../../engine/pattern.ts';
import { type CloudTrailRecord, isJsonObject } from '../../engine/record.ts';
import type { References } from '../../engine/reference.ts';
import { type Rule, ruleSchema } from '../../engine/rule.ts';
import { compileRules } from '../../engine/rule-index.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { recordOfCase } from '../../engine/rule-test.ts';
import { seeded } from './seed.ts';

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

test('rules that name events are narrowed by what else they demand, and joined where they demand the same', () => {
  const root = { all: [leaf('userIdentity.type', 'equal', 'Root')] };
  const events = (...names: string[]) => ({ events: { 'iam.amazonaws.com': names } });
  const patterns = patternsOf(
    { ...events('ListUsers', 'CreateUser'), conditions: root },
    { ...events('GetUser'), conditions: root },
    { ...events('CreateUser') },
  );
  expect(detailsOf(patterns)).toEqual([
    {
      $or: [
        { eventSource: ['iam.amazonaws.com'], eventName: [{ 'equals-ignore-case': 'createuser' }] },
        {
          eventSource: ['iam.amazonaws.com'],
          userIdentity: { type: ['Root'] },
          eventName: [{ 'equals-ignore-case': 'getuser' }, { 'equals-ignore-case': 'listusers' }],
        },
      ],
    },
  ]);
});

test('rules that name a rare event take all of it: to say more would take the place of other rules', () => {
  const conditions = { all: [{ fact: 'errorCode', operator: 'exists', value: false }] };
  const patterns = patternsOf({ events: { 'iam.amazonaws.com': ['CreateUser', 'GetUser'] }, conditions });
  const fails = { eventSource: 'iam.amazonaws.com', errorCode: 'NoSuchEntity' };
  expect(passesAlways(patterns, { ...fails, eventName: 'CreateUser' })).toBe(true);
  expect(passesAlways(patterns, { ...fails, eventName: 'GetUser' })).toBe(false);
});

test('rules of one source come together, and those that demand least, so that few events pass two subscriptions', () => {
  const names = (length: number) => Array.from({ length }, (_, index) => `CreateSomething${index}`);
  const patterns = patternsOf(
    { events: { 'ec2.amazonaws.com': names(40), 'iam.amazonaws.com': names(40) } },
    { conditions: { all: [leaf('userIdentity.type', 'equal', 'Root')] } },
    { conditions: { all: [leaf('userIdentity.type', 'equal', 'Root'), leaf('awsRegion', 'equal', 'eu-west-1')] } },
    { events: { 'ec2.amazonaws.com': ['DescribeInstances'] } },
  );
  const about = (text: string) =>
    patterns.flatMap((pattern, index) => (JSON.stringify(pattern).includes(text) ? [index] : []));
  expect(about('Root')).toEqual([0]);
  expect(patterns.length).toBeGreaterThan(2);
  const ofIam = about('iam.amazonaws.com');
  expect(about('ec2.amazonaws.com').filter((each) => ofIam.includes(each)).length).toBeLessThanOrEqual(1);
});

describe('rules for all events', () => {
  const detailOf = (conditions: unknown, references = nothing) =>
    detailsOf(compilePatterns([rule({ conditions })], references));

  test('are subscribed to by the value they demand', () => {
    expect(detailOf({ all: [leaf('userIdentity.type', 'equal', 'Root')] })).toEqual([
      { userIdentity: { type: ['Root'] } },
    ]);
  });

  test('are subscribed to by all that they demand in a few words', () => {
    const conditions = {
      all: [
        leaf('userAgent', 'wildcard', '*kali*'),
        leaf('awsRegion', 'in', ['eu-west-1', 'eu-west-2']),
        leaf('sessionCredentialFromConsole', 'equal', 'true'),
        { not: { all: [leaf('userIdentity.type', 'equal', 'Root')] } },
      ],
    };
    expect(detailOf(conditions)).toEqual([
      {
        userAgent: [{ wildcard: '*kali*' }],
        userIdentity: { type: [null, { 'anything-but': ['Root'] }, { exists: false }] },
        awsRegion: ['eu-west-1', 'eu-west-2'],
        sessionCredentialFromConsole: ['true'],
      },
    ]);
  });

  test('are subscribed to by the field they need where no value is demanded', () => {
    expect(detailOf({ all: [leaf('sourceIPAddress', 'cidr', '10.0.0.0/8')] })).toEqual([
      { sourceIPAddress: [{ exists: true }] },
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

  const words = (field: string, operator: string, value: unknown) => detailOf({ all: [leaf(field, operator, value)] });

  test.each([
    ['prefix', 'AKIA', [{ prefix: 'AKIA' }]],
    ['suffix', ['.com', '.net'], [{ suffix: '.com' }, { suffix: '.net' }]],
    ['equalsIgnoreCase', 'Admin', [{ 'equals-ignore-case': 'Admin' }]],
    ['wildcard', 'plain', ['plain']],
    ['wildcard', 'aws-*', [{ prefix: 'aws-' }]],
    ['wildcard', '*-cli', [{ suffix: '-cli' }]],
    ['wildcard', 'a*b\\*', [{ wildcard: 'a*b\\*' }]],
    ['wildcard', 'a\\b*c', [{ wildcard: 'a\\\\b*c' }]],
    ['regex', '^aws-', [{ prefix: 'aws-' }]],
    ['regex', '^\\[?[a-z0-9.-]+\\.amazonaws\\.com\\]?$', [{ wildcard: '*.amazonaws.com*' }]],
    ['regex', '/[0-6]$', [{ wildcard: '*/*' }]],
    ['regex', '^exactly$', ['exactly']],
  ])('say %s %j in the words of EventBridge', (operator, value, matchers) => {
    expect(words('userAgent', operator, value)).toEqual([{ userAgent: matchers }]);
  });

  test.each([
    ['prefix', ''],
    ['suffix', 'x'.repeat(600)],
    // 1,200 of these would fit by their number, and not as JSON writes them.
    ['prefix', '\u0001'.repeat(100)],
    // The Kelvin sign is a "k" to the engine.
    ['equalsIgnoreCase', 'kali'],
    ['wildcard', '*'],
    ['regex', 'a|b'],
    ['regex', '(?i)kali'],
    ['regex', '^\\d{12}$'],
    ['regex', '[[:alpha:]]x'],
    ['regex', 'a$b'],
    ['regex', '.*'],
  ])('ask only for the field where %s %j cannot be said', (operator, value) => {
    expect(words('userAgent', operator, value)).toEqual([{ userAgent: [{ exists: true }] }]);
  });

  const notFromDelivery = leaf('sourceIPAddress', 'notEqual', 'delivery.logs.amazonaws.com');

  test('exclude what they exclude, beside something that they demand', () => {
    const conditions = { all: [leaf('errorCode', 'prefix', 'Access'), notFromDelivery] };
    const patterns = patternsOf({ conditions });
    expect(detailsOf(patterns)).toEqual([
      {
        errorCode: [{ prefix: 'Access' }],
        sourceIPAddress: [null, { 'anything-but': ['delivery.logs.amazonaws.com'] }, { exists: false }],
      },
    ]);
    const denied = (fields: object) => passesAlways(patterns, { errorCode: 'AccessDenied', ...fields });
    expect(denied({ sourceIPAddress: 'delivery.logs.amazonaws.com' })).toBe(false);
    for (const sourceIPAddress of ['192.0.2.1', null, undefined, [], {}, 1, false, ['192.0.2.1', '192.0.2.2']])
      expect(denied({ sourceIPAddress })).toBe(true);
  });

  test('exclude what an `all`, an `any` or a shared condition holds that is negated', () => {
    const fromService = { any: [notFromDelivery, leaf('eventType', 'notEqual', 'AwsServiceEvent')] };
    const conditions = { all: [{ not: fromService }, { not: { all: [leaf('awsRegion', 'equal', 'eu-west-1')] } }] };
    expect(detailOf(conditions)).toEqual([
      {
        sourceIPAddress: ['delivery.logs.amazonaws.com'],
        eventType: ['AwsServiceEvent'],
        awsRegion: [null, { 'anything-but': ['eu-west-1'] }, { exists: false }],
      },
    ]);
  });

  test('demand no two fields that may lie in elements of one list', () => {
    const conditions = {
      all: [leaf('resources.type', 'equal', 'AWS::S3::Object'), leaf('resources.accountId', 'equal', '1')],
    };
    const patterns = patternsOf({ conditions });
    const resources = [{ type: 'AWS::S3::Object' }, { accountId: '1' }];
    expect(passesAlways(patterns, { resources })).toBe(true);
  });

  test('keep one of several that say the same in different words', () => {
    const either = (...values: string[]) => ({
      conditions: { all: [leaf('awsRegion', 'in', values), leaf('eventName', 'in', ['a', 'b', 'c'])] },
    });
    const patterns = patternsOf(either('x', 'y'), either('y', 'x'));
    expect(passesAlways(patterns, { awsRegion: 'y', eventName: 'c' })).toBe(true);
    expect(detailsOf(patterns)).toHaveLength(1);
  });

  test('may be about Insights, which have neither source nor name', () => {
    const conditions = { all: [leaf('insightDetails.insightContext.attributions.attribute', 'equal', 'userAgent')] };
    const patterns = patternsOf({ conditions });
    const insightDetails = {
      insightContext: { attributions: [{ attribute: 'userIdentityArn' }, { attribute: 'userAgent' }] },
    };
    expect(patterns[0]?.detail).toBeDefined();
    expect(patterns[0]?.['detail-type']).toContain('AWS Insight via CloudTrail');
    expect(passesAlways(patterns, { eventType: 'AwsCloudTrailInsight', insightDetails })).toBe(true);
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
    ['the negation of what EventBridge cannot exclude', { all: [leaf('errorCode', 'not:prefix', 'Access')] }],
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
    // af-south-1 and eu-south-1 have 100 rules a bus, others 300; 30 of them may have wildcards; an "$or" may be 1,000 combinations.
    expect(patterns.length).toBeLessThan(100 - 20);
    expect(patterns.filter((pattern) => JSON.stringify(pattern).includes('"wildcard"')).length).toBeLessThan(30 - 10);
    for (const pattern of patterns) {
      expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2_048);
      expect([pattern.detail?.$or ?? []].flat().length).toBeLessThan(1_000);
    }
  });

  test('give the same subscriptions in whatever order they are read', () => {
    expect(compilePatterns(ruleSet.rules.toReversed(), ruleSet)).toEqual(patterns);
  });

  test('do not need everything of CloudTrail', () => {
    expect(detailsOf(patterns)).not.toContain(undefined);
  });

  const patternsByLists = new Map([['{}', patterns]]);
  const patternsWith = (lists: Readonly<Record<string, readonly (string | number)[]>>): readonly EventPattern[] => {
    const key = JSON.stringify(lists);
    const all = new Map([...ruleSet.lists, ...Object.entries(lists)]);
    const made = patternsByLists.get(key) ?? compilePatterns(ruleSet.rules, { ...ruleSet, lists: all });
    patternsByLists.set(key, made);
    return made;
  };
  const matchingCases = [...ruleSet.tests].flatMap(([id, { fixture, cases, lists }]) =>
    cases
      .filter(({ matches }) => matches)
      .map((each) => ({
        id,
        name: `${id}: ${each.name}`,
        record: recordOfCase(ruleSet.fixtures.get(each.fixture ?? fixture), each) as CloudTrailRecord,
        patterns: patternsWith(lists),
      })),
  );

  test('let every matching case pass', () => {
    expect(matchingCases.length).toBeGreaterThan(ruleSet.rules.length);
    const missed = matchingCases.filter((each) => !passesAlways(each.patterns, each.record)).map(({ name }) => name);
    expect(missed).toEqual([]);
  });

  test('are named by a subscription that passes what they match, and each subscription names some of them', () => {
    const subscriptions = compileSubscriptions(ruleSet.rules, ruleSet);
    expect(subscriptions.map(({ pattern }) => pattern)).toEqual(patterns);
    const usual = matchingCases.filter((each) => each.patterns === patterns);
    const unnamed = usual.filter(({ id, record }) =>
      eventsOf(record).some(
        (event) => !subscriptions.some((each) => each.rules.includes(id) && matchesPattern(each.pattern, event)),
      ),
    );
    expect(usual.length).toBeGreaterThan(ruleSet.rules.length / 2);
    expect(unnamed.map(({ name }) => name)).toEqual([]);
    expect(subscriptions.filter(({ rules }) => rules.length === 0)).toEqual([]);
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

/** Whatever rules say, and whatever a record holds: what one of them matches, passes. */
test('no set of subscriptions misses what one of its rules matches', () => {
  const texts = [
    'Root',
    'root',
    'IAMUser',
    'AccessDenied',
    'Access',
    '',
    'a*b\\',
    'aXb\\',
    '\u212a',
    '{"a":"Root"}',
    '["Root"]',
  ] as const;
  const facts = [
    'errorCode',
    'userAgent',
    'eventName',
    'userIdentity.type',
    'userIdentity.a.b',
    'requestParameters.a',
    'requestParameters.b',
    'requestParameters.a.a',
    'resources.a',
    'resources.b',
    'insightDetails.a.b',
  ];
  const text = fc.constantFrom(...texts);
  const scalar = fc.oneof(text, fc.boolean(), fc.constantFrom(0, 1));
  const fact = fc.constantFrom(...facts);
  const wildcard = fc.constantFrom('*', 'Ro*', '*ot', 'R*t', '*cess*', 'a\\*b\\', 'a*\\', '*a\\*b*', 'Root');
  const regex = fc.constantFrom(
    '^Ro',
    'ot$',
    '^R.*t$',
    '[A-Z]c+es',
    'a\\*b',
    '^Root$',
    'R?oot',
    '^A[^ ]+Denied$',
    'R|A',
    '(?i)root',
    '\\\\$',
    '^$',
  );
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
    fc.tuple(
      fact,
      fc.constantFrom('prefix', 'suffix', 'equalsIgnoreCase', 'not:prefix'),
      fc.oneof(text, fc.constant('k')),
    ),
    fc.tuple(fact, fc.constantFrom('prefix', 'suffix'), fc.array(text, { minLength: 1, maxLength: 3 })),
    fc.tuple(fact, fc.constantFrom('wildcard', 'not:wildcard'), wildcard),
    fc.tuple(fact, fc.constantFrom('regex', 'not:regex'), regex),
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
  const few = fc.constantFrom('Root', 'root');
  const { condition } = fc.letrec((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      leaves.map(([field, operator, value]) => leaf(field, operator, value)),
      // Two fields of a list, which EventBridge wants from one element and the engine from any.
      fc
        .tuple(few, few)
        .map(([one, other]) => ({ all: [leaf('resources.a', 'equal', one), leaf('resources.b', 'equal', other)] })),
      fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      tie('condition').map((not) => ({ not })),
    ),
  }));
  const name = fc.constantFrom('Root', 'root', 'Access', 'AccessDenied');
  const pattern = fc.oneof(name, fc.constantFrom('Ro*', 'Acc*', 'AccessD*'));
  const source = fc.constantFrom('iam.amazonaws.com', 's3.amazonaws.com');
  const events = fc.dictionary(source, fc.oneof(fc.constant('*' as const), fc.uniqueArray(pattern, { minLength: 1 })), {
    minKeys: 1,
  });
  const ruleSets = fc.array(fc.record({ condition, events: fc.option(events, { nil: undefined }) }), {
    minLength: 1,
    maxLength: 4,
  });
  const field = fc.oneof(
    scalar,
    fc.constantFrom(null, [], {}),
    fc.array(scalar),
    fc.record({ a: scalar, b: text }),
    fc.array(fc.record({ a: scalar })),
  );
  const record = fc.record(
    {
      eventSource: source,
      eventName: fc.oneof(name, scalar),
      errorCode: fc.oneof(scalar, fc.constant(null)),
      userAgent: scalar,
      userIdentity: fc.record(
        { type: fc.oneof(scalar, fc.array(scalar)), a: fc.record({ b: scalar }) },
        { requiredKeys: [] },
      ),
      requestParameters: fc.oneof(fc.constant(null), fc.record({ a: field, b: field }, { requiredKeys: [] })),
      resources: fc.array(fc.record({ a: fc.oneof(few, scalar), b: fc.oneof(few, scalar) }), { maxLength: 3 }),
      insightDetails: fc.record({ a: fc.array(fc.record({ b: scalar, c: scalar }), { maxLength: 3 }) }),
    },
    { requiredKeys: ['eventSource'] },
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
    fc.property(ruleSets, fc.array(record, { minLength: 3, maxLength: 8 }), (written, records) => {
      const rules = written.map(({ condition: tree, events: named }, index) =>
        rule({
          id: `iam-tested-${index}`,
          conditions: { all: [tree] },
          ...(named === undefined ? {} : { events: named }),
        }),
      );
      const patterns = compilePatterns(rules, references);
      const matcher = compileRules(rules, references);
      narrowed += patterns[0]?.detail === undefined ? 0 : 1;
      for (const each of records) {
        if (!isJsonObject(each)) continue;
        const matching: string[] = [];
        matcher.forEachCandidate(each, (candidate) => {
          if (candidate.matches(each)) matching.push(candidate.rule.id);
        });
        if (matching.length === 0) continue;
        matched += 1;
        if (!passesAlways(patterns, each))
          throw new Error(`${matching}: ${JSON.stringify(each)} by ${JSON.stringify(detailsOf(patterns))}`);
      }
    }),
    { numRuns: 20_000, ...seeded },
  );
  expect(matched).toBeGreaterThan(10_000);
  expect(narrowed).toBeGreaterThan(5_000);
}, 120_000);
