import type { CorrelationProgress } from '../engine/correlation/correlator.ts';
import { createCorrelator } from '../engine/correlation/correlator.ts';
import { usualLatenessMs } from '../engine/correlation/lateness.ts';
import type { Signal } from '../engine/correlation/signal.ts';
import { createDetector } from '../engine/detector.ts';
import { plural } from '../engine/plural.ts';
import { type CloudTrailRecord, eventTimeOf } from '../engine/record.ts';
import type { AnyRule } from '../engine/rule.ts';
import { withSources } from '../engine/rule-sequence.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import { createMemorySignalStore } from '../engine/signal-store.ts';
import { oneLine } from '../engine/template.ts';
import { isoTime } from '../engine/utc.ts';
import type { Io } from './io.ts';

/** What a record adds to a correlation, as lines; none where it does not count. */
export type CorrelationView = (record: CloudTrailRecord) => Promise<{ lines: readonly string[]; isFinding: boolean }>;

const maxSignals = 10;

/** Follows a correlation from record to record: what its windows hold, and what is missing for a finding. */
export const createCorrelationView = (rule: AnyRule, ruleSet: RuleSet, io: Io): CorrelationView => {
  const content = { ...ruleSet, ...withSources(rule, ruleSet) };
  const detector = createDetector(content);
  const correlator = createCorrelator(content, createMemorySignalStore(), usualLatenessMs);
  let latest = 0;

  return async (record) => {
    const eventTime = eventTimeOf(record) ?? 0;
    latest = Math.max(latest, eventTime);
    const lines: string[] = [];
    let isFinding = false;
    for (const { id } of detector.match(record).rules) {
      const match = { ruleId: id, record, eventTime, now: latest };
      await correlator.take(match, () => false);
      const all = await correlator.look(match);
      if (all.length === 0)
        lines.push(`  ${id} matches and does not count: a field of "groupBy" or "field" is missing`);
      isFinding ||= all.some((each) => each.rule.id === rule.id && each.progress.lacks === undefined);
      for (const each of all) lines.push(...renderProgress(id, each, io));
    }
    return { lines, isFinding };
  };
};

const renderProgress = (matched: string, { rule, group, progress }: CorrelationProgress, io: Io): readonly string[] => {
  const { signals, lacks } = progress;
  const mark = lacks === undefined ? io.color('green', '✓') : io.color('red', '✗');
  const where =
    group.map(([field, value]) => `${field} ${JSON.stringify(oneLine(value))}`).join(', ') || 'all together';
  const outcome = lacks === undefined ? io.color('bold', 'a finding') : `lacks ${lacks}`;
  const left = signals.length - maxSignals;
  return [
    `  ${mark} ${rule.id} counts ${matched} for ${where}: ${plural(signals.length, 'signal')}, ${outcome}`,
    ...signals.slice(0, maxSignals).map((signal) => `      ${renderSignal(signal)}`),
    ...(left > 0 ? [`      and ${left} more`] : []),
  ];
};

const renderSignal = ({ at, event, eventId, value }: Signal): string =>
  oneLine(`${isoTime(at)} ${event} ${eventId}${value === '' ? '' : ` ${value}`}`);
