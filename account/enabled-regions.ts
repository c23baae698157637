import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';

/** The regions that the account of the credentials can be used in, asked in one of them. */
export const readEnabledRegions = async (region: string): Promise<readonly string[]> => {
  const { Regions = [] } = await new EC2Client({ region }).send(new DescribeRegionsCommand({}));
  return Regions.flatMap(({ RegionName }) => RegionName ?? []).toSorted();
};
