import { expect, it } from 'vitest';
import type { Condition } from '../../engine/condition.ts';
import { createTryOrder, settledBy } from '../../engine/try-order.ts';

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

const orderOf = (...conditions: Condition[]): readonly Condition[] =>
  createTryOrder(references)(conditions).map(({ condition }) => condition);

it('tries what compares a text before ranges, expressions and items, whatever they are wrapped in', () => {
  const slow: Condition[] = [range, { not: { condition: 'by-expression' } }, { all: [range, text] }, items];
  for (const each of slow) expect(orderOf(each, text)).toEqual([text, each]);
  expect(orderOf({ condition: 'by-expression' }, { condition: 'missing' })).toEqual([
    { condition: 'missing' },
    { condition: 'by-expression' },
  ]);
});

it('takes into account that the first part often settles an alternative', () => {
  expect(orderOf(range, { any: [text, otherText, range] })).toEqual([{ any: [text, otherText, range] }, range]);
});

it('leaves what costs the same as the author put it', () => {
  expect(orderOf(otherText, text)).toEqual([otherText, text]);
  expect(orderOf(text, otherText)).toEqual([text, otherText]);
});

/** Says which parts were tried on an item that holds some of them. */
const tryParts = (answer: boolean, costs: readonly number[]) => {
  const tried: string[] = [];
  const parts = costs.map((cost, index) => ({
    condition: { fact: `part ${index}`, operator: 'equal' as const, value: true },
    cost,
  }));
  const test = settledBy(answer, parts, (condition) => (item) => {
    const { fact } = condition as { fact: string };
    tried.push(fact);
    return (item as Record<string, boolean>)[fact] === true;
  });
  return (item: Record<string, boolean>): { readonly says: boolean; readonly tried: readonly string[] } => {
    tried.length = 0;
    return { says: test(item), tried: [...tried] };
  };
};

it('tries first what settled the matter before', () => {
  const test = tryParts(false, [1, 1, 1]);
  const failsLast = { 'part 0': true, 'part 1': true };
  expect(test(failsLast)).toEqual({ says: false, tried: ['part 0', 'part 1', 'part 2'] });
  expect(test(failsLast)).toEqual({ says: false, tried: ['part 0', 'part 2'] });
  expect(test(failsLast)).toEqual({ says: false, tried: ['part 2'] });
  expect(test({ 'part 0': true, 'part 1': true, 'part 2': true })).toMatchObject({ says: true });
});

it('keeps a dear part back until it settles so much more', () => {
  const test = tryParts(true, [1, 3]);
  expect(test({ 'part 0': true })).toEqual({ says: true, tried: ['part 0'] });
  const dear = { 'part 1': true };
  for (let times = 0; times < 4; times++) expect(test(dear)).toEqual({ says: true, tried: ['part 0', 'part 1'] });
  expect(test(dear)).toEqual({ says: true, tried: ['part 1'] });
});
