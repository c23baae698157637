import { ConfigError, messageOf } from '../engine/errors.ts';
import { severityOf } from '../engine/ocsf.ts';
import { isAtLeast, type Severity } from '../engine/severity.ts';
import { createMemorySignalStore } from '../engine/signal-store.ts';
import { createMemoryWindowStore } from '../engine/window-store.ts';
import { type Batch, deliveryOf, type Matched } from './batch.ts';
import { type Found, findLogFiles } from './find-log-files.ts';
import { stdin } from './input.ts';
import { gatherKeys, type KeyOptions } from './integrity/gather-keys.ts';
import { findVerifiedFiles } from './integrity/verified-files.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import { contentOf, loadRules } from './load-rules.ts';
import { createPipeline, type News } from './pipeline.ts';
import { createRecentlySeen } from './recently-seen.ts';
import { renderNews } from './render.ts';
import { scanFiles } from './scan-files.ts';
import { createTally, renderTally } from './tally.ts';

export type ReplayOptions = {
  readonly rules: string;
  readonly format: 'text' | 'jsonl';
  /** Findings below are counted and not shown; without it, text shows those from medium up and jsonl all. */
  readonly minSeverity?: Severity;
  readonly failOn?: Severity;
  /** Threads that read, parse and match; what has an order is done by one. */
  readonly jobs?: number;
  /** Only files that are as CloudTrail delivered them are read, by these keys. */
  readonly verified?: KeyOptions;
};

/** Stands in for an event time that cannot be read: the same logs give the same findings on any day. */
const timeless = 0;

/**
 * `trailwire replay <path|->...`: what the rules say of logs. 1 where --fail-on, a failing rule, a record or a refused file says so, 2
 * when nothing was readable.
 */
export const replay = async (paths: readonly string[], options: ReplayOptions, io: Io): Promise<number> => {
  const { format, failOn, jobs = 1, minSeverity = format === 'text' ? 'medium' : 'informational' } = options;
  const content = contentOf(loadRules(options.rules));
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
  const store = createMemoryWindowStore();
  const run = createPipeline({ content, store, signals: createMemorySignalStore(), now: io.now, tell });

  const refuse = (what: string, why: string): void => {
    failed = true;
    tally.refused(what, why);
  };
  const take = async (match: Matched, batch: Batch): Promise<void> => {
    try {
      tally.record(await run(deliveryOf(match, batch), timeless), match.place);
    } catch (error) {
      // One record that nobody foresaw, such as one that cannot be written down, must not hide what the others hold.
      failed = true;
      tally.unreadable(match.place, messageOf(error));
    }
  };
  const files = options.verified === undefined ? filesOf(paths) : await verifiedOf(paths, options.verified, refuse);
  for await (const batch of scanFiles(files, content, jobs)) {
    for (const { place, message } of batch.unreadable) tally.unreadable(place, message);
    for (const { reason } of batch.skipped) tally.skipped(reason);
    const { matched } = batch;
    let next = 0;
    for (let index = 0; index < batch.ids.length; index++) {
      const match = matched[next]?.index === index ? matched[next++] : undefined;
      if (isCopy(batch.ids[index] as number)) tally.duplicate(batch.place);
      else if (match === undefined) tally.quiet(batch.place);
      else await take(match, batch);
    }
    await io.taken?.();
  }

  const counts = tally.end();
  for (const line of renderTally(counts, minSeverity)) io.err(line);
  if (counts.records + counts.duplicates + counts.skipped.size === 0) return 2;
  return failed || counts.failures > 0 ? 1 : 0;
};

const verifiedOf = async (paths: readonly string[], keys: KeyOptions, refuse: (what: string, why: string) => void) => {
  if (paths.includes(stdin)) throw new ConfigError('CONFIG_INVALID', '--verified needs files: stdin has no digests');
  return await findVerifiedFiles(paths, await gatherKeys(paths, keys, refuse), refuse);
};

/** The files that paths name, `-` for standard input. */
export function* filesOf(paths: readonly string[]): Generator<Found> {
  for (const path of paths) {
    if (path === stdin) yield { kind: 'file', path, bytes: 0 };
    else yield* findLogFiles(path);
  }
}
