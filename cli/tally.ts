import { severityOf } from '../engine/ocsf.ts';
import type { Severity } from '../engine/severity.ts';
import type { Io } from './io.ts';
import type { Outcome } from './pipeline.ts';

type PerRule = { severity: Severity; matches: number; findings: number };

export type Counts = {
  readonly records: number;
  readonly duplicates: number;
  readonly skipped: number;
  readonly unreadable: number;
  readonly suppressed: number;
  readonly failures: number;
  readonly findings: number;
  readonly rules: ReadonlyMap<string, PerRule>;
  readonly skippedReasons: ReadonlyMap<string, number>;
  readonly seconds: number;
};

const progressEvery = 5_000;
/** Past this many, places are only counted: a damaged archive must not drown the findings. */
const maxPlaces = 50;

/** Counts what a replay meets; says at once on stderr what could not be read, and how far it is when that is a terminal. */
export const createTally = (io: Io) => {
  const started = io.now();
  const rules = new Map<string, PerRule>();
  const skippedReasons = new Map<string, number>();
  const count = { records: 0, duplicates: 0, skipped: 0, unreadable: 0, suppressed: 0, failures: 0, findings: 0 };

  const step = (): void => {
    const seen = count.records + count.duplicates;
    if (seen % progressEvery === 0) io.progress?.(`${seen} records, ${count.findings} findings`);
  };

  return {
    unreadable: (place: string, message: string): void => {
      count.unreadable += 1;
      if (count.unreadable <= maxPlaces) io.err(`cannot read ${place}: ${message}`);
      else if (count.unreadable === maxPlaces + 1) io.err('more that cannot be read is only counted');
    },
    skipped: (reason: string): void => {
      count.skipped += 1;
      skippedReasons.set(reason, (skippedReasons.get(reason) ?? 0) + 1);
    },
    duplicate: (): void => {
      count.duplicates += 1;
      step();
    },
    record: (outcome: Outcome): void => {
      count.records += 1;
      count.suppressed += outcome.suppressed.length;
      count.failures += outcome.failures.length;
      count.findings += outcome.news.length;
      for (const failure of outcome.failures) io.err(`RULE FAILED: ${failure.message}`);
      for (const id of outcome.rules) {
        const rule = rules.get(id) ?? { severity: 'medium', matches: 0, findings: 0 };
        rules.set(id, { ...rule, matches: rule.matches + 1 });
      }
      for (const { finding } of outcome.news) {
        const { uid } = finding.finding_info.analytic;
        const rule = rules.get(uid) ?? { severity: 'medium', matches: 0, findings: 0 };
        rules.set(uid, { ...rule, severity: severityOf(finding), findings: rule.findings + 1 });
      }
      step();
    },
    end: (): Counts => ({ ...count, rules, skippedReasons, seconds: Math.max(0.001, (io.now() - started) / 1_000) }),
  };
};

/** The summary, a fact a line. */
export const renderTally = (counts: Counts): readonly string[] => {
  const read = counts.records + counts.duplicates;
  const byFindings = [...counts.rules].sort(([a, x], [b, y]) => y.findings - x.findings || a.localeCompare(b));
  const width = Math.max(...byFindings.map(([id]) => id.length), 0);
  return [
    '',
    `${read} records read, ${counts.duplicates} of them duplicates; ${Math.round(read / counts.seconds)} records per second`,
    ...[...counts.skippedReasons].map(([reason, times]) => `${times} skipped: ${reason}`),
    `${counts.unreadable} unreadable items, ${counts.failures} rule failures, ${counts.suppressed} suppressed matches`,
    `${counts.findings} findings${counts.findings === 0 ? '' : ':'}`,
    ...byFindings.map(
      ([id, { severity, findings, matches }]) =>
        `  ${id.padEnd(width)}  ${severity.padEnd(13)} ${findings} findings of ${matches} matches`,
    ),
  ];
};
