import { unwrap } from '../engine/delivery.ts';
import { severityOf } from '../engine/ocsf.ts';
import { deliveryIdOf } from '../engine/record.ts';
import { isAtLeast, type Severity } from '../engine/severity.ts';
import { createMemoryWindowStore } from '../engine/window-store.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { createPipeline, inflate } from './pipeline.ts';
import { readInputs } from './read-inputs.ts';
import { createRecentlySeen } from './recently-seen.ts';
import { renderFinding } from './render.ts';
import { createTally, renderTally } from './tally.ts';

export type ReplayOptions = {
  readonly rules: string;
  readonly format: 'text' | 'jsonl';
  /** Text output shows findings from here up; all are counted, and all are in jsonl. */
  readonly minSeverity: Severity;
  readonly failOn?: Severity;
};

/** `trailwire replay <path|->...`: what the rules say of logs. 1 with --fail-on, 2 when nothing was readable. */
export const replay = async (paths: readonly string[], options: ReplayOptions, io: Io): Promise<number> => {
  const run = createPipeline(loadRules(options.rules), createMemoryWindowStore(), io.now);
  const isCopy = createRecentlySeen();
  const tally = createTally(io);
  let failed = false;

  for await (const input of readInputs(paths)) {
    if (input.kind === 'unreadable') {
      tally.unreadable(input.place, input.error.message);
      continue;
    }
    for (const item of unwrap(input.value, inflate)) {
      if (item.kind === 'unreadable') tally.unreadable(`${input.place}${item.place}`, item.error.message);
      if (item.kind === 'skipped') tally.skipped(item.reason);
      if (item.kind !== 'delivery') continue;
      if (isCopy(deliveryIdOf(item.delivery.record))) {
        tally.duplicate();
        continue;
      }
      const outcome = await run(item.delivery);
      tally.record(outcome);
      for (const { finding, activities } of outcome.news) {
        const severity = severityOf(finding);
        failed ||= options.failOn !== undefined && isAtLeast(severity, options.failOn);
        if (options.format === 'jsonl') io.out(JSON.stringify(finding));
        else if (isAtLeast(severity, options.minSeverity)) {
          for (const line of renderFinding(finding, activities, io)) io.out(line);
        }
      }
    }
  }
  const counts = tally.end();
  for (const line of renderTally(counts)) io.err(line);
  if (counts.records + counts.duplicates + counts.skipped === 0) return 2;
  return failed ? 1 : 0;
};
