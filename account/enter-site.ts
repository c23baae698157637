import type { EnterSite } from '../engine/doctor/examine-members.ts';
import { partitionOf } from '../engine/partition.ts';
import { openAsk } from './ask-aws.ts';
import { createAssumeRole, type RoleSession } from './assume-role.ts';

/** Which role is assumed in an account to look into a region. */
export type SiteRole = Pick<RoleSession, 'ExternalId' | 'SourceIdentity'> & {
  readonly nameIn: (region: string) => string;
};

/** Looks into accounts by a role there, and leaves no connection open behind: a function lives on, and may look into hundreds. */
export const createEnterSite =
  ({ nameIn, ...session }: SiteRole, assumeRole = createAssumeRole()): EnterSite =>
  async ({ account, region }, look) => {
    const RoleArn = `arn:${partitionOf(region)}:iam::${account}:role/${nameIn(region)}`;
    const credentials = await assumeRole({ ...session, RoleArn, RoleSessionName: 'trailwire-look' }).catch(explain);
    const { ask, close } = openAsk({ credentials: async () => credentials });
    try {
      return await look(ask);
    } finally {
      close();
    }
  };

/** STS says the same of a role that is not there and of one that lets somebody else in, and names the account: so does who asked. */
const explain = (error: unknown): never => {
  if (error instanceof Error && error.name === 'AccessDenied') {
    throw new Error('no role there lets Trailwire in', { cause: error });
  }
  throw error;
};
