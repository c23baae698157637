import type { CloudTrailRecord } from '../engine/record.ts';
import { type Dialect, simplePattern } from './translate.ts';

type Query = object;
/** What we use of mingo, which only those have who ran `npm ci` in bench/. */
type Mingo = { readonly Query: new (criteria: Query) => { readonly test: (item: unknown) => boolean } };

/** mingo: MongoDB's queries on objects in memory. */
export const createMingo = (mingo: Mingo) => {
  const dialect: Dialect<Query> = {
    all: (of) => ({ $and: of }),
    any: (of) => ({ $or: of }),
    not: (of) => ({ $nor: [of] }),
    leaf: leafOf,
    test: (test) => ({
      $where: function (this: unknown) {
        return test(this);
      },
    }),
  };
  return {
    dialect,
    prepare: (criteria: Query) => {
      const query = new mingo.Query(criteria);
      return (record: CloudTrailRecord) => query.test(record);
    },
  };
};

const compared: Readonly<Record<string, string>> = {
  equal: '$eq',
  contains: '$eq',
  notEqual: '$ne',
  doesNotContain: '$ne',
  in: '$in',
  notIn: '$nin',
  lessThan: '$lt',
  lessThanInclusive: '$lte',
  greaterThan: '$gt',
  greaterThanInclusive: '$gte',
};

const leafOf = (fact: string, operator: string, value: unknown): Query | undefined => {
  const sign = Object.hasOwn(compared, operator) ? compared[operator] : undefined;
  if (sign !== undefined) return { [fact]: { [sign]: value } };
  // null is missing to us, and missing is null to MongoDB.
  if (operator === 'exists') return { [fact]: { [value === true ? '$ne' : '$eq']: null } };
  const pattern = patternOf(operator, value);
  return pattern === undefined ? undefined : { [fact]: { $regex: pattern } };
};

const patternOf = (operator: string, value: unknown): RegExp | undefined => {
  const texts = [value].flat().map(String);
  const anyOf = (parts: readonly string[], flags = ''): RegExp => new RegExp(parts.join('|'), flags);
  switch (operator) {
    case 'prefix':
      return anyOf(texts.map((text) => `^${RegExp.escape(text)}`));
    case 'suffix':
      return anyOf(texts.map((text) => `${RegExp.escape(text)}$`));
    case 'equalsIgnoreCase':
      return anyOf(
        texts.map((text) => `^${RegExp.escape(text)}$`),
        'i',
      );
    case 'wildcard': {
      const simple = texts.map(simplePattern);
      if (simple.includes(undefined)) return undefined;
      return anyOf(
        simple.map((found) => {
          const { text = '', at = 'whole' } = found ?? {};
          const [open, close] = [
            at === 'end' || at === 'anywhere' ? '' : '^',
            at === 'start' || at === 'anywhere' ? '' : '$',
          ];
          return `${open}${RegExp.escape(text)}${close}`;
        }),
      );
    }
    case 'regex': {
      const [source = ''] = texts;
      return source.startsWith('(?i)') ? new RegExp(source.slice(4), 'i') : new RegExp(source);
    }
    default:
      return undefined;
  }
};
