import { EventError, messageOf } from './errors.ts';

/** Takes the values out of the list of a log file while its bytes come in. */
export type LogFileCutter = {
  /** The values that are complete with these bytes. */
  readonly push: (bytes: Uint8Array) => Generator<unknown>;
  /** To be called when there are no more bytes. */
  readonly end: () => void;
};

/** What a log file begins with, blanks aside. */
const opening = '{"Records":[';

/** What may come next outside of records, and what is expected after it. */
const grammar = {
  list: { '{': 'record', ']': 'closing' },
  next: { '{': 'record' },
  between: { ',': 'next', ']': 'closing' },
  closing: { '}': 'end' },
  end: {},
} as const satisfies Record<string, Record<string, string>>;
type Place = keyof typeof grammar | 'opening' | 'record';

/** CloudTrail's records have up to 1 MB. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html */
const maxRecordBytes = 8 * 1024 * 1024;

const [quote, backslash] = [0x22, 0x5c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Cuts `{"Records":[...]}` whose bytes come in pieces of any size: memory holds one piece and one record. Throws EventError where
 * the text is no log file, is damaged, or ends before its end; what came before counts.
 */
export const createLogFileCutter = (): LogFileCutter => {
  const decoder = new TextDecoder();
  let place: Place = 'opening';
  let opened = 0;
  let taken = 0;
  /** What earlier pieces have of the record that is not complete, and where it stands. */
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;

  const damaged = (what: string, cause?: unknown): EventError =>
    new EventError('EVENT_DAMAGED', `${what} after ${taken} records`, { cause });

  const stepOutside = (byte: number): void => {
    const mark = String.fromCharCode(byte);
    if (mark.trim() === '') return;
    if (place !== 'opening') {
      const after: Place | undefined = Reflect.get(grammar[place as keyof typeof grammar], mark);
      if (after === undefined) throw damaged(`${JSON.stringify(mark)} where no record begins`);
      place = after;
      return;
    }
    if (mark !== opening[opened]) {
      throw new EventError('EVENT_NOT_CLOUDTRAIL', `not a log file: it does not begin with ${opening}`);
    }
    opened += 1;
    if (opened === opening.length) place = 'list';
  };

  /** Where the record ends that goes on at an offset: behind its last byte, or -1. */
  const endOfRecord = (bytes: Uint8Array, from: number): number => {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isInString = false;
      } else if (byte === quote) isInString = true;
      else if (byte === openBrace || byte === openBracket) depth += 1;
      else if (byte === closeBrace || byte === closeBracket) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    return -1;
  };

  const keep = (bytes: Uint8Array): void => {
    begunBytes += bytes.length;
    if (begunBytes > maxRecordBytes) throw damaged(`a record of more than ${maxRecordBytes >> 20} MiB`);
    // A copy: the stream may use its buffer again.
    begun.push(new Uint8Array(bytes));
  };

  const take = (last: Uint8Array): unknown => {
    const bytes = begun.length === 0 ? last : concat([...begun, last]);
    begun = [];
    begunBytes = 0;
    place = 'between';
    try {
      const value: unknown = JSON.parse(decoder.decode(bytes));
      taken += 1;
      return value;
    } catch (error) {
      throw damaged(`not JSON: ${messageOf(error)}`, error);
    }
  };

  return {
    push: function* (bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (place !== 'record') stepOutside(bytes[at] ?? 0);
        if (place !== 'record') {
          at += 1;
          continue;
        }
        const end = endOfRecord(bytes, at);
        if (end < 0) return keep(bytes.subarray(at));
        yield take(bytes.subarray(at, end));
        at = end;
      }
    },
    end: () => {
      if (place !== 'end') throw damaged('broken off');
    },
  };
};

const concat = (pieces: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};
