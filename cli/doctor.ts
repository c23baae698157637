import { type Ask, looked } from '../engine/doctor/ask.ts';
import type { Complaint } from '../engine/doctor/complaint.ts';
import { diagnose } from '../engine/doctor/diagnose.ts';
import { expectedOf } from '../engine/doctor/expected-of.ts';
import { takeSnapshot } from '../engine/doctor/look.ts';
import { seenOr } from '../engine/doctor/snapshot.ts';
import { plural } from '../engine/plural.ts';
import type { Severity } from '../engine/severity.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';

export type DoctorOptions = {
  readonly rules: string;
  /** None: all regions that the account can be used in. */
  readonly region: readonly string[];
  readonly silenceHours: number;
  readonly format: 'text' | 'json';
};

/** What the command asks of AWS; the real one is loaded with the command. */
export type Account = {
  readonly ask: Ask;
  readonly readAccount: (region: string) => Promise<string>;
  readonly readRegions: (region: string) => Promise<readonly string[]>;
};

const connect = async (): Promise<Account> => {
  const [{ createAsk }, { readCaller }, { readEnabledRegions }] = await Promise.all([
    import('../account/ask-aws.ts'),
    import('../account/caller.ts'),
    import('../account/enabled-regions.ts'),
  ]);
  return {
    ask: createAsk(),
    readAccount: async (region) => (await readCaller({ region })).account,
    readRegions: readEnabledRegions,
  };
};

/** Where to ask which regions there are, when none is named. */
const firstRegion = 'us-east-1';

/**
 * `trailwire doctor`: what of an account is not detected, why, and how to mend it. 0 when nothing is wrong, 1 when something
 * is or could not be looked at.
 */
export const doctor = async (options: DoctorOptions, io: Io, account = connect()): Promise<number> => {
  const expected = expectedOf(loadRules(options.rules));
  const { ask, readAccount, readRegions } = await account;
  const [named = firstRegion] = options.region;
  const id = await readAccount(named);
  const enabledRegions = await looked(() => readRegions(named));
  const regions = options.region.length > 0 ? options.region : seenOr(enabledRegions, [firstRegion]);
  io.err(`Looking at account ${id} in ${plural(regions.length, 'region')}`);
  const look = { account: id, regions, silenceHours: options.silenceHours, at: io.now() };
  const complaints = diagnose({ ...(await takeSnapshot(ask, look)), enabledRegions }, expected);
  if (options.format === 'json') io.out(JSON.stringify({ account: id, regions, complaints }, undefined, 2));
  else for (const complaint of complaints) render(complaint, io);
  io.err(complaints.length === 0 ? 'Nothing is wrong.' : renderCount(complaints));
  return complaints.length === 0 ? 0 : 1;
};

const colors: Readonly<Record<Severity, 'red' | 'yellow' | 'cyan'>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  informational: 'cyan',
};
const indent = ' '.repeat(10);
const shownRules = 5;

const render = ({ severity, regions, says, lost, rules, mend, check }: Complaint, io: Io): void => {
  const where = regions.length === 0 ? '' : `  (${regions.join(', ')})`;
  io.out(
    `${io.color(colors[severity], severity.toUpperCase().padEnd(9))} ${io.color('bold', oneLine(says, 1_000))}${where}`,
  );
  io.out(`${indent}${oneLine(lost, 1_000)}`);
  if (rules.length > 0) io.out(`${indent}${renderRules(rules)}`);
  for (const step of mend) io.out(`${indent}${io.color('dim', `> ${oneLine(step, 4_000)}`)}`);
  io.out(`${indent}${io.color('dim', check)}`);
};

const renderRules = (rules: readonly string[]): string => {
  const shown = rules.slice(0, shownRules).join(', ');
  const more = rules.length - shownRules;
  return `${plural(rules.length, 'rule')} lacking events: ${shown}${more > 0 ? ` and ${more} more` : ''}`;
};

const renderCount = (complaints: readonly Complaint[]): string => {
  const bySeverity = Map.groupBy(complaints, ({ severity }) => severity);
  const counts = [...bySeverity].map(([severity, { length }]) => `${length} ${severity}`);
  return `${plural(complaints.length, 'complaint')}: ${counts.join(', ')}`;
};
