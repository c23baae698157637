import type { Delivery } from '../engine/delivery.ts';
import { messageOf } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import { oneLine } from '../engine/template.ts';
import type { Accept } from './http-door.ts';
import type { Io } from './io.ts';
import { readInputs } from './read-inputs.ts';
import { readRecords } from './read-records.ts';

/**
 * Plays logs in the order of event time, in which a story is told and CloudTrail does not deliver; gives the number of
 * records. Only for samples: it holds all of them in memory.
 */
export const play = async (path: string, accept: Accept, io: Io, stop: AbortSignal): Promise<number> => {
  const deliveries: Delivery[] = [];
  for await (const item of readRecords(readInputs([path]))) {
    if (item.kind === 'delivery') deliveries.push(item.delivery);
    if (item.kind === 'unreadable') io.err(oneLine(`cannot read ${item.place}: ${item.error.message}`, 500));
  }
  const timeOf = ({ record }: Delivery): string => String(record.eventTime);
  deliveries.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
  io.err(`Playing ${plural(deliveries.length, 'record')} of ${path}\n`);
  const started = io.now();
  let findings = 0;
  for (const delivery of deliveries) {
    if (stop.aborted) break;
    try {
      findings += (await accept(delivery)).length;
    } catch (error) {
      io.err(oneLine(`record ${String(delivery.record.eventID)} failed: ${messageOf(error)}`, 500));
    }
  }
  const seconds = ((io.now() - started) / 1_000).toFixed(1);
  io.err(`${plural(deliveries.length, 'record')}, ${plural(findings, 'finding')} in ${seconds} s`);
  return deliveries.length;
};
