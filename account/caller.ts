import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { messageOf, RemediationError } from '../engine/errors.ts';
import type { ClientSettings } from './execute/service.ts';

/** Whose credentials these are. Throws RemediationError with AWS's own words. */
export const readCaller = async (
  settings: ClientSettings = {},
): Promise<{ readonly account: string; readonly arn: string }> => {
  const sts = new STSClient(settings);
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand()).catch((error: unknown) => {
    throw new RemediationError('REMEDIATION_CALL_FAILED', `sts:GetCallerIdentity: ${messageOf(error)}`);
  });
  return { account: Account, arn: Arn };
};
