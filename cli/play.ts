import type { Delivery } from '../engine/delivery.ts';
import { eventTimeOf } from '../engine/record.ts';
import type { Accept } from './http-door.ts';
import type { Io } from './io.ts';
import { readInputs } from './read-inputs.ts';
import { readRecords } from './read-records.ts';

/** Plays logs in the order of event time: CloudTrail delivers out of order, a story is told in order. Holds all in memory. */
export const play = async (path: string, accept: Accept, io: Io): Promise<void> => {
  const deliveries: Delivery[] = [];
  for await (const item of readRecords(readInputs([path]))) {
    if (item.kind === 'unreadable') io.err(`cannot read ${item.place}: ${item.error.message}`);
    if (item.kind === 'delivery') deliveries.push(item.delivery);
  }
  const timeOf = ({ record }: Delivery): number => eventTimeOf(record) ?? 0;
  deliveries.sort((one, other) => timeOf(one) - timeOf(other));
  io.err(`Playing ${deliveries.length} records of ${path}\n`);
  const started = io.now();
  const findings = await accept(deliveries);
  const seconds = ((io.now() - started) / 1_000).toFixed(1);
  io.err(`${deliveries.length} records, ${findings.length} findings in ${seconds} s`);
};
