type Test = (item: unknown) => boolean;
type Remembered = { item: unknown; result: boolean };

/** What tests said of the record at hand. */
export type LeafMemory = {
  /** A test that answers a second question about the same item from memory; an item must not change meanwhile. */
  readonly remember: (test: Test) => Test;
  /** Lets go of all items: a thousand leaves must not each keep the last large record they saw. */
  readonly forget: () => void;
};

const nothing = Symbol('nothing');

/** Rules share leaves (`errorCode` is missing) and conditions: what one said of a record, it says to the next rule at once. */
export const createLeafMemory = (): LeafMemory => {
  const held: Remembered[] = [];
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
    forget: () => {
      for (const last of held) last.item = nothing;
      held.length = 0;
    },
  };
};
