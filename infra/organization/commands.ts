import type { OrganizationParameters } from '../../engine/doctor/organization-parameters.ts';
import { partitionOf } from '../../engine/partition.ts';

/** Each step of deploying to an organization: what it does, and its command. */
export const commandsOf = (parameters: OrganizationParameters): readonly (readonly [string, string])[] => {
  const { organizationId, centralAccount, centralRegion, organizationalUnits, regions, templateBucket, watch } =
    parameters;
  const partition = partitionOf(centralRegion);
  const busArn = `arn:${partition}:events:${centralRegion}:${centralAccount}:event-bus/trailwire-events`;
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = `https://${templateBucket}.s3.${centralRegion}.${domain}/member.json`;
  const stackSet = `--stack-set-name trailwire-member --region ${centralRegion}`;
  const values = Object.entries({
    CentralBusArn: busArn,
    ...(watch === undefined ? {} : { ExternalId: watch.externalId }),
  });
  const parametersOfSet = values.map(([name, value]) => `ParameterKey=${name},ParameterValue=${value}`).join(' ');
  const overrides = values.map((value) => value.join('=')).join(' ');
  const template = `--template-url ${url} --parameters ${parametersOfSet} --capabilities CAPABILITY_NAMED_IAM`;
  const operation =
    '--operation-preferences RegionConcurrencyType=PARALLEL,MaxConcurrentPercentage=100,FailureTolerancePercentage=10';
  return [
    [
      `In account ${centralAccount}: the central stack, with a bus that takes events of the organization; add every other --param that you deploy with`,
      `npm run package && npx osls deploy --region ${centralRegion} --param organizationId=${organizationId}`,
    ],
    [
      'The template for members, which the step before has built',
      `aws s3 cp build/member.json s3://${templateBucket}/member.json`,
    ],
    [
      'In the management account, or that of the delegated administrator: the stack set, which new accounts get by themselves',
      `aws cloudformation create-stack-set ${stackSet} ${template} --permission-model SERVICE_MANAGED --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false`,
    ],
    [
      'Its stacks, in every account of these units and each region (the central one makes nothing where the central stack is)',
      `aws cloudformation create-stack-instances ${stackSet} --deployment-targets OrganizationalUnitIds=${organizationalUnits.join(',')} --regions ${regions.join(' ')} ${operation}`,
    ],
    [
      'A stack set passes over the management account: there, in each region',
      `for region in ${regions.join(' ')}; do aws cloudformation deploy --stack-name trailwire-member --template-file build/member.json --s3-bucket ${templateBucket} --parameter-overrides ${overrides} --capabilities CAPABILITY_NAMED_IAM --region $region; done`,
    ],
    [
      'When rules have changed: the central stack as above, and then',
      `aws s3 cp build/member.json s3://${templateBucket}/member.json && aws cloudformation update-stack-set ${stackSet} ${template} ${operation}`,
    ],
  ];
};
