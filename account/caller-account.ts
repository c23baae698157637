import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** The account of the credentials in the environment. */
export const readCallerAccount = async (region: string): Promise<string> => {
  const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  if (Account === undefined) throw new TypeError('AWS did not say which account the credentials are of');
  return Account;
};
