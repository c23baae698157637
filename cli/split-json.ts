import { messageOf } from '../engine/errors.ts';
import { completeElements } from './cut-off-list.ts';
import { type Input, unreadable } from './input.ts';

/** Log files have up to 50 MB in one line (CloudTrail's limit for a file); what is longer is no log file. */
const maxLineBytes = 64 * 1024 * 1024;
const tooLong = `more than ${maxLineBytes >> 20} MiB in one line`;

export type JsonSplitter = {
  readonly push: (chunk: Uint8Array) => Generator<Input>;
  readonly end: () => Generator<Input>;
  /** The bytes broke off: what is complete counts, the caller reports the damage. */
  readonly cutOff: () => Generator<Input>;
};

/**
 * Cuts bytes into JSON values. Usually each line is one (JSONL, or a log file, which is a single line). Where the first
 * line is not, the whole text is tried as one document (pretty-printed), and taken line by line if that fails too.
 */
export const createJsonSplitter = (place: string): JsonSplitter => {
  const decoder = new TextDecoder();
  const pending = createPending();
  let line = 0;
  /** Lines from the first on that may together be one document, while no line has been JSON by itself. */
  let document: { readonly first: number; readonly lines: string[]; bytes: number } | undefined;
  let isByLine = false;

  function* take(): Generator<Input> {
    line += 1;
    const bytes = pending.take();
    if (bytes === undefined) {
      yield* asLines();
      yield unreadable(`${place}:${line}`, 'EVENT_DAMAGED', tooLong);
      return;
    }
    const text = decoder.decode(bytes);
    if (document === undefined) return yield* parseLine(text, line, bytes.length);
    document.lines.push(text);
    document.bytes += bytes.length;
    if (document.bytes > maxLineBytes) yield* asLines();
  }

  function* parseLine(text: string, number: number, bytes = 0): Generator<Input> {
    if (text.trim() === '') return;
    try {
      yield { kind: 'value', place: `${place}:${number}`, value: JSON.parse(text) };
      isByLine = true;
    } catch (error) {
      if (isByLine) yield unreadable(`${place}:${number}`, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
      else document = { first: number, lines: [text], bytes };
    }
  }

  /** Not one document after all: each line counts, and those that are not JSON are reported. */
  function* asLines(): Generator<Input> {
    const { first, lines } = document ?? { first: line, lines: [] };
    document = undefined;
    isByLine = true;
    for (const [index, text] of lines.entries()) yield* parseLine(text, first + index);
  }

  function* asDocument(lines: readonly string[]): Generator<Input> {
    const text = lines.join('\n');
    try {
      yield { kind: 'value', place, value: JSON.parse(text) };
    } catch (error) {
      if (lines.some(isObjectText)) return yield* asLines();
      yield* completeElements(text, place);
      yield unreadable(place, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
    }
  }

  return {
    push: function* (chunk) {
      let from = 0;
      for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
        pending.add(chunk.subarray(from, to));
        yield* take();
        from = to + 1;
      }
      // A copy: the stream may use its buffer again before the line is complete.
      pending.add(new Uint8Array(chunk.subarray(from)));
    },
    end: function* () {
      if (!pending.isEmpty()) yield* take();
      if (document !== undefined) yield* asDocument(document.lines);
    },
    cutOff: function* () {
      const lines = document?.lines ?? [];
      const rest = decoder.decode(pending.take() ?? new Uint8Array());
      const areValues = lines.some(isObjectText);
      if (areValues) yield* asLines();
      const text = areValues ? rest : [...lines, rest].join('\n');
      // Often only the checksum is missing, and the last value is complete.
      if (isObjectText(text)) yield { kind: 'value', place, value: JSON.parse(text) };
      else yield* completeElements(text, place);
    },
  };
};

/** Whether a line is a whole JSON object: one document over several lines has none at its top. */
const isObjectText = (text: string): boolean => {
  if (!/^\s*\{/.test(text) || !/\}\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The bytes of a line that is not complete yet, as long as a line may be. */
const createPending = () => {
  let chunks: Uint8Array[] = [];
  let length = 0;
  return {
    isEmpty: () => length === 0,
    add: (bytes: Uint8Array): void => {
      if (bytes.length === 0) return;
      length += bytes.length;
      if (length <= maxLineBytes) chunks.push(bytes);
      else chunks = [];
    },
    /** The line, or `undefined` where it was too long to keep. */
    take: (): Uint8Array | undefined => {
      const [first = new Uint8Array()] = chunks;
      const bytes = chunks.length <= 1 ? first : Buffer.concat(chunks, length);
      const isTooLong = length > maxLineBytes;
      chunks = [];
      length = 0;
      return isTooLong ? undefined : bytes;
    },
  };
};
