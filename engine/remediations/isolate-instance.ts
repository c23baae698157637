import type { AwsRead } from '../aws-call.ts';
import { aspectOf, type State } from '../state.ts';
import { instanceOf } from './instance.ts';
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
    'Connections that are open and tracked go on until they time out; DNS and the metadata service are not filtered by security groups; credentials of its role that left the instance still work (revoke them too). It stays in its load balancer and scaling group, which may end it: `snapshot-instance` keeps its disks.',
  actions: {
    reads: ['ec2:DescribeInstances', 'ec2:DescribeSecurityGroups'],
    calls: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:CreateTags'],
    undoCalls: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:DeleteTags'],
  },
  draft: ({ record, findingId }) => {
    const named = instanceOf(record);
    if ('refused' in named) return named;
    const { target, read: instance, region } = named;
    const InstanceId = target.name;
    const groups: AwsRead = { action: 'ec2:DescribeSecurityGroups', parameters: { GroupName: isolationGroup } };
    return {
      target,
      reads: [instance, groups],
      changes: (stateOf) => {
        const state = stateOf(instance);
        const vpc = aspectOf(state, 'vpc');
        if (typeof vpc !== 'string')
          return notApplicable(`there is no instance ${InstanceId} in ${region}, or it is in no VPC`);
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
