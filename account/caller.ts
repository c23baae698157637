import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { messageOf, RemediationError } from '../engine/errors.ts';
import type { ClientSettings } from './execute/service.ts';

/** The account that credentials are of. Throws RemediationError with AWS's own words. */
export const readCallerAccount = async (settings: ClientSettings = {}): Promise<string> => {
  const { Account = '' } = await new STSClient(settings)
    .send(new GetCallerIdentityCommand())
    .catch((error: unknown) => {
      throw new RemediationError('REMEDIATION_CALL_FAILED', `sts:GetCallerIdentity: ${messageOf(error)}`);
    });
  return Account;
};
