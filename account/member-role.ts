import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type EnterAccount, type Entry, noRole } from '../engine/enter-account.ts';
import { messageOf, RemediationError } from '../engine/errors.ts';
import type { Credentials } from './execute/service.ts';
import { createExecutor } from './execute.ts';

export type MemberRole = {
  /** The same in every member account. */
  readonly roleName: string;
  /** Demanded by the role's trust policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
  readonly externalId: string;
  /** Which function acts: it stays with the session, and CloudTrail of the member account writes it with every call. */
  readonly sourceIdentity: string;
};

/** The shortest that STS gives, in seconds: one response takes less than a minute. */
const DurationSeconds = 900;
/** Credentials that end sooner are not used for another response, in milliseconds. */
const marginMs = 120_000;

type Session = { readonly credentials: Credentials; readonly endsAt: number };

/** Enters member accounts by assuming their role, once for each account and finding as long as the session lasts. */
export const createMemberAccounts = (
  { roleName, externalId, sourceIdentity }: MemberRole,
  now: () => number,
  sts = new STSClient(),
): EnterAccount => {
  const sessions = new Map<string, Session>();

  const assume = async ({ account, partition, finding }: Entry): Promise<Session> => {
    const command = new AssumeRoleCommand({
      RoleArn: `arn:${partition}:iam::${account}:role/${roleName}`,
      RoleSessionName: `trailwire-${finding}`.slice(0, 64),
      ExternalId: externalId,
      SourceIdentity: sourceIdentity,
      DurationSeconds,
    });
    const { Credentials: given } = await sts.send(command);
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined) {
      throw new RemediationError(
        'REMEDIATION_CALL_FAILED',
        `sts:AssumeRole gave no credentials for account ${account}`,
      );
    }
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
    return { credentials, endsAt: Expiration.getTime() };
  };

  const sessionFor = async (entry: Entry): Promise<Session> => {
    for (const [key, { endsAt }] of sessions) if (endsAt - marginMs <= now()) sessions.delete(key);
    const key = `${entry.account} ${entry.finding}`;
    const session = sessions.get(key) ?? (await assume(entry));
    sessions.set(key, session);
    return session;
  };

  return async (entry) => {
    try {
      const { credentials } = await sessionFor(entry);
      const region = entry.region === undefined ? {} : { region: entry.region };
      return createExecutor({ ...region, credentials: async () => credentials });
    } catch (error) {
      // STS says the same of a role that is not there and of one that lets somebody else in.
      if (error instanceof Error && error.name === 'AccessDenied') return noRole(entry.account, messageOf(error));
      if (error instanceof RemediationError) throw error;
      throw new RemediationError('REMEDIATION_CALL_FAILED', `sts:AssumeRole: ${messageOf(error)}`, { cause: error });
    }
  };
};
