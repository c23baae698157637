import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeImageAttributeCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySnapshotAttributeCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { findingTag } from '../../engine/finding-tag.ts';
import { type Permission, ruleKey } from '../../engine/security-group-rule.ts';
import type { State } from '../../engine/state.ts';
import { type Connect, presenceOf, type Service, tagsOf } from './service.ts';

/** A group has at most 1,000 rules: those of one page. */
const maxResults = 1_000;

export const connectEc2 = (connect: Connect): Service<'ec2'> => {
  const ec2 = connect(EC2Client);
  return {
    calls: {
      'ec2:RevokeSecurityGroupIngress': (parameters) => ec2.send(new RevokeSecurityGroupIngressCommand(parameters)),
      'ec2:AuthorizeSecurityGroupIngress': (parameters) =>
        ec2.send(new AuthorizeSecurityGroupIngressCommand(parameters)),
      'ec2:ModifySnapshotAttribute': (parameters) => ec2.send(new ModifySnapshotAttributeCommand(parameters)),
      'ec2:ModifyImageAttribute': (parameters) => ec2.send(new ModifyImageAttributeCommand(parameters)),
      'ec2:ModifyNetworkInterfaceAttribute': (parameters) =>
        ec2.send(new ModifyNetworkInterfaceAttributeCommand(parameters)),
      'ec2:CreateSnapshots': (parameters) => ec2.send(new CreateSnapshotsCommand(parameters)),
      'ec2:CreateTags': (parameters) => ec2.send(new CreateTagsCommand(parameters)),
      'ec2:DeleteTags': (parameters) => ec2.send(new DeleteTagsCommand(parameters)),
    },
    reads: {
      'ec2:DescribeSecurityGroupRules': async ({ GroupId }) => {
        const Filters = [{ Name: 'group-id', Values: [GroupId] }];
        const { SecurityGroupRules = [] } = await ec2.send(
          new DescribeSecurityGroupRulesCommand({ Filters, MaxResults: maxResults }),
        );
        return Object.fromEntries(
          SecurityGroupRules.filter(({ IsEgress }) => IsEgress !== true).flatMap(aspectsOfRule),
        );
      },
      'ec2:DescribeSnapshotAttribute': async (parameters) => {
        const { CreateVolumePermissions = [] } = await ec2.send(
          new DescribeSnapshotAttributeCommand({ ...parameters, Attribute: 'createVolumePermission' }),
        );
        return presenceOf(CreateVolumePermissions.map(({ Group, UserId }) => Group ?? UserId));
      },
      'ec2:DescribeSnapshots': async ({ Finding }) => {
        const Filters = [{ Name: `tag:${findingTag}`, Values: [Finding] }];
        const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters }));
        return presenceOf(Snapshots.filter(({ State: state }) => state !== 'error').map(({ VolumeId }) => VolumeId));
      },
      'ec2:DescribeImageAttribute': async (parameters) => {
        const { LaunchPermissions = [] } = await ec2.send(
          new DescribeImageAttributeCommand({ ...parameters, Attribute: 'launchPermission' }),
        );
        return presenceOf(
          LaunchPermissions.map(
            ({ Group, UserId, OrganizationArn, OrganizationalUnitArn }) =>
              Group ?? UserId ?? OrganizationArn ?? OrganizationalUnitArn,
          ),
        );
      },
      'ec2:DescribeInstances': async (parameters) => {
        const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand(parameters));
        const instance = Reservations[0]?.Instances?.[0];
        if (instance?.VpcId === undefined) return {};
        const interfaces = (instance.NetworkInterfaces ?? []).map(({ NetworkInterfaceId = '', Groups = [] }) => [
          NetworkInterfaceId,
          Groups.map(({ GroupId = '' }) => GroupId).toSorted(),
        ]);
        const volumes = (instance.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs?.VolumeId);
        return {
          vpc: instance.VpcId,
          ...Object.fromEntries(interfaces),
          ...presenceOf(volumes),
          ...tagsOf(instance.Tags),
        };
      },
      'ec2:DescribeSecurityGroups': async ({ GroupName }) => {
        const Filters = [{ Name: 'group-name', Values: [GroupName] }];
        const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
        return Object.fromEntries(SecurityGroups.map(({ VpcId = '', GroupId = '' }) => [VpcId, GroupId]));
      },
    },
    absent: [
      'InvalidGroup.NotFound',
      'InvalidSnapshot.NotFound',
      'InvalidAMIID.NotFound',
      'InvalidAMIID.Unavailable',
      'InvalidInstanceID.NotFound',
    ],
  };
};

const aspectsOfRule = (rule: SecurityGroupRule): readonly (readonly [string, State[string]])[] => {
  const { SecurityGroupRuleId = '', IpProtocol = '-1', FromPort, ToPort } = rule;
  const [source, sources] = sourceOf(rule);
  const key = ruleKey(IpProtocol, FromPort, ToPort, source);
  // A protocol without ports is read with -1 for them, and written without.
  const ports = { ...(FromPort === undefined ? {} : { FromPort }), ...(ToPort === undefined ? {} : { ToPort }) };
  return [
    [key, { IpProtocol, ...(IpProtocol === '-1' ? {} : ports), ...sources }],
    [SecurityGroupRuleId, key],
  ];
};

type Sources = Pick<Permission, 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs'>;

const sourceOf = (
  rule: SecurityGroupRule,
): readonly [string, { readonly [Kind in keyof Sources]: Sources[Kind] & State[string] }] => {
  const described = rule.Description ? { Description: rule.Description } : {};
  if (rule.CidrIpv4) return [rule.CidrIpv4, { IpRanges: [{ CidrIp: rule.CidrIpv4, ...described }] }];
  if (rule.CidrIpv6) return [rule.CidrIpv6, { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, ...described }] }];
  if (rule.PrefixListId)
    return [rule.PrefixListId, { PrefixListIds: [{ PrefixListId: rule.PrefixListId, ...described }] }];
  const { GroupId = '', UserId } = rule.ReferencedGroupInfo ?? {};
  const owner = UserId === undefined ? {} : { UserId };
  return [GroupId, { UserIdGroupPairs: [{ GroupId, ...owner, ...described }] }];
};
