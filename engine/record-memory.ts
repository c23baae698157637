import { type FieldValue, parseFieldPath, readField } from './field.ts';
import type { FieldTest } from './operators.ts';

type Test = (item: unknown) => boolean;

/** What was read from the record in hand, and what tests said of it and of texts. */
export type RecordMemory = {
  /** Takes the next record in hand; it must not change meanwhile, and what was known of the one before is forgotten. */
  readonly take: (record: unknown) => void;
  /** Reads a field, of the record in hand once. */
  readonly readerOf: (fact: string) => (item: unknown) => FieldValue;
  /** A test that answers a second question about the record in hand from memory. */
  readonly remember: (test: Test) => Test;
  /** A test that answers the same question about the same text from memory, in whatever record it comes again. */
  readonly rememberTexts: (test: FieldTest) => FieldTest;
};

/** So many answers are kept for all tests together, about texts of such length: attackers choose user agents. */
const maxAnswers = 50_000;
const maxTextLength = 512;

/**
 * Rules share fields, leaves (`errorCode` is missing) and conditions: what was read or said of a record for one rule, is there
 * for the next at once. Expressions and address ranges take microseconds, and records repeat a few user agents, addresses and
 * ARNs all day.
 */
export const createRecordMemory = (): RecordMemory => {
  let inHand: unknown;
  /** The number of the record in hand: to forget all that is known of one, this grows. */
  let number = 0;
  const readers = new Map<string, (item: unknown) => FieldValue>();
  const answers: Map<string, boolean>[] = [];
  let count = 0;

  const makeReader = (fact: string): ((item: unknown) => FieldValue) => {
    const path = parseFieldPath(fact);
    let knownOf = 0;
    let known: FieldValue;
    return (item) => {
      if (item !== inHand) return readField(item, path);
      if (knownOf === number) return known;
      const value = readField(item, path);
      // A thousand readers must not each keep the last large thing they saw.
      if (typeof value === 'object' || (typeof value === 'string' && value.length > maxTextLength)) return value;
      knownOf = number;
      known = value;
      return value;
    };
  };

  return {
    take: (record) => {
      inHand = record;
      number += 1;
    },
    readerOf: (fact) => {
      const reader = readers.get(fact) ?? makeReader(fact);
      readers.set(fact, reader);
      return reader;
    },
    remember: (test) => {
      let knownOf = 0;
      let known = false;
      return (item) => {
        if (item !== inHand) return test(item);
        if (knownOf === number) return known;
        known = test(item);
        knownOf = number;
        return known;
      };
    },
    rememberTexts: (test) => {
      const known = new Map<string, boolean>();
      answers.push(known);
      return (field) => {
        if (typeof field !== 'string' || field.length > maxTextLength) return test(field);
        const before = known.get(field);
        if (before !== undefined) return before;
        if (count >= maxAnswers) {
          for (const each of answers) each.clear();
          count = 0;
        }
        const answer = test(field);
        known.set(field, answer);
        count += 1;
        return answer;
      };
    },
  };
};
