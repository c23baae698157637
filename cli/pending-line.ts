/** Log files have up to 50 MB in one line (CloudTrail's limit for a file); what is longer is no log file. */
export const maxLineBytes = 64 * 1024 * 1024;

/** A line of this length is looked at before its end, and again whenever it has doubled. */
const longBytes = 8 * 1024 * 1024;

/** The bytes of a line that is not complete yet, as long as a line may be. */
export const createPendingLine = () => {
  let chunks: Uint8Array[] = [];
  let length = 0;
  let lookAt = longBytes;
  const add = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    length += bytes.length;
    if (length <= maxLineBytes) chunks.push(bytes);
    else chunks = [];
  };
  return {
    isEmpty: () => length === 0,
    /** Whether the line has grown since it was looked at; never again once it is too long to keep. */
    isLong: (): boolean => length >= lookAt && length <= maxLineBytes,
    add,
    /** What is left of a line that was looked at. */
    putBack: (bytes: Uint8Array): void => {
      add(bytes);
      lookAt = Math.max(longBytes, 2 * length);
    },
    /** The line, or `undefined` where it was too long to keep. */
    take: (): Uint8Array | undefined => {
      const [first = new Uint8Array()] = chunks;
      const bytes = chunks.length <= 1 ? first : Buffer.concat(chunks, length);
      const isTooLong = length > maxLineBytes;
      chunks = [];
      length = 0;
      lookAt = longBytes;
      return isTooLong ? undefined : bytes;
    },
  };
};
