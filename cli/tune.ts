import { ConfigError } from '../engine/errors.ts';
import type { Severity } from '../engine/severity.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import { createListSearch } from './list-entry.ts';
import { loadRules } from './load-rules.ts';
import { alertsPerWeek, weeksIn } from './per-week.ts';
import type { Proposal, TuneReport } from './proposal.ts';
import { sampleAttack } from './recorded-attack.ts';
import { renderTune } from './render-tune.ts';
import { replaySides } from './replay-sides.ts';
import { createToldCollector } from './told.ts';
import { draftEntries } from './tune-lists.ts';
import { createPatternCollector } from './tune-patterns.ts';
import { keepHarmless, measure } from './tune-proof.ts';
import { draftSuppressions } from './tune-suppressions.ts';
import { refuseRulesFolder, writeProposals } from './write-proposals.ts';

export type TuneOptions = {
  readonly rules: string;
  readonly format: 'text' | 'json';
  /** Findings from here up are alerts, as destinations count them. */
  readonly minSeverity: Severity;
  readonly minDays: number;
  /** For how many days what is proposed is to work. */
  readonly validDays: number;
  readonly owner: string;
  /** Logs of an attack that no proposal may hide; without it, the sample incident. */
  readonly attack?: string | undefined;
  /** A folder for the files that the proposals would change. */
  readonly out?: string | undefined;
};

const dayMs = 86_400_000;

/**
 * `trailwire tune <path...>`: proposes suppressions and list entries for what alerts on ordinary days, each with its evidence, and
 * applies none. 1 where a rule fails, 2 when nothing was readable.
 */
export const tune = async (paths: readonly string[], options: TuneOptions, io: Io): Promise<number> => {
  const { rules, format, minSeverity, minDays, owner, out } = options;
  if (paths.includes('-')) {
    const message = 'tune reads the logs twice, to measure what it proposes: name files or folders';
    throw new ConfigError('CONFIG_INVALID', message);
  }
  if (out !== undefined) refuseRulesFolder(out, rules);
  const ruleSet = loadRules(rules);
  const collector = createToldCollector(minSeverity);
  const patterns = createPatternCollector(collector);
  const hear: typeof collector.hear = (heard) => {
    collector.hear(heard);
    patterns.hear(heard);
  };
  const logs = await replaySides(paths, [{ name: rules, content: ruleSet, hear }], io);
  if (logs.records + logs.duplicates === 0) return 2;

  const told = collector.all();
  const tuned = { ruleSet, search: createListSearch(ruleSet), io };
  const expires = new Date(io.now() + options.validDays * dayMs).toISOString().slice(0, 10);
  const terms = { minDays, owner, expires };
  const suppressions = draftSuppressions(patterns.all(), terms);
  const entries = draftEntries(told, tuned.search, terms);
  const candidates = [...suppressions.candidates, ...entries.candidates];
  const harmless = await keepHarmless(candidates, options.attack ?? sampleAttack, tuned);
  const measured = await measure(paths, harmless.kept, told, minSeverity, tuned);

  const left = [...told.filter((each) => !measured.lost.has(each)), ...measured.gained];
  const weeks = weeksIn(logs);
  const report: TuneReport = {
    logs,
    weeks,
    alertsPerWeek: { before: alertsPerWeek(told, weeks), after: alertsPerWeek(left, weeks) },
    proposals: measured.proposals.toSorted((one, other) => silencedBy(other) - silencedBy(one)),
    refused: [suppressions, entries, harmless, measured]
      .flatMap(({ refusals }) => refusals)
      .sort((one, other) => other.alerts - one.alerts || (one.what < other.what ? -1 : 1)),
  };
  for (const line of format === 'json' ? [jsonLine(report)] : renderTune(report, io)) io.out(line);
  if (out !== undefined) writeProposals(report.proposals, { rules, out }, io);
  return logs.failures > 0 ? 1 : 0;
};

const silencedBy = ({ evidence }: Proposal): number => evidence.silenced.reduce((all, { alerts }) => all + alerts, 0);
