import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest } from '../../engine/closest.ts';

const operators = ['equal', 'notEqual', 'in', 'notIn', 'lessThan', 'greaterThan', 'prefix', 'suffix', 'wildcard'];

describe('the word that was probably meant', () => {
  it.each([
    ['equals', 'equal', 'a letter too many'],
    ['equl', 'equal', 'a letter missing'],
    ['equol', 'equal', 'a wrong letter'],
    ['prefxi', 'prefix', 'two letters swapped'],
    ['EQUAL', 'equal', 'the wrong case'],
    ['notequal', 'notEqual', 'the wrong case inside the word'],
    ['wild_card', 'wildcard', 'an underscore'],
  ])('%s is taken for %s: %s', (word, meant) => {
    expect(closest(word, operators)).toBe(meant);
  });

  it('counts a swap of neighbours as one edit, not two', () => {
    expect(closest('abdc', ['abxc', 'abcd'])).toBe('abxc');
    expect(closest('abdc', ['abxy', 'abcd'])).toBe('abcd');
  });

  it('prefers the nearest, and the first of equals', () => {
    expect(closest('PutRolePolicy', ['PutRolePolicies', 'PutRolePolicyy'])).toBe('PutRolePolicyy');
    expect(closest('cat', ['bat', 'rat'])).toBe('bat');
    expect(closest('cat', new Set(['rat', 'bat']))).toBe('rat');
  });

  it('forgives two edits in a short word', () => {
    expect(closest('tohm', ['them'])).toBe('them');
    expect(closest('tohmx', ['them'])).toBeUndefined();
  });

  it('forgives edits in up to a third of a long word', () => {
    expect(closest('ReplaceIamInstance', ['ReplaceIamInstanceXXXXXX'])).toBe('ReplaceIamInstanceXXXXXX');
    expect(closest('ReplaceIamInstance', ['ReplaceIamInstanceXXXXXXX'])).toBeUndefined();
  });

  it('finds nothing where nothing is near', () => {
    expect(closest('deadbeef', operators)).toBeUndefined();
    expect(closest('x', ['in'])).toBeUndefined();
    expect(closest('', ['in'])).toBeUndefined();
    expect(closest('equal', [])).toBeUndefined();
  });

  it('does not compare a word of a megabyte letter by letter', () => {
    const started = Date.now();
    expect(closest('a'.repeat(1_000_000), operators)).toBeUndefined();
    expect(Date.now() - started).toBeLessThan(500);
  });

  it('always returns a candidate that is a word itself when it is written in another case', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1 }), fc.nat(), (words, index) => {
        const meant = words[index % words.length] as string;
        expect(closest(meant.toUpperCase(), words)).toBe(meant);
      }),
    );
  });
});
