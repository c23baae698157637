import type { Delivery } from '../engine/delivery.ts';
import type { Detection, DetectorContent } from '../engine/detector.ts';
import { messageOf } from '../engine/errors.ts';
import { accountOf, type CloudTrailRecord, deliveryIdOf, eventTimeOf } from '../engine/record.ts';
import { createMemorySignalStore } from '../engine/signal-store.ts';
import { oneLine } from '../engine/template.ts';
import { createMemoryWindowStore } from '../engine/window-store.ts';
import { hashId } from './hash-id.ts';
import type { Io } from './io.ts';
import { createPipeline, type News } from './pipeline.ts';
import { readInputs } from './read-inputs.ts';
import { readRecords } from './read-records.ts';
import { createRecentlySeen } from './recently-seen.ts';
import { createTally } from './tally.ts';

/** What one record came to under one of the rule sets. */
export type Heard = {
  readonly record: CloudTrailRecord;
  readonly detection: Detection;
  readonly news: readonly News[];
};

/** Rules by a name for messages, and who is told what they say of each record that concerns them. */
export type Side = {
  readonly name: string;
  readonly content: DetectorContent;
  readonly hear: (heard: Heard) => void;
};

/** What was read: `from` and `until` are the first and last event time, in ms since 1970. */
export type ReadLogs = {
  readonly records: number;
  readonly duplicates: number;
  readonly unreadable: number;
  readonly failures: number;
  readonly from?: number;
  readonly until?: number;
};

/** As in `replay`: the same logs give the same findings on any day. */
const timeless = 0;

/**
 * Replays logs under several rule sets side by side, as `replay` would under each, correlations and dedup with their state
 * included; every record is read once, so that standard input will do.
 */
export const replaySides = async (paths: readonly string[], sides: readonly Side[], io: Io): Promise<ReadLogs> => {
  const tally = createTally(io);
  const isCopy = createRecentlySeen();
  const runs = sides.map((side) => createRun(side, io));
  let from = Number.POSITIVE_INFINITY;
  let until = Number.NEGATIVE_INFINITY;
  for await (const item of readRecords(readInputs(paths))) {
    if (item.kind === 'unreadable') tally.unreadable(item.place, item.error.message);
    if (item.kind !== 'delivery') continue;
    const { delivery, place } = item;
    const { record } = delivery;
    if (isCopy(hashId(accountOf(record) ?? '', deliveryIdOf(record)))) {
      tally.duplicate(place);
      continue;
    }
    const time = eventTimeOf(record);
    if (time !== undefined) [from, until] = [Math.min(from, time), Math.max(until, time)];
    try {
      for (const run of runs) await run.take(delivery);
      tally.quiet(place);
    } catch (error) {
      // One record that nobody foresaw must not hide what the others hold.
      tally.unreadable(place, messageOf(error));
    }
  }
  const { records, duplicates, unreadable } = tally.end();
  const failures = runs.reduce((all, run) => all + run.failures(), 0);
  return { records, duplicates, unreadable, failures, ...(from <= until ? { from, until } : {}) };
};

const createRun = ({ name, content, hear }: Side, io: Io) => {
  let news: News[] = [];
  let failures = 0;
  const run = createPipeline({
    content,
    store: createMemoryWindowStore(),
    signals: createMemorySignalStore(),
    now: io.now,
    tell: (each) => news.push(each),
  });
  return {
    failures: () => failures,
    take: async (delivery: Delivery): Promise<void> => {
      news = [];
      const detection = await run(delivery, timeless);
      failures += detection.failures.length;
      for (const { message } of detection.failures) io.err(oneLine(`RULE FAILED (${name}): ${message}`, 500));
      if (detection.matches.length + detection.suppressed.length + news.length === 0) return;
      hear({ record: delivery.record, detection, news });
    },
  };
};
