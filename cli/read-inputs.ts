import { createReadStream } from 'node:fs';
import { messageOf } from '../engine/errors.ts';
import { decodeBytes } from './decode-bytes.ts';
import { findLogFiles } from './find-log-files.ts';
import { type Input, unreadable } from './input.ts';
import { createJsonSplitter } from './split-json.ts';

/** Reads files, folders (recursively) and `-` for stdin, in a stable order, as a stream of JSON values. */
export async function* readInputs(paths: readonly string[]): AsyncGenerator<Input> {
  for (const path of paths) {
    if (path === '-') yield* readStream(process.stdin, 'stdin');
    else for (const found of findLogFiles(path)) yield* found.kind === 'file' ? readFile(found.path) : [found];
  }
}

const readFile = (path: string): AsyncGenerator<Input> =>
  readStream(createReadStream(path, { highWaterMark: 1 << 18 }), path);

/** Reads a stream of bytes as lines of JSON or as one document, whichever it is. */
export async function* readStream(bytes: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<Input> {
  const splitter = createJsonSplitter(place);
  let isEmpty = true;
  const noting = function* (inputs: Iterable<Input>): Generator<Input> {
    for (const input of inputs) {
      isEmpty = false;
      yield input;
    }
  };
  try {
    for await (const chunk of decodeBytes(bytes)) yield* noting(splitter.push(chunk));
  } catch (error) {
    yield* splitter.cutOff();
    yield unreadable(place, 'EVENT_DAMAGED', messageOf(error), error);
    return;
  }
  yield* noting(splitter.end());
  if (isEmpty) yield unreadable(place, 'EVENT_DAMAGED', 'empty');
}
