/** What a log file begins and ends with, as CloudTrail writes it. */
export const head = '{"Records":[';
const tail = ']}';

/** No first key of a record is longer; CloudTrail's is `eventVersion`. */
const maxKeyLength = 64;

/** Takes a record and its JSON; false says that it is no record. */
export type TakeRecord = (value: unknown, text: string) => boolean;

/**
 * Takes the records out of the text of a log file one by one: each is looked at while it is in the caches of the processor,
 * and is garbage before the collector comes by, which a whole file of them is not. False where the text is not all records:
 * then nothing that was taken counts.
 *
 * Records are cut apart where one seems to end and the next to begin with the same key. That is a guess (it may be inside
 * of a record), and need not be more: where each piece is JSON by itself, the text is the list of just these values.
 */
export const cutRecords = (text: string, take: TakeRecord): boolean => {
  const colon = text.indexOf('":', head.length);
  if (!text.startsWith(`${head}{"`) || !text.endsWith(tail) || colon > head.length + maxKeyLength) return false;
  const cut = `},${text.slice(head.length, colon + 2)}`;
  const last = text.length - tail.length;
  for (let from = head.length; from < last; ) {
    const end = text.indexOf(cut, from);
    const to = end < 0 ? last : end + 1;
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
