import type { Detection } from '../engine/detector.ts';
import { severityOf } from '../engine/ocsf.ts';
import { plural } from '../engine/plural.ts';
import { type Severity, severityId, severitySchema } from '../engine/severity.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';
import type { News } from './pipeline.ts';

type PerRule = { readonly severity: Severity; matches: number; findings: number };

export type Counts = {
  readonly records: number;
  readonly duplicates: number;
  readonly unreadable: number;
  readonly failures: number;
  /** Files and times that did not hold under --verified. */
  readonly refused: number;
  readonly findings: number;
  readonly rules: ReadonlyMap<string, PerRule>;
  /** What was done with items that are no findings, in words, and how often. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly suppressed: ReadonlyMap<string, number>;
  readonly responses: ReadonlyMap<string, number>;
  readonly seconds: number;
};

const progressEveryMs = 100;
/** Past this many, places are only counted: a damaged archive must not drown the findings. */
const maxPlaces = 50;
/** Kinds of things counted apart; attackers choose some of the words. */
const maxKinds = 1_000;

/** Counts what a replay meets; says at once on stderr what could not be read, and how far it is when that is a terminal. */
export const createTally = (io: Io) => {
  const started = io.now();
  let drawn = started;
  const rules = new Map<string, PerRule>();
  const skipped = new Map<string, number>();
  const suppressed = new Map<string, number>();
  const responses = new Map<string, number>();
  const count = { records: 0, duplicates: 0, unreadable: 0, failures: 0, findings: 0, refused: 0 };

  const step = (place: string): void => {
    if (io.progress === undefined || io.now() - drawn < progressEveryMs) return;
    drawn = io.now();
    const read = count.records + count.duplicates;
    const rate = Math.round(read / Math.max(0.001, (drawn - started) / 1_000));
    io.progress(`${read} records (${rate}/s), ${count.findings} findings  ${place.slice(-100)}`);
  };

  const ofRule = (id: string, severity: Severity): PerRule => {
    const rule = rules.get(id) ?? { severity, matches: 0, findings: 0 };
    rules.set(id, rule);
    return rule;
  };

  return {
    unreadable: (place: string, message: string): void => {
      count.unreadable += 1;
      if (count.unreadable <= maxPlaces) io.err(oneLine(`cannot read ${place}: ${message}`, 500));
      else if (count.unreadable === maxPlaces + 1) io.err('more that cannot be read is only counted');
    },
    skipped: (reason: string): void => add(skipped, reason),
    /** Something that does not hold under --verified. */
    refused: (what: string, why: string): void => {
      count.refused += 1;
      if (count.refused <= maxPlaces) io.err(oneLine(`not verified: ${what}: ${why}`, 700));
      else if (count.refused === maxPlaces + 1)
        io.err('more that is not verified is only counted: trailwire verify lists it');
    },
    /** A record that concerns no rule. */
    quiet: (place: string): void => {
      count.records += 1;
      step(place);
    },
    duplicate: (place: string): void => {
      count.duplicates += 1;
      step(place);
    },
    record: (detection: Detection, place: string): void => {
      count.records += 1;
      count.failures += detection.failures.length;
      for (const { message } of detection.failures) io.err(oneLine(`RULE FAILED: ${message}`, 500));
      for (const { ruleId, suppression } of detection.suppressed) {
        const { reason, owner, expires } = suppression;
        add(suppressed, `${ruleId}: ${reason} (${owner}, until ${expires})`);
      }
      for (const { rule } of detection.matches) ofRule(rule.id, rule.severity).matches += 1;
      step(place);
    },
    /** A finding that was told. */
    news: ({ finding, activities }: News): void => {
      count.findings += 1;
      ofRule(finding.finding_info.analytic.uid, severityOf(finding)).findings += 1;
      for (const { unmapped } of activities) {
        const { remediation, outcome, target } = unmapped.trailwire;
        if (outcome !== 'planned' || target === undefined) continue;
        add(responses, oneLine(`${remediation} on ${target.type} ${target.name} (${target.arn})`));
      }
    },
    end: (): Counts => {
      const seconds = Math.max(0.001, (io.now() - started) / 1_000);
      return { ...count, rules, skipped, suppressed, responses, seconds };
    },
  };
};

const add = (counts: Map<string, number>, kind: string): void => {
  const known = counts.size < maxKinds || counts.has(kind) ? kind : 'others';
  counts.set(known, (counts.get(known) ?? 0) + 1);
};

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, each) => all + each, 0);

/** The summary, a fact a line; `shownFrom` is the least severity that was printed. */
export const renderTally = (counts: Counts, shownFrom: Severity): readonly string[] => {
  const read = counts.records + counts.duplicates;
  const rules = [...counts.rules].sort(
    ([a, x], [b, y]) => severityId(y.severity) - severityId(x.severity) || y.findings - x.findings || (a < b ? -1 : 1),
  );
  const hidden = rules.filter(([, { severity }]) => severityId(severity) < severityId(shownFrom));
  const untold = hidden.reduce((all, [, { findings }]) => all + findings, 0);
  return [
    '',
    `${read} records read, ${counts.duplicates} of them duplicates; ${Math.round(read / counts.seconds)} records per second`,
    ...[...counts.skipped].map(([reason, times]) => `${times} skipped: ${reason}`),
    `${counts.unreadable} unreadable items, ${counts.failures} rule failures, ${sum(counts.suppressed)} suppressed matches`,
    ...(counts.refused === 0 ? [] : [`${counts.refused} not verified, hence not replayed`]),
    ...[...counts.suppressed].map(([what, times]) => `  ${times} of ${what}`),
    `${plural(counts.findings, 'finding')}${counts.findings === 0 ? '' : ':'}`,
    ...rules.map(
      ([id, { severity, findings, matches }]) =>
        `  ${severity.padEnd(14)}${String(findings).padStart(4)} from ${plural(matches, 'match', 'matches').padEnd(13)} ${id}`,
    ),
    ...(untold === 0
      ? []
      : [`${plural(untold, 'finding')} below ${shownFrom} not shown; --min-severity ${leastOf(hidden)} shows all`]),
    ...(counts.responses.size === 0 ? [] : ['In mode "execute" these responses would run:']),
    ...[...counts.responses].map(([what, times]) => `  ${what}${times === 1 ? '' : `, for ${times} findings`}`),
  ];
};

const leastOf = (rules: readonly (readonly [string, PerRule])[]): Severity | undefined =>
  severitySchema.options.find((each) => rules.some(([, { severity }]) => severity === each));
