import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDetector, type Detection, type DetectorContent } from '../../engine/detector.ts';
import { EvaluationError } from '../../engine/errors.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import { type Rule, ruleSchema } from '../../engine/rule.ts';
import { type Suppression, suppressionSchema } from '../../engine/suppression.ts';
import { contentOf } from '../content-of.ts';
import { account, exampleInsight, exampleRecord, identities, nested, withInheritedNames } from '../example-records.ts';

const ruleOf = (id: string, conditions: unknown, fields: object = {}): Rule =>
  ruleSchema.parse({ id, conditions, ...fields });
const suppressionOf = (fields: object): Suppression =>
  suppressionSchema.parse({
    rule: 'iam-key-created',
    when: { all: [{ fact: 'userIdentity.userName', operator: 'equal', value: 'ann' }] },
    reason: 'onboarding job',
    owner: 'platform@example.com',
    expires: '2026-12-31',
    ...fields,
  });

const keyCreated = ruleOf('iam-key-created', {
  all: [
    { fact: 'eventName', operator: 'equal', value: 'CreateAccessKey' },
    { fact: 'errorCode', operator: 'exists', value: false },
  ],
});
const anyCall = ruleOf(
  'any-call',
  { all: [{ fact: 'eventName', operator: 'exists', value: true }] },
  { tags: ['noisy'] },
);

const receivedAt = Date.UTC(2026, 9, 14, 9);
const detectorOf = (rules: readonly Rule[], content: Partial<DetectorContent> = {}) =>
  createDetector(contentOf(rules, content));
const detect = (
  rules: readonly Rule[],
  record: CloudTrailRecord,
  content: Partial<DetectorContent> = {},
): Promise<Detection> => detectorOf(rules, content).detect({ record }, receivedAt);
const idsOf = ({ findings }: Detection) => findings.map(({ finding_info }) => finding_info.analytic.uid);

describe('detection of a record', () => {
  it('gives a finding for each rule that matches, and nothing else', async () => {
    const detection = await detect([keyCreated, anyCall], exampleRecord());
    expect(idsOf(detection).toSorted()).toEqual(['any-call', 'iam-key-created']);
    expect(detection).toMatchObject({ suppressed: [], failures: [] });
  });

  it('gives nothing where no rule matches', async () => {
    const detection = await detect([keyCreated], exampleRecord({ eventName: 'ListUsers' }));
    expect(detection).toEqual({ findings: [], matches: [], suppressed: [], failures: [] });
  });

  it('says which rules match, without findings', () => {
    const { match } = detectorOf([keyCreated, anyCall]);
    expect(match(exampleRecord({ errorCode: 'AccessDenied' })).rules.map(({ id }) => id)).toEqual(['any-call']);
    expect(match({})).toEqual({ rules: [], failures: [] });
  });

  it('explains each finding leaf by leaf', async () => {
    const { findings } = await detect([keyCreated], exampleRecord());
    expect(findings[0]?.unmapped.trailwire.explanation).toEqual({
      node: 'all',
      holds: true,
      of: [
        {
          node: 'leaf',
          holds: true,
          fact: 'eventName',
          operator: 'equal',
          expected: 'CreateAccessKey',
          actual: 'CreateAccessKey',
        },
        { node: 'leaf', holds: true, fact: 'errorCode', operator: 'exists', expected: false, actual: undefined },
      ],
    });
  });

  it('takes the event time from the record, and the time of receipt where it has none', async () => {
    const timeOf = async (eventTime: unknown) =>
      (await detect([keyCreated], exampleRecord({ eventTime }))).findings[0]?.time;
    expect(await timeOf('2026-10-14T08:41:07Z')).toBe(Date.UTC(2026, 9, 14, 8, 41, 7));
    expect(await timeOf(undefined)).toBe(receivedAt);
    expect(await timeOf('soon')).toBe(receivedAt);
  });

  it('passes on which replay the event came from', async () => {
    const delivery = { record: exampleRecord(), replayName: 'after-the-outage' };
    const { findings } = await detectorOf([keyCreated]).detect(delivery, receivedAt);
    expect(findings[0]?.unmapped.trailwire.replay_name).toBe('after-the-outage');
  });

  it('detects on Insights too', async () => {
    const rule = ruleOf('insight', { all: [{ fact: 'insightDetails.state', operator: 'equal', value: 'Start' }] });
    const { findings } = await detect([rule], exampleInsight());
    expect(findings[0]).toMatchObject({ metadata: { event_code: 'CreateAccessKey' } });
  });

  it('keeps no state: the same record gives the same detection', async () => {
    const detector = detectorOf([keyCreated, anyCall]);
    const detections = await Promise.all(
      Array.from({ length: 10 }, () => detector.detect({ record: exampleRecord() }, receivedAt)),
    );
    for (const detection of detections) expect(detection).toEqual(detections[0]);
  });
});

describe('suppression', () => {
  const suppressing = (...suppressions: readonly Suppression[]) => ({ suppressions });

  it('holds a match back, and counts it with the reason', async () => {
    const suppression = suppressionOf({});
    const detection = await detect([keyCreated, anyCall], exampleRecord(), suppressing(suppression));
    expect(idsOf(detection)).toEqual(['any-call']);
    expect(detection.suppressed).toEqual([
      { ruleId: 'iam-key-created', eventId: `${account}/${exampleRecord().eventID}`, suppression },
    ]);
  });

  it('leaves matches alone of which its condition does not hold', async () => {
    const detection = await detect(
      [keyCreated],
      exampleRecord({ userIdentity: identities.role }),
      suppressing(suppressionOf({})),
    );
    expect(idsOf(detection)).toEqual(['iam-key-created']);
    expect(detection.suppressed).toEqual([]);
  });

  it.each([
    ['before its last day', '2026-12-30T12:00:00Z', true],
    ['in the first second of its last day', '2026-12-31T00:00:00Z', true],
    ['in the last second of its last day', '2026-12-31T23:59:59Z', true],
    ['after its last day', '2027-01-01T00:00:00Z', false],
  ])('by event time, whenever it is received: %s', async (_, eventTime, isSuppressed) => {
    const { findings, suppressed } = await detect(
      [keyCreated],
      exampleRecord({ eventTime }),
      suppressing(suppressionOf({})),
    );
    expect(suppressed).toHaveLength(isSuppressed ? 1 : 0);
    expect(findings).toHaveLength(isSuppressed ? 0 : 1);
  });

  it('by the time of receipt where the record has no time', async () => {
    const expired = suppressionOf({ expires: '2026-10-13' });
    const { findings } = await detect([keyCreated], exampleRecord({ eventTime: null }), suppressing(expired));
    expect(findings).toHaveLength(1);
  });

  it('speaks of a list of rules', async () => {
    const suppression = suppressionOf({ rule: ['any-call', 'iam-key-created'] });
    const detection = await detect([keyCreated, anyCall], exampleRecord(), suppressing(suppression));
    expect(detection.suppressed.map(({ ruleId }) => ruleId).toSorted()).toEqual(['any-call', 'iam-key-created']);
  });

  it('speaks of all rules with a tag', async () => {
    const suppression = suppressionOf({ rule: undefined, tag: 'noisy' });
    const detection = await detect([keyCreated, anyCall], exampleRecord(), suppressing(suppression));
    expect(detection.suppressed.map(({ ruleId }) => ruleId)).toEqual(['any-call']);
    expect(idsOf(detection)).toEqual(['iam-key-created']);
  });

  it('by one suffices, expired ones beside it do not matter', async () => {
    const suppressions = suppressing(suppressionOf({ expires: '2020-01-01' }), suppressionOf({ reason: 'second' }));
    const { suppressed } = await detect([keyCreated], exampleRecord(), suppressions);
    expect(suppressed).toMatchObject([{ suppression: { reason: 'second' } }]);
  });
});

/** Past the schema, which refuses a record's own field as a range: it throws on every record that reaches it. */
const throwing = { all: [{ fact: 'sourceIPAddress', operator: 'cidr', value: { fact: 'userAgent' } }] };

describe('a part that throws blinds no other', () => {
  const broken: Rule = { ...keyCreated, id: 'broken', conditions: throwing };

  it('a rule', async () => {
    for (const rules of [
      [broken, keyCreated, anyCall],
      [anyCall, keyCreated, broken],
    ]) {
      const detection = await detect(rules, exampleRecord());
      expect(idsOf(detection).toSorted()).toEqual(['any-call', 'iam-key-created']);
      const [failure, ...others] = detection.failures;
      expect(others).toEqual([]);
      expect(failure).toBeInstanceOf(EvaluationError);
      expect(failure).toMatchObject({ code: 'EVALUATION_FAILED', ruleId: 'broken', cause: expect.any(TypeError) });
      expect(failure?.message).toBe(
        `rule broken, record ${account}/${exampleRecord().eventID}: "aws-cli/2.31.0" is not an IP address or range such as 198.51.100.0/24 or 2001:db8::/32`,
      );
    }
  });

  it('a rule that cannot be compiled, each time it is tried', async () => {
    const events = { 'iam.amazonaws.com': '*' } as const;
    const lost: Rule = { ...keyCreated, id: 'lost', events, conditions: { all: [{ condition: 'nowhere' }] } };
    const detector = detectorOf([lost, keyCreated]);
    for (const record of [exampleRecord(), exampleRecord()]) {
      const detection = await detector.detect({ record }, 0);
      expect(idsOf(detection)).toEqual(['iam-key-created']);
      expect(detection.failures.map(({ message }) => message)).toEqual([
        `rule lost, record ${account}/${record.eventID}: there is no condition "nowhere" in rules/conditions/`,
      ]);
    }
  });

  it('a suppression: the finding goes out, and so does the failure', async () => {
    const suppression: Suppression = { ...suppressionOf({}), when: throwing };
    const detection = await detect([keyCreated, anyCall], exampleRecord(), { suppressions: [suppression] });
    expect(idsOf(detection).toSorted()).toEqual(['any-call', 'iam-key-created']);
    expect(detection.suppressed).toEqual([]);
    expect(detection.failures).toMatchObject([{ code: 'EVALUATION_FAILED', ruleId: 'iam-key-created' }]);
  });

  it('an explanation: a value too deep to be written down costs the explanation, not the finding', async () => {
    const rule = ruleOf('any-request', { all: [{ fact: 'requestParameters', operator: 'exists', value: true }] });
    const record = exampleRecord({ requestParameters: nested(100_000) });
    const detection = await detect([rule, keyCreated], record);
    expect(idsOf(detection).toSorted()).toEqual(['any-request', 'iam-key-created']);
    expect(detection.failures).toMatchObject([{ code: 'EVALUATION_FAILED', ruleId: 'any-request' }]);
    expect(detection.findings.map(({ unmapped }) => unmapped.trailwire.explanation !== undefined)).toEqual(
      idsOf(detection).map((id) => id === 'iam-key-created'),
    );
  });

  it('a finding that cannot be built', async () => {
    // An id that no content can have: the record cannot be written down, and it has no other.
    const rule = ruleOf('deep', keyCreated.conditions, { dedup: { by: ['requestParameters'], window: '1h' } });
    const record = exampleRecord({ requestParameters: nested(100_000) });
    const detection = await detect([rule, keyCreated], record);
    expect(idsOf(detection)).toEqual(['iam-key-created']);
    expect(new Set(detection.failures.map(({ ruleId }) => ruleId))).toEqual(new Set(['deep']));
  });

  it('where the two evaluations disagree, the finding goes out and the disagreement with it', async () => {
    // Past the schema, which refuses an empty list: json-rules-engine takes an empty "any" for true.
    const rule: Rule = { ...keyCreated, id: 'in-dispute', conditions: { not: { any: [] } } };
    const detection = await detect([rule, keyCreated], exampleRecord());
    expect(idsOf(detection).toSorted()).toEqual(['iam-key-created', 'in-dispute']);
    expect(detection.failures).toMatchObject([{ code: 'EVALUATION_DISAGREES', ruleId: 'in-dispute' }]);
    expect(detection.failures[0]?.message).toContain('please report this with the rule and the record');
  });
});

describe('hostile records', () => {
  it.each<[string, object]>([
    ['no identity', { userIdentity: undefined }],
    ['an identity that is a text', { userIdentity: 'root' }],
    ['an identity of lists', { userIdentity: { type: ['Root'], arn: [[]], sessionContext: [{}] } }],
    ['request parameters of null', { requestParameters: null }],
    ['no request parameters', { requestParameters: undefined }],
    ['an address that is none', { sourceIPAddress: '999.1.1.1' }],
    ['an address that is an object', { sourceIPAddress: { toString: 1 } }],
    ['an invented region', { awsRegion: 'https://example.com/?' }],
    ['a region of another type', { awsRegion: 7 }],
    ['numbers everywhere', Object.fromEntries(Object.keys(exampleRecord()).map((key) => [key, 1]))],
    ['lists everywhere', Object.fromEntries(Object.keys(exampleRecord()).map((key) => [key, [[], [null]]]))],
    ['200 levels of nesting', { requestParameters: nested(200), responseElements: nested(200) }],
    ['lists in lists', { requestParameters: { userName: JSON.parse('['.repeat(200) + ']'.repeat(200)) } }],
    [
      'a megabyte of text',
      { userAgent: 'x'.repeat(1_000_000), requestParameters: { userName: 'y'.repeat(1_000_000) } },
    ],
    ['fields named like inherited ones', { requestParameters: JSON.parse(withInheritedNames()) }],
    ['a name that objects inherit', { eventName: 'constructor', awsRegion: '__proto__' }],
    ['half a character', { userAgent: '\ud800', eventID: '\udfff' }],
  ])('with %s are detected on like others', async (_, fields) => {
    const record = exampleRecord({ ...fields, eventName: 'CreateAccessKey' });
    const detection = await detect([keyCreated, anyCall], record);
    expect(idsOf(detection).toSorted()).toEqual(['any-call', 'iam-key-created']);
    expect(detection.failures).toEqual([]);
    expect(() => JSON.stringify(detection.findings)).not.toThrow();
  });

  it('never seem to have a field that they do not have', async () => {
    const rules = ['constructor', '__proto__', 'toString', 'requestParameters.constructor.name'].map((fact, index) =>
      ruleOf(`inherited-${index}`, { all: [{ fact, operator: 'exists', value: true }] }),
    );
    expect((await detect(rules, exampleRecord())).findings).toEqual([]);
  });

  const rules = [
    anyCall,
    ruleOf('by-name', keyCreated.conditions, { events: { 'iam.amazonaws.com': ['Create*'] } }),
    ruleOf('root', { all: [{ fact: 'userIdentity.type', operator: 'equal', value: 'Root' }] }),
    ruleOf('not-root', { not: { all: [{ fact: 'userIdentity.type', operator: 'in', value: ['Root'] }] } }),
    ruleOf('elsewhere', { all: [{ fact: 'sourceIPAddress', operator: 'not:cidr', value: '198.51.100.0/24' }] }),
    ruleOf('many', { any: [{ fact: 'requestParameters.count', operator: 'greaterThan', value: 3 }] }),
    ruleOf('odd', { any: [{ fact: 'userAgent', operator: 'regex', value: '(a|b)+$' }] }),
    ruleOf('own-key', {
      all: [{ fact: 'requestParameters.userName', operator: 'equal', value: { fact: 'userIdentity.userName' } }],
    }),
    ruleOf(
      'policy',
      {
        any: [
          {
            fact: 'requestParameters.policyDocument.Statement',
            operator: 'anyItem',
            value: { all: [{ fact: 'Action', operator: 'wildcard', value: '*' }] },
          },
        ],
      },
      { dedup: { by: ['requestParameters.policyDocument', 'userIdentity.arn'], window: '1h' }, message: '{userAgent}' },
    ),
  ];
  const name = fc.constantFrom(
    ...['iam.amazonaws.com', 'CreateAccessKey', 'constructor', '__proto__', 'toString', '', '{"a":[1]}', '%7B%22a%22'],
  );
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      name,
      fc.jsonValue(),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.oneof(name, fc.constantFrom('type', 'arn', 'Action')), tie('json'))).map(Object.fromEntries),
    ),
  }));
  const fields = fc.constantFrom(
    ...[...Object.keys(exampleRecord()), 'errorCode', 'resources', 'insightDetails', 'addendum', '__proto__'],
  );
  /** JSON text, since an object literal could not have a field of its own called `__proto__`. */
  const hostileRecord = fc
    .array(fc.tuple(fields, json), { maxLength: 12 })
    .map(
      (entries) => `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
    );

  it('of any shape neither make detection throw nor change what objects inherit', async () => {
    const inherited = Reflect.ownKeys(Object.prototype);
    const detector = detectorOf(rules, { suppressions: [suppressionOf({ rule: 'root' })] });
    await fc.assert(
      fc.asyncProperty(hostileRecord, async (text) => {
        const record = JSON.parse(text);
        expect((await detector.detect({ record }, receivedAt)).failures).toEqual([]);
        expect(JSON.stringify(record)).toBe(JSON.stringify(JSON.parse(text)));
        expect(Reflect.ownKeys(Object.prototype)).toEqual(inherited);
      }),
      { numRuns: 500 },
    );
  });
});
