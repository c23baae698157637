import type { AwsRead } from '../aws-call.ts';
import { readText, readTexts } from '../field.ts';
import type { Refusal } from '../plan.ts';
import type { CloudTrailRecord } from '../record.ts';
import { aspectOf, type State } from '../state.ts';
import { placeOf } from './call-made.ts';
import { notApplicable, type Remediation, type WantedChange } from './remediation.ts';

/** The group that isolates, without any rule; there is one in each VPC whose instances may be isolated, made beforehand. */
export const isolationGroup = 'trailwire-isolation';
const isolatedTag = 'trailwire:isolated' as const;

/**
 * Gives every network interface of an instance the isolating security group in place of its own, and tags the instance. The
 * instance runs on, so that its memory can be looked at.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
export const isolateInstance: Remediation = {
  actsOn: 'caller',
  usually: 'approve',
  says: 'Puts the instance that made the call, or that the call is about, into a security group without rules',
  doesNotStop:
    'Connections that are open and tracked go on until they time out; DNS and the metadata service are not filtered by security groups; credentials of its role that left the instance still work (revoke them too). No snapshot is taken, and it stays in its load balancer and scaling group.',
  actions: {
    reads: ['ec2:DescribeInstances', 'ec2:DescribeSecurityGroups'],
    calls: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:CreateTags'],
    undoCalls: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:DeleteTags'],
  },
  draft: ({ record, findingId }) => {
    const place = placeOf(record);
    if ('refused' in place) return place;
    const { account, partition, region } = place;
    const InstanceId = instanceOf(record);
    if (typeof InstanceId !== 'string') return InstanceId;
    const instance: AwsRead = { action: 'ec2:DescribeInstances', parameters: { InstanceIds: [InstanceId] } };
    const groups: AwsRead = { action: 'ec2:DescribeSecurityGroups', parameters: { GroupName: isolationGroup } };
    return {
      target: {
        type: 'instance',
        account,
        arn: `arn:${partition}:ec2:${region}:${account}:instance/${InstanceId}`,
        name: InstanceId,
      },
      reads: [instance, groups],
      changes: (stateOf) => {
        const state = stateOf(instance);
        const vpc = aspectOf(state, 'vpc');
        if (typeof vpc !== 'string')
          return notApplicable(`there is no instance ${InstanceId} any more, or it is in no VPC`);
        const group = aspectOf(stateOf(groups), vpc);
        if (typeof group !== 'string') {
          return notApplicable(`${vpc} has no security group named ${isolationGroup}; create one without rules`);
        }
        const tag = (Value: string) => ({
          Resources: [InstanceId],
          Tags: [{ Key: isolatedTag, Value }],
        });
        return [
          ...interfacesTo(group, instance, state),
          {
            read: instance,
            to: { [`tag ${isolatedTag}`]: findingId.slice(0, 12) },
            call: { action: 'ec2:CreateTags', parameters: tag(findingId.slice(0, 12)) },
            undo: { action: 'ec2:DeleteTags', parameters: tag(findingId.slice(0, 12)) },
          },
        ];
      },
    };
  },
};

const interfacesTo = (group: string, read: AwsRead, state: State): readonly WantedChange[] =>
  Object.keys(state)
    .filter((name) => name.startsWith('eni-'))
    .flatMap((NetworkInterfaceId) => {
      const before = state[NetworkInterfaceId];
      const Groups = Array.isArray(before) ? before.filter((each) => typeof each === 'string') : [];
      if (Groups.length === 0) return [];
      const action = 'ec2:ModifyNetworkInterfaceAttribute';
      return [
        {
          read,
          to: { [NetworkInterfaceId]: [group] },
          call: { action, parameters: { NetworkInterfaceId, Groups: [group] } },
          undo: { action, parameters: { NetworkInterfaceId, Groups } },
        },
      ];
    });

const instanceId = /^i-[0-9a-f]{8,17}$/;

/**
 * The instance whose role made the call, whose id EC2 gives such sessions as a name; else the one that the call is about.
 * Whoever assumes a role chooses the name of the session, so it counts only for credentials that EC2 delivered.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
const instanceOf = (record: CloudTrailRecord): string | Refusal => {
  const isDelivered = readText(record, 'userIdentity.sessionContext.ec2RoleDelivery') !== undefined;
  const session = readText(record, 'userIdentity.principalId')?.split(':')[1] ?? '';
  if (isDelivered && instanceId.test(session)) return session;
  const named = [
    'requestParameters.instanceId',
    'requestParameters.instancesSet.items.instanceId',
    'responseElements.instancesSet.items.instanceId',
  ].flatMap((path) => readTexts(record, path));
  const [only, ...others] = [...new Set(named)];
  if (others.length > 0) return notApplicable(`the record names ${named.length} instances; a person has to choose`);
  if (only === undefined || !instanceId.test(only)) return notApplicable('the record names no instance');
  return only;
};
