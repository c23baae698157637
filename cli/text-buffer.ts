const firstBytes = 64 * 1024;
/** What is larger is not kept for the texts that come next. */
const keptBytes = 8 * 1024 * 1024;

/** UTF-8 takes at most so many bytes for a unit of JavaScript's strings. */
const mostBytes = 3;

/**
 * Texts one after the other in memory that the garbage collector need not look at nor move, and that goes to another thread
 * as it is. Strings of them would survive until their turn, and V8 widen its heap for them.
 */
export const createTextBuffer = () => {
  let bytes = Buffer.alloc(0);
  let length = 0;
  return {
    length: () => length,
    /** Gives where the text ends; it begins where the texts before it end. */
    add: (text: string): number => {
      const needed = length + text.length * mostBytes;
      if (needed > bytes.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(firstBytes, 2 * needed));
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
    /** Gives all bytes, and begins anew. */
    take: (): Uint8Array<ArrayBuffer> => {
      const all = new Uint8Array(bytes.buffer.slice(0, length));
      if (bytes.length > keptBytes) bytes = Buffer.alloc(0);
      length = 0;
      return all;
    },
  };
};
