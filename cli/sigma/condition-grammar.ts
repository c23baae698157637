import { wildcardTest } from '../../engine/wildcard.ts';
import { Refusal } from './refusal.ts';

/** A condition of Sigma, parsed: names of selections joined by `and`, `or`, `not`, and `1 of` or `all of` a pattern. */
export type Expression =
  | { readonly and: readonly Expression[] }
  | { readonly or: readonly Expression[] }
  | { readonly not: Expression }
  | { readonly name: string }
  | { readonly quantifier: 'any' | 'all'; readonly pattern: string };

const maxDepth = 50;

/** Parses a condition; throws a Refusal that says where it stops being Sigma. `not` binds closest, then `and`, then `or`. */
export const parseExpression = (text: string): Expression => {
  if (text.includes('|')) {
    throw new Refusal('aggregates behind "|", which Sigma 2 no longer has; write it as a correlation');
  }
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const is = (word: string): boolean => tokens[at]?.toLowerCase() === word;
  const take = (word: string): boolean => {
    if (!is(word)) return false;
    at += 1;
    return true;
  };
  const unexpected = (expected: string): Refusal =>
    new Refusal(`expected ${expected}, found ${at < tokens.length ? `"${tokens[at]}"` : 'the end'} in "${text}"`);

  const joined = (word: 'and' | 'or', operand: (depth: number) => Expression, depth: number): Expression => {
    const operands = [operand(depth)];
    while (take(word)) operands.push(operand(depth));
    const [first] = operands;
    if (first !== undefined && operands.length === 1) return first;
    return word === 'and' ? { and: operands } : { or: operands };
  };
  const either = (depth: number): Expression => joined('or', both, depth);
  const both = (depth: number): Expression => joined('and', negated, depth);
  const negated = (depth: number): Expression => {
    if (depth > maxDepth) throw new Refusal(`is nested more than ${maxDepth} deep`);
    return take('not') ? { not: negated(depth + 1) } : operand(depth);
  };
  const operand = (depth: number): Expression => {
    if (take('(')) {
      const inner = either(depth + 1);
      if (!take(')')) throw unexpected('")"');
      return inner;
    }
    const word = tokens[at];
    if (word === undefined || /^(?:\)|and|or|of)$/i.test(word)) throw unexpected('the name of a selection');
    at += 1;
    if (!take('of')) return { name: word };
    if (!/^(?:1|any|all)$/i.test(word)) throw new Refusal(`"${word} of" is not Sigma; there are "1 of" and "all of"`);
    const pattern = tokens[at];
    if (pattern === undefined || /^[()]$/.test(pattern)) throw unexpected('"them" or a pattern such as "selection_*"');
    at += 1;
    return { quantifier: word.toLowerCase() === 'all' ? 'all' : 'any', pattern };
  };

  const whole = either(0);
  if (at < tokens.length) throw unexpected('"and", "or" or the end');
  return whole;
};

/** The names that `1 of` or `all of` speaks of; `them` leaves out those with an underscore in front. */
export const namesMatching = (pattern: string, names: readonly string[]): readonly string[] => {
  if (pattern.toLowerCase() === 'them') return names.filter((name) => !name.startsWith('_'));
  return names.filter(wildcardTest(pattern));
};
