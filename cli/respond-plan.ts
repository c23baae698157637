import { readCaller } from '../account/caller.ts';
import { createExecutor } from '../account/execute.ts';
import type { Delivery } from '../engine/delivery.ts';
import { createDetector } from '../engine/detector.ts';
import { ConfigError } from '../engine/errors.ts';
import type { ReadState } from '../engine/planning.ts';
import { plural } from '../engine/plural.ts';
import { accountOf } from '../engine/record.ts';
import { type NoAccount, type ResponsePorts, type ResponseSettings, respond } from '../engine/response.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { readInputs } from './read-inputs.ts';
import { readRecords } from './read-records.ts';
import { renderPlan } from './render-plan.ts';

export type RespondPlanOptions = {
  readonly rules: string;
  /** A log file, a folder, or `-` for stdin. */
  readonly record: string;
  /** Only the record with this eventID. */
  readonly event?: string;
  /** Read the account that the credentials of the environment are of, and change nothing. */
  readonly readAccount: boolean;
  readonly region?: string;
};

/**
 * `trailwire respond plan --record <path>`: what the responses that rules name would do about records, with calls,
 * permissions and the way back; by what the account shows, or without it. 1 when nothing would be done, 2 when nothing is
 * readable.
 */
export const respondPlan = async (options: RespondPlanOptions, io: Io): Promise<number> => {
  const ruleSet = loadRules(options.rules);
  const where = options.region === undefined ? {} : { region: options.region };
  const account = options.readAccount
    ? { id: (await readCaller(where)).account, read: createExecutor(where).read }
    : undefined;
  const detector = createDetector(ruleSet);
  let [records, planned, others] = [0, 0, 0];
  for await (const item of readRecords(readInputs([options.record]))) {
    if (item.kind === 'unreadable') io.err(oneLine(`cannot read ${item.place}: ${item.error.message}`, 500));
    if (item.kind !== 'delivery') continue;
    const { delivery } = item;
    if (options.event !== undefined && delivery.record.eventID !== options.event) continue;
    records += 1;
    const { findings, failures } = await detector.detect(delivery, 0);
    for (const failure of failures) io.err(`RULE FAILED: ${failure.message}`);
    for (const finding of findings) {
      const settings = settingsFor(delivery, ruleSet, account?.id);
      const activities = await respond(finding, settings, portsFor(account?.read, io));
      for (const activity of activities) {
        for (const line of renderPlan(activity, finding, settings, io)) io.out(line);
        if (activity.unmapped.trailwire.outcome === 'planned') planned += 1;
        else others += 1;
      }
    }
  }
  const without = options.readAccount ? '' : '; without the account, what depends on it is open: see --read-account';
  io.err(`${plural(records, 'record')}: ${plural(planned, 'response')} would run, ${others} would not${without}`);
  if (records === 0) return 2;
  return planned > 0 ? 0 : 1;
};

const settingsFor = (
  { record }: Delivery,
  { lists }: Pick<RuleSet, 'lists'>,
  callerAccount: string | undefined,
): ResponseSettings => {
  const account = accountOf(record) ?? '';
  if (callerAccount !== undefined && callerAccount !== account) {
    const reason = `the record is of account ${oneLine(account, 20)}, the credentials are of ${callerAccount}`;
    throw new ConfigError('CONFIG_INVALID', `--read-account would read another account: ${reason}`);
  }
  const textsOf = (list: string): readonly string[] => (lists.get(list) ?? []).map(String);
  return {
    mode: 'plan',
    account,
    ownRoles: [],
    protectedPrincipals: textsOf('protected-principals'),
    protectedResources: textsOf('protected-resources'),
    protectedTags: textsOf('protected-tags'),
    knownAccounts: textsOf('known-accounts'),
    // What counts runs, waits or depends on the hour has no say in a plan.
    limitPerHour: 0,
    limitPerAccount: 0,
    maxAgeMinutes: Number.POSITIVE_INFINITY,
    approvalMinutes: 0,
  };
};

const refuse = async (): Promise<never> => {
  throw new TypeError('a plan changes nothing');
};

/** What reads, and throws where anything would be changed or kept. */
const portsFor = (read: ReadState | undefined, { now }: Io): ResponsePorts | NoAccount =>
  read === undefined
    ? { now, account: undefined }
    : {
        now,
        account: { read, execute: refuse },
        store: { look: refuse, remember: refuse, take: refuse },
        responses: { save: refuse, load: refuse, markUndone: refuse, markCarriedOut: refuse, claim: refuse },
        approvals: { ask: refuse, load: refuse, decide: refuse },
        switchedOff: refuse,
        checkLater: refuse,
        settleLater: refuse,
      };
