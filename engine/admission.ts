import { createHash } from 'node:crypto';
import type { Caller } from './guard.ts';
import type { Refusal, Target } from './plan.ts';
import { plural } from './plural.ts';
import type { Remediation } from './remediations/remediation.ts';
import type { ResponseStore } from './stored-response.ts';
import type { WindowStore } from './window-store.ts';

export type Limits = {
  /** Responses that may begin within an hour, in all and in one account. */
  readonly limitPerHour: number;
  readonly limitPerAccount: number;
};

/** A response that wants to begin. */
export type Candidate = {
  readonly commandUid: string;
  readonly name: string;
  readonly actsOn: Remediation['actsOn'];
  readonly target: Target;
  readonly caller: Caller;
};

type Ports = {
  readonly now: () => number;
  readonly store: WindowStore;
  readonly responses: Pick<ResponseStore, 'claim'>;
};

const hourMs = 3_600_000;
/**
 * Findings of one incident arrive within minutes, and the same response to the same principal answers all of them. Longer, and
 * a principal that goes on would not be stopped again.
 */
const claimMs = 300_000;

/**
 * Admits a response, or says which bound it met. A plan that waits counts as one that runs: neither keys nor the attention of
 * people are to be used up by a flood of findings.
 */
export const admit = async (candidate: Candidate, limits: Limits, ports: Ports): Promise<Refusal | undefined> => {
  const held = await claim(candidate, ports);
  if (held !== undefined) return held;
  const { account } = candidate.target;
  const { limitPerHour, limitPerAccount } = limits;
  const now = ports.now();
  const hour = Math.floor(now / hourMs);
  const take = (key: string, limit: number) => ports.store.take(key, limit, (hour + 2) * hourMs, now);
  const refuse = (which: string): Refusal => ({
    refused: 'limit',
    reason: `${which} within this hour already; a person has to look`,
  });
  if (!(await take(`responses/${hour}/${account}`, limitPerAccount))) {
    return refuse(`${plural(limitPerAccount, 'response')} began in account ${account}`);
  }
  if (!(await take(`responses/${hour}`, limitPerHour))) return refuse(`${plural(limitPerHour, 'response')} began`);
  return undefined;
};

/** Lets one response to a principal run at a time, whatever findings ask for it. What puts a call right answers each call. */
export const claim = async (
  { actsOn, commandUid, name, target, caller }: Candidate,
  { now, responses }: Pick<Ports, 'now' | 'responses'>,
): Promise<Refusal | undefined> => {
  if (actsOn === 'call') return undefined;
  // The caller beside the target: a role has many sessions, each of which may have to be ended. A hash, because a key of the
  // table is short and names may be long.
  const about = JSON.stringify([name, target.arn, target.name, caller.arn]);
  const principal = createHash('sha256').update(about).digest('hex');
  if (await responses.claim(principal, commandUid, now() + claimMs)) return undefined;
  return { refused: 'acted-already', reason: `another finding had ${name} run on ${target.name} minutes ago` };
};
