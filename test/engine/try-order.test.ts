import { expect, it } from 'vitest';
import type { Condition } from '../../engine/condition.ts';
import { cheapestFirst } from '../../engine/try-order.ts';

const references = {
  conditions: new Map<string, Condition>([
    ['by-expression', { fact: 'userAgent', operator: 'regex', value: '^curl' }],
    ['missing', { fact: 'errorCode', operator: 'exists', value: false }],
  ]),
  lists: new Map(),
};

const text: Condition = { fact: 'eventType', operator: 'equal', value: 'AwsApiCall' };
const otherText: Condition = { fact: 'readOnly', operator: 'equal', value: false };
const range: Condition = { fact: 'sourceIPAddress', operator: 'cidr', value: '10.0.0.0/8' };
const items: Condition = {
  fact: 'resources',
  operator: 'anyItem',
  value: { all: [{ fact: 'type', operator: 'equal', value: 'AWS::S3::Object' }] },
};

it('tries what compares a text before ranges, expressions and items, whatever they are wrapped in', () => {
  const slow: Condition[] = [range, { not: { condition: 'by-expression' } }, { any: [range, text] }, items];
  for (const each of slow) expect(cheapestFirst([each, text], references)).toEqual([text, each]);
  expect(cheapestFirst([{ condition: 'by-expression' }, { condition: 'missing' }], references)).toEqual([
    { condition: 'missing' },
    { condition: 'by-expression' },
  ]);
});

it('leaves what costs the same as the author put it', () => {
  expect(cheapestFirst([otherText, text], references)).toEqual([otherText, text]);
  expect(cheapestFirst([text, otherText], references)).toEqual([text, otherText]);
});
