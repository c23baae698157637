import { describe, expect, it } from 'vitest';
import type { Condition } from '../../engine/condition.ts';
import { type Rule, ruleSchema } from '../../engine/rule.ts';
import { runRuleTest } from '../../engine/rule-cases.ts';
import { type RuleTest, recordOfCase, ruleTestSchema } from '../../engine/rule-test.ts';
import { exampleRecord } from '../example-records.ts';

const recordWith = (fixture: unknown, set: Readonly<Record<string, unknown>>, without: string[] = []) =>
  recordOfCase(fixture, { with: set, without });

describe('the record of a case', () => {
  const fixture = { errorCode: null, request: { groupId: 'sg-1', items: [{ port: 22 }, { port: 80 }] } };

  it('is its fixture where nothing differs', () => {
    expect(recordWith(fixture, {})).toEqual(fixture);
  });

  it('has the named fields replaced and nothing else', () => {
    expect(recordWith(fixture, { 'request.groupId': 'sg-2', 'request.items[1].port': 443 })).toEqual({
      errorCode: null,
      request: { groupId: 'sg-2', items: [{ port: 22 }, { port: 443 }] },
    });
  });

  it('has whole values replaced, not merged', () => {
    expect(recordWith(fixture, { request: { groupId: 'sg-2' } })).toEqual({
      errorCode: null,
      request: { groupId: 'sg-2' },
    });
    expect(recordWith(fixture, { request: null })).toEqual({ errorCode: null, request: null });
  });

  it('has new fields, with all that is missing on the way to them', () => {
    expect(recordWith({}, { 'a.b.c': 1, 'list[0].x[0]': 2, 'list[1]': 3 })).toEqual({
      a: { b: { c: 1 } },
      list: [{ x: [2] }, 3],
    });
  });

  it('has a field put where the fixture says null', () => {
    expect(recordWith({ requestParameters: null }, { 'requestParameters.name': 'x' })).toEqual({
      requestParameters: { name: 'x' },
    });
  });

  it('has fields and items taken away', () => {
    expect(recordWith(fixture, {}, ['errorCode', 'request.items[0]'])).toEqual({
      request: { groupId: 'sg-1', items: [{ port: 80 }] },
    });
  });

  it('may be told to set a field and then take another away inside it', () => {
    expect(recordWith(fixture, { extra: { a: 1, b: 2 } }, ['request', 'extra.a'])).toEqual({
      errorCode: null,
      extra: { b: 2 },
    });
  });

  it('leaves the fixture and the case as they were', () => {
    const before = structuredClone(fixture);
    const set = { extra: { a: 1 }, 'extra.b': 2 };
    recordWith(fixture, set, ['request.items[0]']);
    expect(fixture).toEqual(before);
    expect(set).toEqual({ extra: { a: 1 }, 'extra.b': 2 });
  });

  it.each(['__proto__', 'constructor', 'toString'])('can have a field of its own called %s', (name) => {
    const record = recordWith({}, { [`request.${name}.isAdmin`]: true }) as { request: object };
    expect(Object.hasOwn(record.request, name)).toBe(true);
    expect(JSON.parse(JSON.stringify(record))).toEqual(JSON.parse(`{"request": {"${name}": {"isAdmin": true}}}`));
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
    expect(recordWith(record, {}, [`request.${name}`])).toEqual({ request: {} });
  });

  it.each([
    [
      'set inside a text',
      { 'request.groupId.x': 1 },
      [],
      '"request.groupId.x" leads nowhere in the fixture, at "groupId"',
    ],
    [
      'set in a list without saying where',
      { 'request.items.port': 1 },
      [],
      '"request.items.port" leads nowhere in the fixture, at "port"',
    ],
    [
      'set beyond the end of a list',
      { 'request.items[3]': 1 },
      [],
      '"request.items[3]" leads nowhere in the fixture, at "3"',
    ],
    ['set by index in an object', { 'request[0]': 1 }, [], '"request[0]" leads nowhere in the fixture, at "0"'],
    [
      'remove what is not there',
      {},
      ['request.groupName'],
      '"request.groupName" leads nowhere in the fixture, at "groupName"',
    ],
    [
      'remove an item that is not there',
      {},
      ['request.items[2]'],
      '"request.items[2]" leads nowhere in the fixture, at "2"',
    ],
    ['remove from nothing', {}, ['response.groupId'], '"response.groupId" leads nowhere in the fixture, at "response"'],
    [
      'remove what objects inherit',
      {},
      ['request.toString'],
      '"request.toString" leads nowhere in the fixture, at "toString"',
    ],
  ])('cannot be made by a path that would %s', (_, set, without, message) => {
    expect(() => recordWith(fixture, set, without)).toThrow(new TypeError(message));
  });
});

describe('running the cases of a rule', () => {
  const ruleOf = (conditions: unknown, fields: object = {}): Rule =>
    ruleSchema.parse({ id: 'iam-access-key-created', conditions, ...fields });
  const run = (rule: Rule, cases: readonly object[], test: Partial<RuleTest> = {}) =>
    runRuleTest(rule, ruleTestSchema.parse({ fixture: 'iam/create-access-key', cases, ...test }), fixtures, {
      rules: [rule],
      correlationRules: [],
      conditions: new Map<string, Condition>([
        ['succeeded', { all: [{ fact: 'errorCode', operator: 'exists', value: false }] }],
      ]),
      lists: new Map([['office-networks', []]]),
    });
  const fixtures = new Map<string, unknown>([
    ['iam/create-access-key', exampleRecord()],
    ['ec2/authorize', exampleRecord({ eventSource: 'ec2.amazonaws.com', eventName: 'AuthorizeSecurityGroupIngress' })],
  ]);
  const forBob = { all: [{ fact: 'requestParameters.userName', operator: 'equal', value: 'bob' }] };
  const match = { name: 'bob', matches: true };
  const other = { name: 'eve', with: { 'requestParameters.userName': 'eve' }, matches: false };

  it('passes the cases that come out as they say', async () => {
    expect(await run(ruleOf(forBob), [match, other])).toEqual({
      cases: [
        { name: 'bob', passed: true },
        { name: 'eve', passed: true },
      ],
      uncovered: [],
    });
  });

  it('says of the others what was expected and what came', async () => {
    const { cases } = await run(ruleOf(forBob), [
      { ...match, matches: false },
      { ...other, matches: true },
    ]);
    expect(cases).toEqual([
      { name: 'bob', passed: false, why: 'expected no match, got one' },
      { name: 'eve', passed: false, why: 'expected a match, got none' },
    ]);
  });

  it('says when a case is not about an event of the rule, and does not count it as seen', async () => {
    const rule = ruleOf(forBob, { events: { 'iam.amazonaws.com': ['CreateAccessKey'] } });
    const { cases, uncovered } = await run(rule, [
      match,
      { name: 'ec2', fixture: 'ec2/authorize', with: { 'requestParameters.userName': 'eve' }, matches: true },
    ]);
    expect(cases[1]).toEqual({
      name: 'ec2',
      passed: false,
      why: 'expected a match, got none (ec2.amazonaws.com AuthorizeSecurityGroupIngress is not among its events)',
    });
    expect(uncovered).toMatchObject([{ path: 'conditions.all[0]', never: false }]);
  });

  it('lets one case start from another fixture', async () => {
    const rule = ruleOf({ all: [{ fact: 'eventSource', operator: 'equal', value: 'ec2.amazonaws.com' }] });
    const { cases } = await run(rule, [
      { name: 'iam', matches: false },
      { name: 'ec2', fixture: 'ec2/authorize', matches: true },
    ]);
    expect(cases.every(({ passed }) => passed)).toBe(true);
  });

  it('fails the case whose fixture does not exist, and runs the others', async () => {
    const { cases } = await run(ruleOf(forBob), [{ ...match, fixture: 'iam/nothing' }, other]);
    expect(cases).toEqual([
      { name: 'bob', passed: false, why: 'there is no rules/fixtures/iam/nothing.json' },
      { name: 'eve', passed: true },
    ]);
  });

  it('fails the case whose path leads nowhere, and runs the others', async () => {
    const { cases } = await run(ruleOf(forBob), [match, { ...other, without: ['errorCode'] }, other]);
    expect(cases.map(({ why }) => why)).toEqual([
      undefined,
      '"errorCode" leads nowhere in the fixture, at "errorCode"',
      undefined,
    ]);
  });

  it('fills lists as the test says, for its cases alone', async () => {
    const rule = ruleOf({ all: [{ fact: 'sourceIPAddress', operator: 'cidr', value: { list: 'office-networks' } }] });
    const cases = [match, { name: 'elsewhere', with: { sourceIPAddress: '203.0.113.9' }, matches: false }];
    const filled = await run(rule, cases, { lists: { 'office-networks': ['198.51.100.0/24'] } });
    expect(filled).toMatchObject({ cases: [{ passed: true }, { passed: true }], uncovered: [] });
    const empty = await run(rule, cases);
    expect(empty.cases).toMatchObject([{ passed: false, why: 'expected a match, got none' }, { passed: true }]);
  });

  it('fails each case when a list of the test does not suit the rule', async () => {
    const rule = ruleOf({ all: [{ fact: 'sourceIPAddress', operator: 'cidr', value: { list: 'office-networks' } }] });
    const { cases } = await run(rule, [match], { lists: { 'office-networks': ['the office'] } });
    expect(cases[0]?.why).toContain('"the office" is not an IP address or range');
  });

  describe('demands that every leaf was seen true and false', () => {
    const says = (fact: string, operator: string, value: unknown) => JSON.stringify({ fact, operator, value });

    it('names a leaf that was never false', async () => {
      expect((await run(ruleOf(forBob), [match])).uncovered).toEqual([
        {
          path: 'conditions.all[0]',
          says: says('requestParameters.userName', 'equal', 'bob'),
          never: false,
        },
      ]);
    });

    it('names a leaf that was never true, though the rule did not match as expected', async () => {
      const rule = ruleOf({
        any: [...forBob.all, { fact: 'requestParameters.userName', operator: 'equal', value: 'mallory' }],
      });
      expect((await run(rule, [match, other])).uncovered).toEqual([
        {
          path: 'conditions.any[1]',
          says: says('requestParameters.userName', 'equal', 'mallory'),
          never: true,
        },
      ]);
    });

    it('names a leaf that no case reached, twice', async () => {
      const rule = ruleOf(forBob, { events: { 'ec2.amazonaws.com': '*' } });
      expect((await run(rule, [{ ...match, matches: false }])).uncovered).toMatchObject([
        { path: 'conditions.all[0]', never: true },
        { path: 'conditions.all[0]', never: false },
      ]);
    });

    it('looks past the branch that decided: every leaf is evaluated in every case', async () => {
      const rule = ruleOf({ all: [...forBob.all, { not: { all: [{ condition: 'succeeded' }] } }] });
      const denied = { name: 'denied', with: { errorCode: 'AccessDenied' }, matches: true };
      const { cases, uncovered } = await run(rule, [denied, other]);
      expect(cases.every(({ passed }) => passed)).toBe(true);
      expect(uncovered).toEqual([]);
    });

    it('takes a shared condition for one leaf', async () => {
      const rule = ruleOf({ all: [{ condition: 'succeeded' }] });
      expect((await run(rule, [match])).uncovered).toEqual([
        { path: 'conditions.all[0]', says: '{"condition":"succeeded"}', never: false },
      ]);
    });

    it('looks into anyItem, at every item', async () => {
      const port = { fact: 'fromPort', operator: 'equal', value: 22 };
      const open = { fact: 'cidr', operator: 'equal', value: '0.0.0.0/0' };
      const anyItem = { fact: 'requestParameters.items', operator: 'anyItem', value: { all: [port, open] } };
      const rule = ruleOf({ all: [anyItem] });
      const withItems = (...items: readonly object[]) => ({ 'requestParameters.items': items });
      const ssh = { name: 'ssh', with: withItems({ fromPort: 22, cidr: '0.0.0.0/0' }), matches: true };
      const none = { name: 'no items', matches: false };

      expect((await run(rule, [ssh, none])).uncovered).toMatchObject([
        { path: 'conditions.all[0].value.all[0]', says: JSON.stringify(port), never: false },
        { path: 'conditions.all[0].value.all[1]', says: JSON.stringify(open), never: false },
      ]);
      const half = {
        name: 'ssh from here, https from anywhere',
        with: withItems({ fromPort: 22, cidr: '198.51.100.0/24' }, { fromPort: 443, cidr: '0.0.0.0/0' }),
        matches: false,
      };
      expect(await run(rule, [ssh, half])).toMatchObject({
        cases: [{ passed: true }, { passed: true }],
        uncovered: [],
      });
    });
  });
});
