import { describe, expect, it } from 'vitest';
import { createEventCatalog } from '../../cli/event-catalog.ts';
import { createRequestCatalog } from '../../cli/request-catalog.ts';
import { renderProblem } from '../../engine/errors.ts';
import { lintRuleSet } from '../../engine/rule-lint.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { exampleRecord } from '../example-records.ts';

const catalog = { ...createEventCatalog(), ...createRequestCatalog() };
const rule = {
  id: 'iam-access-key-created',
  events: { 'iam.amazonaws.com': ['CreateAccessKey'] },
  conditions: { all: [{ fact: 'errorCode', operator: 'exists', value: false }] },
};
const test = {
  fixture: 'iam/create-access-key',
  cases: [
    { name: 'a key for another user', matches: true },
    { name: 'the caller was denied', with: { errorCode: 'AccessDenied' }, matches: false },
  ],
};

const lint = (ruleChanges: object, testChanges: object = {}): readonly string[] => {
  const { ruleSet, problems } = parseRuleSet(
    Object.entries({
      'iam/iam-access-key-created.json': { ...rule, ...ruleChanges },
      'iam/iam-access-key-created.test.json': { ...test, ...testChanges },
      'fixtures/iam/create-access-key.json': exampleRecord(),
    }).map(([path, content]) => ({ path, text: JSON.stringify(content) })),
  );
  expect(problems).toEqual([]);
  return lintRuleSet(ruleSet, catalog).map(renderProblem);
};

const ruleFile = 'iam/iam-access-key-created.json';
const testFile = 'iam/iam-access-key-created.test.json';

describe('what must hold for every rule beyond its own form', () => {
  it('holds for a good one', () => {
    expect(lint({})).toEqual([]);
  });

  it.each([
    [
      'an event source that AWS does not have, with the one that was meant',
      { 'iam2.amazonaws.com': ['CreateAccessKey'] },
      'events["iam2.amazonaws.com"]: "iam2.amazonaws.com" is not an event source of AWS; did you mean "iam.amazonaws.com"?',
    ],
    [
      'an event source that is like no other',
      { 'what-is-this-service.amazonaws.com': '*' },
      'events["what-is-this-service.amazonaws.com"]: "what-is-this-service.amazonaws.com" is not an event source of AWS',
    ],
    [
      'an event that its source does not have, with the one that was meant',
      { 'iam.amazonaws.com': ['CreateAccessKey', 'CreateAccesKey'] },
      'events["iam.amazonaws.com"][1]: iam.amazonaws.com has no event "CreateAccesKey"; did you mean "CreateAccessKey"?',
    ],
    [
      'the beginning of no event',
      { 'iam.amazonaws.com': ['Frobnicate*'] },
      'events["iam.amazonaws.com"][0]: iam.amazonaws.com has no event "Frobnicate*"',
    ],
  ])('refuses %s', (_, events, problem) => {
    expect(lint({ events })).toEqual([`${ruleFile}: ${problem}`]);
  });

  it('takes all events of a source, the beginning of some, and no events at all', () => {
    expect(lint({ events: { 'iam.amazonaws.com': '*' } })).toEqual([]);
    expect(lint({ events: { 'iam.amazonaws.com': ['Create*'] } })).toEqual([]);
    expect(lint({ events: undefined })).toEqual([]);
  });

  it.each(['high', 'critical'])('wants a runbook from a rule of severity %s', (severity) => {
    expect(lint({ severity })).toEqual([
      `${ruleFile}: runbook: a rule of severity "${severity}" wakes people; say what they should do next`,
    ]);
    expect(lint({ severity, runbook: 'Ask them.' })).toEqual([]);
  });

  it('wants none from others, nor from one that is "experimental" and wakes nobody', () => {
    expect(lint({ severity: 'medium' })).toEqual([]);
    expect(lint({ severity: 'high', status: 'experimental' })).toEqual([]);
  });
});

describe('a rule that responds', () => {
  const respond = { remediate: [{ run: 'deactivate-access-key' }] };
  const by = (...fields: readonly string[]) => ({ by: fields, window: '1h' });

  it('must tell callers apart, or a second intruder on the same resource goes unanswered', () => {
    expect(lint({ respond, dedup: by('requestParameters.userName') })).toEqual([
      `${ruleFile}: dedup.by: needs a field of "userIdentity.", since the rule responds: repeats are not answered, and a second intruder on the same resource would be one`,
    ]);
  });

  it.each([
    ['names the caller in its dedup', { respond, dedup: by('requestParameters.userName', 'userIdentity.arn') }],
    ['has no dedup', { respond }],
    ['has a dedup and does not respond', { dedup: by('requestParameters.userName') }],
  ])('is fine when it %s', (_, changes) => {
    expect(lint(changes)).toEqual([]);
  });

  it('must tell calls apart when it puts right what a call did, or the next one stays', () => {
    const putsRight = { remediate: [{ run: 'deactivate-new-key' }] };
    expect(lint({ respond: putsRight, dedup: by('userIdentity.arn') })).toEqual([
      `${ruleFile}: dedup.by: needs "eventID", since deactivate-new-key puts right what a call did: repeats are not answered, and the next call would stay`,
    ]);
    expect(lint({ respond: putsRight, dedup: by('userIdentity.arn', 'eventID') })).toEqual([]);
    expect(lint({ respond: putsRight })).toEqual([]);
  });

  it('must tell somebody when it waits for approval', () => {
    const silent = (run: string, mode?: string) => ({ notify: [], remediate: [{ run, ...(mode ? { mode } : {}) }] });
    expect(lint({ respond: silent('deactivate-access-key') })).toEqual([
      `${ruleFile}: respond.notify: needs a destination, since deactivate-access-key waits for approval: nobody would be asked`,
    ]);
    expect(lint({ respond: silent('restart-trail', 'approve') })).toHaveLength(1);
    expect(lint({ respond: silent('restart-trail') })).toEqual([]);
    expect(lint({ respond: silent('deactivate-access-key', 'auto') })).toEqual([]);
    expect(lint({ respond: { ...silent('deactivate-access-key'), notify: ['slack'] } })).toEqual([]);
  });

  it('is not fine with a field that only begins alike', () => {
    expect(lint({ respond, dedup: by('userIdentityArn') })).toHaveLength(1);
  });
});

describe('the test of a rule', () => {
  it.each([true, false])('has a case with "matches": %s', (expected) => {
    const cases = test.cases.filter(({ matches }) => matches !== expected);
    expect(lint({}, { cases })).toEqual([`${testFile}: cases: has no case with "matches": ${expected}`]);
  });

  it.each(['message', 'runbook'])('has every field that the %s names in one matching case at least', (key) => {
    const text = '{userIdentity.arn} made {requestParameters.keyName} and {requestParameters.keyId}';
    const some = { cases: [...test.cases, { name: 'id', with: { 'requestParameters.keyId': 'x' }, matches: true }] };
    expect(lint({ [key]: text }, some)).toEqual([
      `${testFile}: cases: no matching case has the field {requestParameters.keyName} that the rule's ${key} names`,
    ]);
  });

  it('does not let a case that must not match vouch for a field', () => {
    expect(lint({ message: '{errorCode}' })).toEqual([
      `${testFile}: cases: no matching case has the field {errorCode} that the rule's message names`,
    ]);
  });

  it('names the case whose path leads nowhere', () => {
    const cases = [...test.cases, { name: 'typing error', without: ['requestParameters.usrName'], matches: false }];
    expect(lint({}, { cases })).toEqual([
      `${testFile}: cases[2]: "requestParameters.usrName" leads nowhere in the fixture, at "usrName"`,
    ]);
  });
});
