import { createReadStream, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EventError, messageOf } from '../engine/errors.ts';

/** A JSON value with the place it stood in, or what could not be read there. */
export type Input =
  | { readonly kind: 'value'; readonly place: string; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly place: string; readonly error: EventError };

/** Log files have up to 50 MB in one line (CloudTrail's limit for a file); what is longer is no log file. */
export const maxLineBytes = 64 * 1024 * 1024;

const logFile = /\.(?:json|jsonl|ndjson)(?:\.gz)?$/;

/** Reads files, directories (recursively) and `-` for stdin, in a stable order, as a stream of JSON values. */
export async function* readInputs(paths: readonly string[]): AsyncGenerator<Input> {
  for (const path of paths) {
    if (path === '-') yield* readStream(process.stdin, 'stdin');
    else
      for (const found of findFiles(path, new Set(), true))
        yield* 'error' in found ? [found.error] : readFile(found.path);
  }
}

type Found = { readonly path: string } | { readonly error: Input };

/** Log files at or below a path. Links are followed once: a loop of them ends where it began. */
function* findFiles(path: string, visited: Set<string>, isNamed: boolean): Generator<Found> {
  let stats: Stats;
  try {
    stats = statSync(path);
    if (stats.isDirectory()) {
      const real = realpathSync(path);
      if (visited.has(real)) return;
      visited.add(real);
      for (const name of readdirSync(path).sort()) yield* findFiles(join(path, name), visited, false);
      return;
    }
  } catch (error) {
    yield { error: unreadable(path, 'EVENT_UNREADABLE', messageOf(error), error) };
    return;
  }
  if (isNamed || (stats.isFile() && logFile.test(path))) yield { path };
}

const readFile = (path: string): AsyncGenerator<Input> =>
  readStream(createReadStream(path, { highWaterMark: 1 << 18 }), path);

/** Reads a stream of bytes, gzip or not by its first two, as lines of JSON or as one document. */
export async function* readStream(bytes: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<Input> {
  const lines = createLineSplitter(place);
  try {
    for await (const chunk of inflated(bytes)) yield* lines.push(chunk);
  } catch (error) {
    // What came before the damage counts; the line it cut off does not.
    yield* lines.damaged();
    yield unreadable(place, 'EVENT_DAMAGED', messageOf(error), error);
    return;
  }
  yield* lines.end();
}

/** Undoes gzip where the bytes begin with its mark, whatever the name says. */
async function* inflated(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done === true) return;
  const all = (async function* (): AsyncGenerator<Uint8Array> {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => source };
  })();
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* isGzip ? Readable.from(all, { objectMode: false }).compose(createGunzip({ chunkSize: 1 << 18 })) : all;
}

const unreadable = (place: string, code: EventError['code'], message: string, cause?: unknown): Input => ({
  kind: 'unreadable',
  place,
  error: new EventError(code, message, { cause }),
});

/**
 * Cuts bytes into JSON values. Usually each line is one (JSONL, or a log file, which is a single line). Where the first
 * line is not, the whole text is tried as one document (pretty-printed), and taken line by line again if that fails too.
 */
const createLineSplitter = (place: string) => {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let tooLong = false;
  let line = 0;
  let document: string[] | undefined;
  let documentBytes = 0;
  const decoder = new TextDecoder();

  function* take(): Generator<Input> {
    line += 1;
    const bytes = pendingBytes;
    const chunks = pending;
    pending = [];
    pendingBytes = 0;
    if (tooLong) {
      tooLong = false;
      yield unreadable(`${place}:${line}`, 'EVENT_DAMAGED', `a line of more than ${maxLineBytes >> 20} MiB`);
      return;
    }
    const text = decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes));
    if (document === undefined) yield* parseLine(text, bytes);
    else yield* collect(text, bytes);
  }

  function* parseLine(text: string, bytes: number): Generator<Input> {
    if (text.trim() === '') return;
    try {
      yield { kind: 'value', place: `${place}:${line}`, value: JSON.parse(text) };
      isFirst = false;
    } catch (error) {
      if (!isFirst) yield unreadable(`${place}:${line}`, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
      else {
        document = [text];
        documentBytes = bytes;
      }
    }
  }
  let isFirst = true;

  function* collect(text: string, bytes: number): Generator<Input> {
    document?.push(text);
    documentBytes += bytes;
    if (documentBytes > maxLineBytes) yield* asLines();
  }

  /** Gives up on one document and reports each line that is not JSON. */
  function* asLines(): Generator<Input> {
    const texts = document ?? [];
    const last = line;
    document = undefined;
    isFirst = false;
    line -= texts.length;
    for (const text of texts) {
      line += 1;
      yield* parseLine(text, 0);
    }
    line = last;
  }

  function* asDocument(): Generator<Input> {
    if (document === undefined) return;
    try {
      yield { kind: 'value', place, value: JSON.parse(document.join('\n')) };
    } catch (error) {
      if (document.length === 1) yield unreadable(place, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
      else yield* asLines();
    }
  }

  return {
    push: function* (chunk: Uint8Array): Generator<Input> {
      let from = 0;
      for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
        keep(chunk.subarray(from, to));
        yield* take();
        from = to + 1;
      }
      keep(chunk.subarray(from));
    },
    end: function* (): Generator<Input> {
      if (pendingBytes > 0 || tooLong) yield* take();
      yield* asDocument();
    },
    /** The stream broke: complete lines count, the rest is part of the damage that the caller reports. */
    damaged: function* (): Generator<Input> {
      if (document !== undefined && document.length > 1) yield* asLines();
    },
  };

  function keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    pendingBytes += bytes.length;
    if (tooLong || pendingBytes > maxLineBytes) {
      tooLong = true;
      pending = [];
      pendingBytes = maxLineBytes;
      return;
    }
    // A copy: the stream may use its buffer again before the line is complete.
    pending.push(bytes.slice());
  }
};
