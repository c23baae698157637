import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientSettings, Credentials } from './execute/service.ts';

export type RoleSession = {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  /** Where the role's trust policy demands one. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
  readonly ExternalId?: string | undefined;
  /** Who acts: it stays with the session, and CloudTrail of the account that is entered writes it with every call. */
  readonly SourceIdentity?: string | undefined;
};

export type AssumedCredentials = Credentials & { readonly expiration: Date };

/** Throws AWS's error, and TypeError where STS answers without credentials. */
export type AssumeRole = (session: RoleSession) => Promise<AssumedCredentials>;

/** The shortest that STS gives, in seconds: a response and a look take less than a minute. */
const DurationSeconds = 900;

/** Assumes roles, each for 15 minutes. */
export const createAssumeRole =
  (settings: Pick<ClientSettings, 'region'> = {}, sts = new STSClient(settings)): AssumeRole =>
  async (session) => {
    const { Credentials: given } = await sts.send(new AssumeRoleCommand({ ...session, DurationSeconds }));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined) {
      throw new TypeError(`sts:AssumeRole gave no credentials of ${session.RoleArn}`);
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  };
