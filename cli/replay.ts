import { messageOf } from '../engine/errors.ts';
import { severityOf } from '../engine/ocsf.ts';
import { deliveryIdOf } from '../engine/record.ts';
import { isAtLeast, type Severity } from '../engine/severity.ts';
import { createMemoryWindowStore } from '../engine/window-store.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import { loadRules } from './load-rules.ts';
import { createPipeline, type News } from './pipeline.ts';
import { readInputs } from './read-inputs.ts';
import { type Item, readRecords } from './read-records.ts';
import { createRecentlySeen } from './recently-seen.ts';
import { renderNews } from './render.ts';
import { createTally, renderTally } from './tally.ts';

export type ReplayOptions = {
  readonly rules: string;
  readonly format: 'text' | 'jsonl';
  /** Findings below are counted and not shown; without it, text shows those from medium up and jsonl all. */
  readonly minSeverity?: Severity;
  readonly failOn?: Severity;
};

/** Stands in for an event time that cannot be read: the same logs give the same findings on any day. */
const timeless = 0;

/**
 * `trailwire replay <path|->...`: what the rules say of logs. 1 where --fail-on or a failing rule says so, 2 when nothing
 * was readable.
 */
export const replay = async (paths: readonly string[], options: ReplayOptions, io: Io): Promise<number> => {
  const { format, failOn, minSeverity = format === 'text' ? 'medium' : 'informational' } = options;
  const content = loadRules(options.rules);
  const isCopy = createRecentlySeen();
  const tally = createTally(io);
  let failed = false;

  const tell = (news: News): void => {
    const severity = severityOf(news.finding);
    tally.news(news);
    failed ||= failOn !== undefined && isAtLeast(severity, failOn);
    if (!isAtLeast(severity, minSeverity)) return;
    for (const line of format === 'jsonl' ? [jsonLine(news.finding)] : renderNews(news, io)) io.out(line);
  };
  const run = createPipeline({ content, store: createMemoryWindowStore(), now: io.now, tell });

  const take = async (item: Item): Promise<void> => {
    if (item.kind === 'unreadable') tally.unreadable(item.place, item.error.message);
    else if (item.kind === 'skipped') tally.skipped(item.reason);
    else if (isCopy(deliveryIdOf(item.delivery.record))) tally.duplicate(item.place);
    else tally.record(await run(item.delivery, timeless), item.place);
  };
  for await (const item of readRecords(readInputs(paths))) {
    try {
      await take(item);
    } catch (error) {
      // One record that nobody foresaw (nested 100,000 deep, say) must not hide what the others hold.
      tally.unreadable(item.place, messageOf(error));
    }
  }

  const counts = tally.end();
  for (const line of renderTally(counts, minSeverity)) io.err(line);
  if (counts.records + counts.duplicates + counts.skipped.size === 0) return 2;
  return failed || counts.failures > 0 ? 1 : 0;
};
