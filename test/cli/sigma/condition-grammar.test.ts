import { describe, expect, it } from 'vitest';
import { conditionOfDetection } from '../../../cli/sigma/detection.ts';
import type { Condition } from '../../../engine/condition.ts';

const selections = { sel_a: { a: 1 }, sel_b: { b: 1 }, other: { c: 1 }, _hidden: { d: 1 } };

/** The tree in short: a, b, c and d for the leaves. */
const short = (condition: Condition): string => {
  if ('all' in condition) return `(${condition.all.map(short).join(' & ')})`;
  if ('any' in condition) return `(${condition.any.map(short).join(' | ')})`;
  if ('not' in condition) return `!${short(condition.not)}`;
  return 'fact' in condition ? condition.fact : condition.condition;
};
const parse = (condition: string | string[]): string => short(conditionOfDetection({ ...selections, condition }));

describe('the condition of a detection', () => {
  it.each([
    ['sel_a', 'a'],
    ['sel_a and sel_b', '(a & b)'],
    ['sel_a or sel_b', '(a | b)'],
    ['not sel_a', '!a'],
    ['not not sel_a', '!!a'],
    ['sel_a or sel_b and not other', '(a | (b & !c))'],
    ['(sel_a or sel_b) and not other', '((a | b) & !c)'],
    ['sel_a AND NOT (other OR sel_b)', '(a & !(c | b))'],
    ['1 of sel_*', '(a | b)'],
    ['any of sel_*', '(a | b)'],
    ['all of sel_*', '(a & b)'],
    ['1 of *_b', 'b'],
    ['1 of them', '(a | b | c)'],
    ['all of them', '(a & b & c)'],
    ['1 of _*', 'd'],
    ['sel_a and not 1 of other*', '(a & !c)'],
    ['not all of sel_*', '!(a & b)'],
    ['sel_a and sel_b and other', '(a & b & c)'],
  ])('%s', (condition, expected) => {
    expect(parse(condition)).toBe(expected);
  });

  it('may be a list of alternatives', () => {
    expect(parse(['sel_a', 'sel_b and other'])).toBe('(a | (b & c))');
  });

  it('joins the lines of a map by "and", the maps of a list by "or"', () => {
    expect(short(conditionOfDetection({ s: { a: 1, b: 1 }, condition: 's' }))).toBe('(a & b)');
    expect(short(conditionOfDetection({ s: [{ a: 1, b: 1 }, { c: 1 }], condition: 's' }))).toBe('((a & b) | c)');
  });

  it.each([
    ['sel_x', /there is no selection "sel_x"/],
    ['1 of x*', /no selection is named like "x\*"/],
    ['2 of sel_*', /"2 of" is not Sigma/],
    ['sel_a and', /expected the name of a selection, found the end/],
    ['(sel_a', /expected "\)"/],
    ['sel_a sel_b', /expected "and", "or" or the end, found "sel_b"/],
    ['sel_a | count() > 5', /aggregates behind "\|"/],
    ['1 of', /expected "them" or a pattern/],
    ['', /expected the name of a selection/],
    ['__proto__', /there is no selection/],
    ['('.repeat(200), /nested/],
  ])('refuses %j', (condition, says) => {
    expect(() => parse(condition)).toThrow(says);
  });

  it('refuses keywords, empty selections and time frames', () => {
    expect(() => conditionOfDetection({ k: ['word'], condition: 'k' })).toThrow(/k: keywords/);
    expect(() => conditionOfDetection({ k: 'word', condition: 'k' })).toThrow(/k: keywords/);
    expect(() => conditionOfDetection({ k: {}, condition: 'k' })).toThrow(/k: an empty selection/);
    expect(() => conditionOfDetection({ k: { a: 1 }, timeframe: '5m', condition: 'k' })).toThrow(/"timeframe"/);
  });
});
