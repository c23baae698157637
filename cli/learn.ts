import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { usualLatenessMs } from '../engine/correlation/lateness.ts';
import { learningRulesOf } from '../engine/correlation/learning.ts';
import { createDetector, type Look } from '../engine/detector.ts';
import { plural } from '../engine/plural.ts';
import { eventTimeOf } from '../engine/record.ts';
import { shellWord } from '../engine/shell-word.ts';
import { oneLine } from '../engine/template.ts';
import { isoTime } from '../engine/utc.ts';
import { deliveryOf } from './batch.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { createRecentlySeen } from './recently-seen.ts';
import { filesOf } from './replay.ts';
import { scanFiles } from './scan-files.ts';
import { openSqliteState } from './sqlite-state.ts';
import { refuseEarlierRequests, writeTableRequests } from './table-requests.ts';

export type LearnOptions = {
  readonly rules: string;
  /** The SQLite file that `serve` goes on with. */
  readonly state: string;
  /** A folder for what the AWS CLI puts into the table of the stack. */
  readonly table?: string;
  readonly tableName: string;
  readonly jobs: number;
};

const nobodyIsTold: Look = async () => ({ is: 'repeat' });

/**
 * `trailwire learn <path|->...`: what is usual for whom, from logs of before, so that rules on what is new and on spikes need no
 * weeks of learning. 2 when nothing was readable.
 */
export const learn = async (paths: readonly string[], options: LearnOptions, io: Io): Promise<number> => {
  if (options.table !== undefined) refuseEarlierRequests(options.table);
  const ruleSet = loadRules(options.rules);
  const content = { ...ruleSet, ...learningRulesOf(ruleSet), suppressions: [] };
  mkdirSync(dirname(options.state), { recursive: true });
  const state = openSqliteState(options.state, io.now());
  try {
    const detector = createDetector(content, { signals: state.signals, latenessMs: usualLatenessMs });
    const isCopy = createRecentlySeen();
    let [records, learnt, unreadable] = [0, 0, 0];
    let latest = 0;
    for await (const batch of scanFiles(filesOf(paths), content, options.jobs)) {
      for (const { place, message } of batch.unreadable) io.err(oneLine(`cannot read ${place}: ${message}`, 500));
      unreadable += batch.unreadable.length;
      records += batch.ids.length;
      const fresh = batch.matched.filter(({ index }) => !isCopy(batch.ids[index] as number));
      await state.together(async () => {
        for (const matched of fresh) {
          const delivery = deliveryOf(matched, batch);
          const { failures } = await detector.detect(delivery, 0, nobodyIsTold);
          for (const failure of failures) throw failure;
          latest = Math.max(latest, eventTimeOf(delivery.record) ?? 0);
        }
      });
      learnt += fresh.length;
    }
    const until = latest === 0 ? '' : `, until ${isoTime(latest)}`;
    io.err(`${plural(records, 'record')} read, ${learnt} learnt from${until}; ${unreadable} unreadable items`);
    io.err(`What is usual is in ${options.state}, where trailwire serve goes on with it.`);
    if (options.table !== undefined) {
      const requests = writeTableRequests(options.table, options.tableName, state.signalSets(io.now()));
      io.err(`${plural(requests, 'request')} in ${options.table}. To put it all into the table ${options.tableName}:`);
      const files = `${shellWord(options.table)}/*.json`;
      io.err(`  for f in ${files}; do aws dynamodb batch-write-item --request-items "file://$f"; done`);
      io.err('Run it again for each file where it prints UnprocessedItems that are not empty.');
    }
    return records === 0 ? 2 : 0;
  } finally {
    state.close();
  }
};
