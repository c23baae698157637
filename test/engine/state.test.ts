import { describe, expect, it } from 'vitest';
import { aspectOf, isSame, partOf, shows } from '../../engine/state.ts';

describe('a state', () => {
  it('shows what is expected of it, whatever else it has', () => {
    expect(shows({ key: 'Active', other: 'Inactive' }, { key: 'Active' })).toBe(true);
    expect(shows({ key: 'Active' }, { key: 'Inactive' })).toBe(false);
    expect(shows({ key: 'Active' }, { key: 'Active', other: 'Active' })).toBe(false);
  });

  it('has null for what is not there, and nothing of what objects inherit', () => {
    expect(aspectOf({}, 'constructor')).toBeNull();
    expect(partOf({ a: true }, ['a', 'b', '__proto__'])).toEqual(
      Object.fromEntries([
        ['a', true],
        ['b', null],
        ['__proto__', null],
      ]),
    );
    expect(shows({}, { gone: null })).toBe(true);
    expect(shows({ gone: true }, { gone: null })).toBe(false);
  });
});

describe('two documents', () => {
  it.each([
    ['{"a": 1, "b": 2}', '{"b":2,"a":1}'],
    ['{"Action": ["s3:GetObject"]}', '{"Action": "s3:GetObject"}'],
    ['{"Action": ["a", "b"]}', '{"Action": ["b", "a"]}'],
    ['{"Statement": [{"Effect": "Deny"}]}', '{"Statement": {"Effect": "Deny"}}'],
  ])('mean the same: %s and %s', (one, other) => {
    expect(isSame(one, other)).toBe(true);
    expect(isSame(JSON.parse(one), other)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    ['{"a": 1}', '{"a": 2}'],
    ['{"a": 1}', '{"a": "1"}'],
    ['{"Statement": [{"Sid": "a"}, {"Sid": "b"}]}', '{"Statement": [{"Sid": "a"}]}'],
    ['{"broken', '{"broken '],
    [null, ''],
    [null, false],
    [['a', 'b'], ['a']],
    [{}, null],
  ])('do not: %s and %s', (one, other) => {
    expect(isSame(one, other)).toBe(false);
  });
});
