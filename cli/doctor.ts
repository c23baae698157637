import { type Ask, looked } from '../engine/doctor/ask.ts';
import type { Complaint } from '../engine/doctor/complaint.ts';
import { diagnose } from '../engine/doctor/diagnose.ts';
import { type EnterSite, examineMembers, type MemberComplaint } from '../engine/doctor/examine-members.ts';
import type { Expected } from '../engine/doctor/expected.ts';
import { expectedOf } from '../engine/doctor/expected-of.ts';
import { takeSnapshot } from '../engine/doctor/look.ts';
import { watchedMembersOf } from '../engine/doctor/organization-parameters.ts';
import type { Site } from '../engine/doctor/sites.ts';
import { seenOr } from '../engine/doctor/snapshot.ts';
import { ConfigError } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import type { Severity } from '../engine/severity.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { readOrganization } from './read-organization.ts';

export type DoctorOptions = {
  readonly rules: string;
  /** None: all regions that the account can be used in. */
  readonly region: readonly string[];
  readonly silenceHours: number;
  readonly format: 'text' | 'json';
  /** The file of parameters of an organization, whose accounts are looked into as well. */
  readonly organization?: string | undefined;
  /** The role that is assumed in each, and what it demands. */
  readonly role?: string | undefined;
  readonly externalId?: string | undefined;
};

/** What the command asks of AWS; the real one is loaded with the command. */
export type Account = {
  readonly ask: Ask;
  readonly readAccount: (region: string) => Promise<string>;
  readonly readRegions: (region: string) => Promise<readonly string[]>;
  readonly enterBy: (role: string, externalId: string | undefined, region: string) => EnterSite;
};

const connect = async (): Promise<Account> => {
  const [{ createAsk }, { createAssumeRole }, { readCaller }, { readEnabledRegions }, { createEnterSite }] =
    await Promise.all([
      import('../account/ask-aws.ts'),
      import('../account/assume-role.ts'),
      import('../account/caller.ts'),
      import('../account/enabled-regions.ts'),
      import('../account/enter-site.ts'),
    ]);
  return {
    ask: createAsk(),
    readAccount: async (region) => (await readCaller({ region })).account,
    readRegions: readEnabledRegions,
    enterBy: (role, ExternalId, region) =>
      createEnterSite({ nameIn: () => role, ExternalId }, createAssumeRole({ region })),
  };
};

/** Where to ask which regions there are, when none is named. */
const firstRegion = 'us-east-1';

/**
 * `trailwire doctor`: what of an account is not detected, why, and how to mend it. 0 when nothing is wrong, 1 when something
 * is or could not be looked at.
 */
export const doctor = async (options: DoctorOptions, io: Io, account = connect()): Promise<number> => {
  const members = membersOf(options);
  const expected = expectedOf(loadRules(options.rules));
  const { ask, readAccount, readRegions, enterBy } = await account;
  const [named = firstRegion] = options.region;
  const id = await readAccount(named);
  const enabledRegions = await looked(() => readRegions(named));
  const regions = options.region.length > 0 ? options.region : seenOr(enabledRegions, [firstRegion]);
  io.err(`Looking at account ${id} in ${plural(regions.length, 'region')}`);
  const look = { account: id, regions, silenceHours: options.silenceHours, at: io.now() };
  const own = diagnose({ ...(await takeSnapshot(ask, look)), enabledRegions }, expected);
  const ofMembers = members === undefined ? [] : await lookIntoMembers(members, id, enterBy, expected, io);
  const complaints = [...own, ...ofMembers];
  if (options.format === 'json') io.out(JSON.stringify({ account: id, regions, complaints }, undefined, 2));
  else for (const complaint of complaints) render(complaint, io);
  io.err(complaints.length === 0 ? 'Nothing is wrong.' : renderCount(complaints));
  return complaints.length === 0 ? 0 : 1;
};

type Members = { readonly role: string; readonly externalId: string | undefined; readonly sites: readonly Site[] };

/** Where to look beside the caller's account, and by which role; `undefined` where nothing was said of an organization. */
const membersOf = ({ organization, role, externalId, region: regions }: DoctorOptions): Members | undefined => {
  if (organization === undefined) return undefined;
  if (role === undefined)
    throw new ConfigError('CONFIG_INVALID', '--organization needs --role, which is assumed in each account');
  const { sites } = watchedMembersOf(readOrganization(organization));
  if (sites.length === 0)
    throw new ConfigError('CONFIG_INVALID', `${organization}: watch: expected the accounts to look into`);
  return { role, externalId, sites: sites.filter(({ region }) => regions.length === 0 || regions.includes(region)) };
};

/** What is wrong in the accounts of an organization but the caller's own, which was looked at as a whole. */
const lookIntoMembers = (
  { role, externalId, sites }: Members,
  own: string,
  enterBy: Account['enterBy'],
  expected: Expected,
  io: Io,
): Promise<readonly MemberComplaint[]> => {
  const others = sites.filter(({ account }) => account !== own);
  const [{ region } = { region: firstRegion }] = others;
  const count = new Set(others.map(({ account }) => account)).size;
  io.err(`Looking into ${plural(count, 'account')} of the organization by the role ${role}`);
  return examineMembers(enterBy(role, externalId, region), others, expected, io.now());
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
