import type { Delivery } from '../engine/delivery.ts';
import type { Unreadable } from './input.ts';

/** What some records came to: enough to go on with them in order, without the many that concern no rule. */
export type Batch = {
  /** The file, or the last of several. */
  readonly place: string;
  /** A hash of the delivery id of each record, in order. */
  readonly ids: Float64Array<ArrayBuffer>;
  /** The records that some rule matches or fails on. */
  readonly matched: readonly Matched[];
  /** JSON of these records, in UTF-8. */
  readonly texts: Uint8Array<ArrayBuffer>;
  readonly unreadable: readonly { readonly place: string; readonly message: string }[];
  readonly skipped: readonly { readonly place: string; readonly reason: string }[];
};

/** A record by its place in `ids`, and in `texts` where there is its text: that is cheaper to keep and to send than a record. */
export type Matched = { readonly index: number; readonly place: string } & (
  | { readonly from: number; readonly to: number }
  | { readonly delivery: Delivery }
);

/** The record of a match with the way it came. */
export const deliveryOf = (matched: Matched, { texts }: Batch): Delivery => {
  if ('delivery' in matched) return matched.delivery;
  const { from, to } = matched;
  return { record: JSON.parse(Buffer.from(texts.buffer, texts.byteOffset + from, to - from).toString('utf8')) };
};

/** What could not even be opened, as a batch. */
export const batchOf = ({ place, error }: Unreadable): Batch => ({
  place,
  ids: new Float64Array(),
  matched: [],
  texts: new Uint8Array(),
  unreadable: [{ place, message: error.message }],
  skipped: [],
});
