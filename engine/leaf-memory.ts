import type { FieldTest } from './operators.ts';

type Test = (item: unknown) => boolean;
type Remembered = { item: unknown; result: boolean };

/** What tests said before. */
export type LeafMemory = {
  /** A test that answers a second question about the same item from memory; an item must not change meanwhile. */
  readonly remember: (test: Test) => Test;
  /** A test that answers the same question about the same text from memory, in whatever record it comes again. */
  readonly rememberTexts: (test: FieldTest) => FieldTest;
  /** Lets go of all items: a thousand leaves must not each keep the last large record they saw. */
  readonly forget: () => void;
};

const nothing = Symbol('nothing');

/** So many answers are kept for all tests together, about texts of such length: attackers choose user agents. */
const maxAnswers = 50_000;
const maxTextLength = 512;

/**
 * Rules share leaves (`errorCode` is missing) and conditions: what one said of a record, it says to the next rule at once.
 * Expressions and address ranges take microseconds, and records repeat a few user agents, addresses and ARNs all day.
 */
export const createLeafMemory = (): LeafMemory => {
  const held: Remembered[] = [];
  const answers: Map<string, boolean>[] = [];
  let count = 0;
  return {
    remember: (test) => {
      const last: Remembered = { item: nothing, result: false };
      return (item) => {
        if (item === last.item) return last.result;
        last.result = test(item);
        if (last.item === nothing) held.push(last);
        last.item = item;
        return last.result;
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
    forget: () => {
      for (const last of held) last.item = nothing;
      held.length = 0;
    },
  };
};
