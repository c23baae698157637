import { type EnterAccount, type Entry, noRole } from '../engine/enter-account.ts';
import { messageOf, RemediationError } from '../engine/errors.ts';
import { type AssumedCredentials, createAssumeRole } from './assume-role.ts';
import { createExecutor } from './execute.ts';

export type MemberRole = {
  /** The same in every member account. */
  readonly roleName: string;
  /** Demanded by the role's trust policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
  readonly externalId: string;
  /** Which function acts: it stays with the session, and CloudTrail of the member account writes it with every call. */
  readonly sourceIdentity: string;
};

/** Credentials that end sooner are not used for another response, in milliseconds. */
const marginMs = 120_000;

/** Enters member accounts by assuming their role, once for each account and finding as long as the session lasts. */
export const createMemberAccounts = (
  { roleName, externalId, sourceIdentity }: MemberRole,
  now: () => number,
  assumeRole = createAssumeRole(),
): EnterAccount => {
  const sessions = new Map<string, AssumedCredentials>();

  const assume = ({ account, partition, finding }: Entry): Promise<AssumedCredentials> =>
    assumeRole({
      RoleArn: `arn:${partition}:iam::${account}:role/${roleName}`,
      RoleSessionName: `trailwire-${finding}`.slice(0, 64),
      ExternalId: externalId,
      SourceIdentity: sourceIdentity,
    });

  const sessionFor = async (entry: Entry): Promise<AssumedCredentials> => {
    for (const [key, { expiration }] of sessions) if (expiration.getTime() - marginMs <= now()) sessions.delete(key);
    const key = `${entry.account} ${entry.finding}`;
    const session = sessions.get(key) ?? (await assume(entry));
    sessions.set(key, session);
    return session;
  };

  return async (entry) => {
    try {
      const credentials = await sessionFor(entry);
      const region = entry.region === undefined ? {} : { region: entry.region };
      return createExecutor({ ...region, credentials: async () => credentials });
    } catch (error) {
      // STS says the same of a role that is not there and of one that lets somebody else in.
      if (error instanceof Error && error.name === 'AccessDenied') return noRole(entry.account, messageOf(error));
      throw new RemediationError('REMEDIATION_CALL_FAILED', `sts:AssumeRole: ${messageOf(error)}`, { cause: error });
    }
  };
};
