import { plural } from '../engine/plural.ts';
import type { Severity } from '../engine/severity.ts';
import { type ComparedSide, type DiffReport, reportDifference } from './diff-report.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import { loadSide } from './load-side.ts';
import { renderDiff } from './render-diff.ts';
import { renderDiffMarkdown } from './render-diff-markdown.ts';
import { replaySides } from './replay-sides.ts';
import { createToldCollector } from './told.ts';

export type DiffOptions = {
  readonly format: 'text' | 'json' | 'markdown';
  /** Findings from here up are alerts, as destinations count them. */
  readonly minSeverity: Severity;
  /** Alerts a week that the rules may come to after the change. */
  readonly budget?: number;
  /** Alerts that the change may take away. */
  readonly maxLost?: number;
};

/**
 * `trailwire diff <before> <after> <path|->...`: which findings a change of the rules adds and removes in logs. 1 where it
 * passes a limit or a rule fails, 2 when nothing was readable.
 */
export const diff = async (
  before: string,
  after: string,
  paths: readonly string[],
  options: DiffOptions,
  io: Io,
): Promise<number> => {
  const sides = [before, after].map((name) => openSide(name, options.minSeverity));
  const [old, now] = sides as [ComparedSide, ComparedSide];
  const logs = await replaySides(
    paths,
    sides.map(({ name, ruleSet, told }) => ({ name, content: ruleSet, hear: told.hear })),
    io,
  );
  const report = reportDifference(old, now, logs);
  const objections = objectionsTo(report, options);
  for (const line of linesOf(report, objections, options.format, io)) io.out(line);
  for (const objection of objections) io.err(objection);
  if (logs.records + logs.duplicates === 0) return 2;
  return objections.length > 0 ? 1 : 0;
};

const openSide = (name: string, least: Severity): ComparedSide => ({
  name,
  ruleSet: loadSide(name),
  told: createToldCollector(least),
});

const linesOf = (
  report: DiffReport,
  objections: readonly string[],
  format: DiffOptions['format'],
  io: Io,
): readonly string[] => {
  if (format === 'json') return [jsonLine({ ...report, objections })];
  return format === 'markdown' ? renderDiffMarkdown(report, objections) : renderDiff(report, io);
};

/** What speaks against the change, a sentence each. */
const objectionsTo = (report: DiffReport, { budget, maxLost }: DiffOptions): readonly string[] => {
  const { alertsPerWeek, lost, logs } = report;
  return [
    ...(budget !== undefined && alertsPerWeek.after > budget
      ? [`${plural(alertsPerWeek.after, 'alert')} a week would be more than the budget of ${budget}.`]
      : []),
    ...(maxLost !== undefined && lost > maxLost
      ? [`${plural(lost, 'alert')} would be lost, and at most ${maxLost} may be.`]
      : []),
    ...(logs.failures > 0
      ? [`Rules failed on records ${plural(logs.failures, 'time')}: the comparison is not whole.`]
      : []),
  ];
};
