import type { OperatorName } from './operators.ts';

/** Operators as they read between a field and a value. */
export const operatorPhrases: Readonly<Record<OperatorName, string>> = {
  equal: 'is',
  notEqual: 'is not',
  in: 'is one of',
  notIn: 'is none of',
  contains: 'holds',
  doesNotContain: 'does not hold',
  lessThan: 'is below',
  lessThanInclusive: 'is at most',
  greaterThan: 'is above',
  greaterThanInclusive: 'is at least',
  prefix: 'begins with',
  suffix: 'ends with',
  equalsIgnoreCase: 'is, in any case,',
  ofAccount: 'is of account',
  wildcard: 'matches',
  cidr: 'is in',
  exists: 'is there',
  regex: 'matches',
  anyItem: 'has an item for which',
};
