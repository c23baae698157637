import { isAscii } from 'node:buffer';

/** What a log file begins and ends with, as CloudTrail writes it. */
const head = '{"Records":[';
const tail = ']}';
const newline = 10;

/** No first key of a record is longer; CloudTrail's is `eventVersion`. */
const maxKeyLength = 64;

/** Text is made of about so many bytes at a time: what is written is read again while it is in the caches of the processor. */
const chunkBytes = 64 * 1024;

/** Takes a record and its JSON; false says that it is no record. */
export type TakeRecord = (value: unknown, text: string) => boolean;

/**
 * Takes the records out of a log file one by one: each is looked at while it is in the caches of the processor, and is garbage
 * before the collector comes by, which a whole file of them is not. False where the file is not all records: then nothing that
 * was taken counts.
 *
 * Records are cut apart where one seems to end and the next to begin with the same key. That is a guess (it may be inside
 * of a record), and need not be more: where each piece is JSON by itself, the file is the list of just these values.
 */
export const cutRecords = (bytes: Buffer, take: TakeRecord): boolean => {
  const start = bytes.toString('latin1', 0, head.length + maxKeyLength + 2);
  const colon = start.indexOf('":', head.length);
  const end = bytes.at(-1) === newline ? bytes.length - 1 : bytes.length;
  const last = end - tail.length;
  if (!start.startsWith(`${head}{"`) || colon < 0 || bytes.toString('latin1', last, end) !== tail) return false;
  const cut = `},${start.slice(head.length, colon + 2)}`;
  for (let from = head.length; from < last; ) {
    const seam = bytes.indexOf(cut, from + chunkBytes, 'latin1');
    const to = seam < 0 ? last : seam + 1;
    if (!cutText(textOf(bytes, from, to), cut, take)) return false;
    from = to + 1;
  }
  return true;
};

/** As Latin-1 where all is ASCII, since that is faster. No seam is inside of a letter: it begins with ASCII. */
const textOf = (bytes: Buffer, from: number, to: number): string =>
  bytes.toString(isAscii(bytes.subarray(from, to)) ? 'latin1' : 'utf8', from, to);

const cutText = (text: string, cut: string, take: TakeRecord): boolean => {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf(cut, from);
    const to = end < 0 ? text.length : end + 1;
    const piece = text.slice(from, to);
    let value: unknown;
    try {
      value = JSON.parse(piece);
    } catch {
      return false;
    }
    if (!take(value, piece)) return false;
    from = to + 1;
  }
  return true;
};
