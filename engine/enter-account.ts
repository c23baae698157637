import type { AccountPorts } from './carry-out.ts';
import { isRefusal, type Refusal, type Target } from './plan.ts';

/** The roles that a member account has for Trailwire, made by `infra/member-response.ts`: one for each direction. */
export const memberRoles = { respond: 'trailwire-response', undo: 'trailwire-response-undo' } as const;

/** An account to act in, and for which finding: the session there is named after it. */
export type Entry = {
  readonly account: string;
  readonly partition: string;
  /** Absent for what belongs to no region. */
  readonly region?: string;
  readonly finding: string;
};

/** Enters a member account by the role that it has for Trailwire; a refusal where there is none that lets it in. */
export type EnterAccount = (entry: Entry) => Promise<AccountPorts | Refusal>;

type Ports = { readonly account: AccountPorts; readonly enterAccount?: EnterAccount | undefined };

/** The same ports, with the account that a target is in; `own` is the one Trailwire runs in. */
export const inAccountOf = async <P extends Ports>(
  { account, arn }: Target,
  finding: string,
  own: string,
  ports: P,
): Promise<P | Refusal> => {
  if (account === own) return ports;
  if (ports.enterAccount === undefined) return noRole(account, 'none was set up');
  const [, partition = 'aws', , region = ''] = arn.split(':');
  const entry = { account, partition, finding, ...(region === '' ? {} : { region }) };
  const entered = await ports.enterAccount(entry);
  return isRefusal(entered) ? entered : { ...ports, account: entered };
};

export const noRole = (account: string, why: string): Refusal => ({
  refused: 'no-role',
  reason: `there is no role for this in account ${account}: ${why}`,
});
