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
  readonly unreadable: readonly { readonly place: string; readonly message: string }[];
  readonly skipped: readonly { readonly place: string; readonly reason: string }[];
};

/** A record by its place in `ids`; as JSON where there is its text, which is cheaper to keep and to send than a record. */
export type Matched = { readonly index: number; readonly place: string } & (
  | { readonly text: string }
  | { readonly delivery: Delivery }
);

/** The record of a match with the way it came. */
export const deliveryOf = (matched: Matched): Delivery =>
  'text' in matched ? { record: JSON.parse(matched.text) } : matched.delivery;

/** What could not even be opened, as a batch. */
export const batchOf = ({ place, error }: Unreadable): Batch => ({
  place,
  ids: new Float64Array(),
  matched: [],
  unreadable: [{ place, message: error.message }],
  skipped: [],
});
