import { writeSync } from 'node:fs';

/**
 * What packages get for `process.stdout` and `process.stderr` (`infra/bundle.ts`): those load Node's streams and sockets, 3 ms
 * of a cold start, and a console asks them for nothing but to write a line.
 */
const createStream = (descriptor: 1 | 2) => ({
  write: (text: string): boolean => {
    writeAll(descriptor, Buffer.from(text));
    return true;
  },
  // A console listens for errors of the write; here it throws them.
  once: () => undefined,
  removeListener: () => undefined,
  listenerCount: () => 0,
});

// Left out of what writes nothing.
export const standardOutput = /* @__PURE__ */ createStream(1);
export const standardError = /* @__PURE__ */ createStream(2);

const writeAll = (descriptor: number, bytes: Uint8Array): void => {
  let left = bytes;
  while (left.length > 0) left = left.subarray(writeSome(descriptor, left));
};

/** How many bytes were taken: none by a pipe that is full, if somebody made it one that does not block. */
const writeSome = (descriptor: number, bytes: Uint8Array): number => {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 0;
  }
};
