const firstBytes = 64 * 1024;
/** The texts that come next begin with as much room as those before, up to this. */
const keptBytes = 8 * 1024 * 1024;

/** UTF-8 takes at most so many bytes for a unit of JavaScript's strings. */
const mostBytes = 3;

/**
 * Texts one after the other in memory that the garbage collector need not look at nor move, and that goes to another thread
 * as it is. Strings of them would survive until their turn, and V8 widen its heap for them.
 */
export const createTextBuffer = () => {
  let nextBytes = firstBytes;
  let bytes = Buffer.alloc(0);
  let length = 0;
  return {
    length: () => length,
    /** Gives where the text ends; it begins where the texts before it end. */
    add: (text: string): number => {
      const needed = length + text.length * mostBytes;
      if (needed > bytes.length) {
        let room = Math.max(nextBytes, bytes.length);
        while (room < needed) room *= 2;
        const larger = Buffer.allocUnsafeSlow(room);
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      length += bytes.write(text, length, 'utf8');
      return length;
    },
    /** Forgets what was added after it had that length. */
    cut: (to: number): void => {
      length = to;
    },
    /** Gives all bytes, and begins anew; sizes are few, so that what one leaves behind is the place of another. */
    take: (): Uint8Array<ArrayBuffer> => {
      const all = bytes.subarray(0, length);
      nextBytes = Math.min(Math.max(bytes.length, firstBytes), keptBytes);
      bytes = Buffer.alloc(0);
      length = 0;
      return all;
    },
  };
};
