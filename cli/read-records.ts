import { gunzipSync } from 'node:zlib';
import { type Delivery, type Inflate, unwrap } from '../engine/delivery.ts';
import type { Input, Unreadable } from './input.ts';

/** A record with its place, what is expected and holds none, or what could not be read. */
export type Item =
  | { readonly kind: 'delivery'; readonly place: string; readonly delivery: Delivery }
  | { readonly kind: 'skipped'; readonly place: string; readonly reason: string }
  | Unreadable;

/** Takes the records out of JSON values, whichever of CloudTrail's envelopes they came in. */
export async function* readRecords(inputs: AsyncIterable<Input>): AsyncGenerator<Item> {
  for await (const input of inputs) {
    if (input.kind === 'unreadable') yield input;
    else
      for (const item of unwrap(input.value, inflate)) {
        yield { ...item, place: item.kind === 'delivery' ? input.place : `${input.place}${item.place}` };
      }
  }
}

const maxInflatedBytes = 64 * 1024 * 1024;

/** Takes `awslogs.data` of a CloudWatch Logs subscription apart, up to 64 MiB. */
export const inflate: Inflate = (base64) =>
  JSON.parse(gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: maxInflatedBytes }).toString('utf8'));
