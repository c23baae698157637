import { messageOf } from '../engine/errors.ts';
import { completeElements } from './cut-off-list.ts';
import { type Input, unreadable } from './input.ts';
import { valuesInARow } from './json-spans.ts';
import { createPendingLine, maxLineBytes } from './pending-line.ts';

const tooLong = `more than ${maxLineBytes >> 20} MiB in one line`;

export type JsonSplitter = {
  readonly push: (chunk: Uint8Array) => Generator<Input>;
  readonly end: () => Generator<Input>;
  /** The bytes broke off: what is complete counts, the caller reports the damage. */
  readonly cutOff: () => Generator<Input>;
};

/** Lines from the first on that may together be one value. */
type Document = { readonly first: number; readonly lines: string[]; bytes: number; isTried: boolean };

/**
 * Cuts bytes into JSON values. Usually each line is one (JSONL, or a log file, which is a single line), or has several in
 * a row (log files after each other). Where the first line is neither, values are taken to be printed over several lines,
 * and line by line if that fails too.
 */
export const createJsonSplitter = (place: string): JsonSplitter => {
  const decoder = new TextDecoder();
  const pending = createPendingLine();
  let line = 0;
  /** Never where a line has been JSON by itself. */
  let document: Document | undefined;
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
    if (/^[}\]]\s*$/.test(text) && !document.isTried) yield* endDocument(document);
    else if (document.bytes > maxLineBytes) yield* asLines();
  }

  function* parseLine(text: string, number: number, bytes = 0): Generator<Input> {
    if (text.trim() === '') return;
    const at = `${place}:${number}`;
    try {
      yield { kind: 'value', place: at, value: JSON.parse(text) };
      isByLine = true;
    } catch (error) {
      if (startsInARow(text)) {
        isByLine = true;
        const { rest, column } = yield* inARow(text, at);
        if (rest !== '') yield* damaged(rest, `${at}:${column}`);
      } else if (isByLine) yield unreadable(at, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
      else document = { first: number, lines: [text], bytes, isTried: false };
    }
  }

  /** A bracket at the margin ends a value, as `jq` and most others print it: the next one may follow. */
  function* endDocument(ending: Document): Generator<Input> {
    try {
      const value: unknown = JSON.parse(ending.lines.join('\n'));
      document = undefined;
      yield { kind: 'value', place: placeOf(ending), value };
    } catch {
      // Not indented, or damaged: tried again at the end, and not at each of its brackets.
      ending.isTried = true;
    }
  }

  const placeOf = ({ first }: Document): string => (first === 1 ? place : `${place}:${first}`);

  /** Not one document after all: each line counts, and those that are not JSON are reported. */
  function* asLines(): Generator<Input> {
    const { first, lines } = document ?? { first: line, lines: [] };
    document = undefined;
    isByLine = true;
    for (const [index, text] of lines.entries()) yield* parseLine(text, first + index);
  }

  function* asDocument(whole: Document): Generator<Input> {
    const text = whole.lines.join('\n');
    try {
      yield { kind: 'value', place: placeOf(whole), value: JSON.parse(text) };
    } catch {
      if (whole.lines.some(isObjectText)) yield* asLines();
      else yield* damaged(text, placeOf(whole));
    }
  }

  /** A line that grows long may have many values in a row: those that are complete need not wait for its end. */
  function* relieve(): Generator<Input> {
    const { buffer, byteOffset, length } = pending.take() ?? new Uint8Array();
    const bytes = Buffer.from(buffer, byteOffset, length);
    // In Latin-1 the offsets of a text are those of its bytes, and the marks of JSON are the same.
    const row = bytes.includes('}{') ? valuesInARow(bytes.toString('latin1')) : undefined;
    pending.putBack(row === undefined ? bytes : new Uint8Array(bytes.subarray(row.end)));
    if (row === undefined) return;
    isByLine = true;
    yield* inARow(decoder.decode(bytes.subarray(0, row.end)), `${place}:${line + 1}`);
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
      if (pending.isLong() && document === undefined) yield* relieve();
    },
    end: function* () {
      if (!pending.isEmpty()) yield* take();
      if (document !== undefined) yield* asDocument(document);
    },
    cutOff: function* () {
      const lines = document?.lines ?? [];
      const rest = decoder.decode(pending.take() ?? new Uint8Array());
      const areValues = lines.some(isObjectText);
      if (areValues) yield* asLines();
      const text = areValues ? rest : [...lines, rest].join('\n');
      // Often only the checksum is missing, and the last value is complete.
      if (isObjectText(text)) yield { kind: 'value', place, value: JSON.parse(text) };
      else if (startsInARow(text)) yield* completeElements((yield* inARow(text, place)).rest, place);
      else yield* completeElements(text, place);
    },
  };
};

/** What is complete of a text that is not JSON, and what is wrong with it. */
function* damaged(text: string, at: string): Generator<Input> {
  yield* completeElements(text, at);
  try {
    JSON.parse(text);
  } catch (error) {
    yield unreadable(at, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
  }
}

/** The values that stand in a row, each with its column, and what is left of the text behind them. */
function* inARow(text: string, at: string): Generator<Input, { readonly rest: string; readonly column: number }> {
  const { spans, end } = valuesInARow(text) ?? { spans: [{ start: 0, end: text.length }], end: text.length };
  for (const span of spans) {
    const where = `${at}:${span.start + 1}`;
    try {
      yield { kind: 'value', place: where, value: JSON.parse(text.slice(span.start, span.end)) };
    } catch (error) {
      yield unreadable(where, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
    }
  }
  return { rest: text.slice(end).trim(), column: end + 1 };
}

const startsInARow = (text: string): boolean => {
  const [first] = valuesInARow(text)?.spans ?? [];
  return first !== undefined && isObjectText(text.slice(first.start, first.end));
};

/** Whether a text is a whole JSON object: a document over several lines has none on a line at its top. */
const isObjectText = (text: string): boolean => {
  if (!/^\s*\{/.test(text) || !/\}\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
