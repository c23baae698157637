import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** The account of the credentials in the environment. */
export const readCallerAccount = async (region: string): Promise<string> => {
  const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  if (Account === undefined) throw new TypeError('AWS did not say which account the credentials are of');
  return Account;
};

/** The regions that the account can be used in, asked in one of them. */
export const readEnabledRegions = async (region: string): Promise<readonly string[]> => {
  const { Regions = [] } = await new EC2Client({ region }).send(new DescribeRegionsCommand({}));
  return Regions.flatMap(({ RegionName }) => RegionName ?? []).toSorted();
};
