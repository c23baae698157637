import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../engine/condition.ts';
import { correlationRuleSchema, ruleSchema } from '../../engine/rule.ts';
import { compileRules } from '../../engine/rule-index.ts';
import { findTwins } from '../../engine/twin-rules.ts';

const references = {
  lists: new Map(),
  conditions: new Map<string, Condition>([
    ['succeeded', { all: [{ fact: 'errorCode', operator: 'exists', value: false }] }],
  ]),
};
const conditions: object = { all: [{ fact: 'awsRegion', operator: 'equal', value: 'us-east-1' }] };
const rule = (id: string, fields: object = {}) => ruleSchema.parse({ id, conditions, ...fields });
const areTwins = (one: object, other: object): boolean => {
  const twins = findTwins([rule('any-one', one), rule('any-other', other)], references);
  return twins.length === 1;
};
const leaf = (operator: string, value: unknown, fact = 'awsRegion') => ({ fact, operator, value });
const all = (...parts: object[]) => ({ conditions: { all: parts } });
const any = (...parts: object[]) => ({ conditions: { any: parts } });
const [a, b] = [leaf('equal', 'a'), leaf('equal', 'b', 'eventName')];

describe('two rules are twins, however they are written down', () => {
  it.each([
    ['in another order', all(a, b), all(b, a)],
    ['nested without need', all(a, b), all({ all: [b] }, { any: [a] })],
    ['with the same twice', all(a, b), all(a, b, a)],
    [
      'with a shared condition written out',
      all(a, { condition: 'succeeded' }),
      all(a, leaf('exists', false, 'errorCode')),
    ],
    ['one value, or a list of one', all(a), all(leaf('in', ['a']))],
    ['values in another order', all(leaf('in', ['a', 'b'])), all(leaf('in', ['b', 'a']))],
    ['negated by a word or by a node', all(leaf('notEqual', 'a')), all({ not: a })],
    ['negated by a decorator', all(leaf('not:prefix', 'a')), all({ not: leaf('prefix', ['a']) })],
    ['negated twice', all(a), all({ not: { not: a } })],
    ['items in another order', all(leaf('anyItem', { all: [a, b] })), all(leaf('anyItem', { all: [b, a] }))],
    [
      'events in another order and case',
      { events: { 'iam.amazonaws.com': ['CreateUser', 'DeleteUser'], 'sts.amazonaws.com': '*' } },
      { events: { 'sts.amazonaws.com': '*', 'iam.amazonaws.com': ['deleteUser', 'createUser'] } },
    ],
    ['of another severity', { severity: 'low' }, { severity: 'high', title: 'Other' }],
    [
      'counting the same',
      { correlation: { type: 'event_count', timespan: '1h', groupBy: ['a', 'b'], condition: { gt: 4 } } },
      { correlation: { type: 'event_count', timespan: '1h', groupBy: ['b', 'a'], condition: { gte: 5 } } },
    ],
  ])('%s', (_, one, other) => {
    expect(areTwins(one, other)).toBe(true);
  });

  it.each([
    ['another value', all(a), all(leaf('equal', 'b'))],
    ['another type of value', all(leaf('equal', 1)), all(leaf('equal', '1'))],
    ['all or any', all(a, b), any(a, b)],
    ['a negation', all(a), all({ not: a })],
    [
      'another event',
      { events: { 'iam.amazonaws.com': ['CreateUser'] } },
      { events: { 'iam.amazonaws.com': ['DeleteUser'] } },
    ],
    ['every event', { events: { 'iam.amazonaws.com': ['CreateUser'] } }, {}],
    ['a count', {}, { correlation: { type: 'event_count', timespan: '1h', condition: { gte: 5 } } }],
    [
      'an item that must satisfy both',
      all(leaf('anyItem', { all: [a, b] })),
      all(leaf('anyItem', { all: [a] }), leaf('anyItem', { all: [b] })),
    ],
  ])('and are not: %s', (_, one, other) => {
    expect(areTwins(one, other)).toBe(false);
  });

  it('where they correlate the same rules; the order counts only where it is asked for', () => {
    const correlating = (id: string, type: string, ...rules: string[]) =>
      correlationRuleSchema.parse({ id, correlation: { type, rules, timespan: '1h' } });
    const twins = (type: string) =>
      findTwins([correlating('any-one', type, 'x', 'y'), correlating('any-other', type, 'y', 'x')], references).length;
    expect(twins('temporal')).toBe(1);
    expect(twins('temporal_ordered')).toBe(0);
  });
});

describe('twins', () => {
  const part: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc
        .record({
          fact: fc.constantFrom('awsRegion', 'eventName'),
          operator: fc.constantFrom('equal', 'notEqual', 'in', 'notIn', 'prefix', 'not:prefix', 'contains'),
          value: fc.constantFrom('a', 'b'),
        })
        .map((each) =>
          each.operator.endsWith('n')
            ? { ...each, operator: each.operator, value: /in$/i.test(each.operator) ? [each.value] : each.value }
            : each,
        ),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((parts) => ({ all: parts })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((parts) => ({ any: parts })),
      tie('tree').map((not) => ({ not })),
    ),
  })).tree;
  const records = ['a', 'b', 'ab', undefined].flatMap((awsRegion) =>
    ['a', 'b', undefined].map((eventName) => ({
      eventSource: 'iam.amazonaws.com',
      ...(awsRegion === undefined ? {} : { awsRegion }),
      ...(eventName === undefined ? {} : { eventName }),
    })),
  );

  it('say the same of every record', () => {
    let found = 0;
    fc.assert(
      fc.property(part, part, (one, other) => {
        const rules = [rule('any-one', all(one)), rule('any-other', all(other))];
        if (findTwins(rules, references).length === 0) return;
        found += 1;
        const matchers = compileRules(rules, references).rules;
        for (const record of records) expect(new Set(matchers.map((matcher) => matcher.matches(record))).size).toBe(1);
      }),
      { numRuns: 3_000, seed: 7 },
    );
    expect(found).toBeGreaterThan(20);
  });
});
