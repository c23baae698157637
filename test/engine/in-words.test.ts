import { describe, expect, it } from 'vitest';
import type { Condition } from '../../engine/condition.ts';
import { correlationSchema } from '../../engine/correlation/correlation.ts';
import { correlationInWords } from '../../engine/correlation/in-words.ts';
import { conditionInWords } from '../../engine/in-words.ts';

const links = { condition: (name: string) => `[${name}]`, list: (name: string) => `the list ${name}` };
const words = (...conditions: readonly Condition[]) => conditionInWords({ all: conditions }, links);
const leaf = (operator: string, value: unknown, fact = 'a.b') => ({ fact, operator, value });

describe('a condition in words', () => {
  it.each([
    [leaf('equal', 'Root'), '- `a.b` is `Root`'],
    [leaf('equal', 5), '- `a.b` is `5`'],
    [leaf('equal', ''), '- `a.b` is `""`'],
    [leaf('in', ['x', 'y']), '- `a.b` is one of `x`, `y`'],
    [leaf('notIn', { list: 'known-accounts' }), '- `a.b` is none of the list known-accounts'],
    [leaf('equal', { fact: 'c.d' }), '- `a.b` is the field `c.d`'],
    [leaf('exists', true), '- `a.b` is there'],
    [leaf('exists', false), '- `a.b` is missing'],
    [leaf('not:prefix', 'x'), '- **not**: `a.b` begins with `x`'],
    [
      leaf('someFact:not:ofAccount', { list: 'known-accounts' }),
      '- some element of **not**: `a.b` is of account the list known-accounts',
    ],
    [leaf('someValue:notEqual', ['x', 'y']), '- for at least one of the values, `a.b` is not `x`, `y`'],
    [{ condition: 'succeeded' }, '- [succeeded]'],
    [{ not: { condition: 'succeeded' } }, '- **not**: [succeeded]'],
    [
      { not: { all: [leaf('equal', 1), leaf('equal', 2)] } },
      '- not all of these together:\n  - `a.b` is `1`\n  - `a.b` is `2`',
    ],
    [{ not: { any: [leaf('equal', 1)] } }, '- none of these:\n  - `a.b` is `1`'],
    [
      { any: [leaf('equal', 1), { all: [leaf('equal', 2), leaf('equal', 3)] }] },
      '- at least one of these:\n  - `a.b` is `1`\n  - all of these:\n    - `a.b` is `2`\n    - `a.b` is `3`',
    ],
    [
      leaf('anyItem', { all: [leaf('equal', 'Allow', 'Effect'), { condition: 'open' }] }),
      '- `a.b` has an item for which:\n  - `Effect` is `Allow`\n  - [open]',
    ],
    [
      { not: leaf('anyItem', { any: [leaf('equal', 'Allow', 'Effect')] }) },
      '- **not**: `a.b` has an item for which:\n  - at least one of these:\n    - `Effect` is `Allow`',
    ],
  ] as [Condition, string][])('%j', (condition, expected) => {
    expect(words(condition)).toBe(expected);
  });

  it('joins what stands at the top, and shows texts as they are', () => {
    expect(words(leaf('equal', '`x|y`'), { condition: 'succeeded' })).toBe('- `a.b` is `` `x\\|y` ``\n- [succeeded]');
    expect(conditionInWords({ any: [leaf('equal', 1)] }, links)).toBe('- at least one of these:\n  - `a.b` is `1`');
  });

  it('cuts long lists and says so', () => {
    const many = Array.from({ length: 25 }, (_, index) => index);
    expect(words(leaf('in', many))).toMatch(/`19` and 5 more$/);
  });
});

describe('a correlation in words', () => {
  const say = (correlation: object) =>
    correlationInWords(correlationSchema.parse(correlation), 'own', (rule) => `[${rule}]`);

  it.each([
    [{ type: 'event_count', timespan: '15m', condition: { gt: 4 } }, 'At least 5 matches of [own] within 15m.'],
    [
      {
        type: 'value_count',
        rules: ['a', 'b'],
        field: 'network:ip',
        groupBy: ['x|y'],
        timespan: '1h',
        condition: { gte: 3 },
      },
      'At least 3 different values of the network of `ip` in matches of [a] or [b] within 1h, counted for each `x`, or else `y` by itself.',
    ],
    [{ type: 'temporal', rules: ['a', 'b'], timespan: '1h' }, 'A match of each of [a], [b] within 1h, in any order.'],
    [
      {
        type: 'temporal_ordered',
        rules: ['a', 'b'],
        timespan: '1h',
        groupBy: ['who'],
        aliases: { who: { a: 'x', b: 'y' } },
      },
      'A match of [a], then of [b] within 1h, counted for each `who` by itself. `who` is `x` of [a], and `y` of [b].',
    ],
    [
      { type: 'new_value', field: 'awsRegion', lookback: '30d', learning: '7d' },
      'A value of `awsRegion` in a match of [own] that was not there in the 30d before; quiet until 7d are known.',
    ],
    [
      { type: 'spike', timespan: '1h', lookback: '2d', learning: '1d', condition: { gte: 10 } },
      'At least 10 matches of [own] within 1h, and far more (5 deviations) than in the 2d before; quiet until 1d are known.',
    ],
  ])('%j', (correlation, expected) => {
    expect(say(correlation)).toBe(expected);
  });
});
