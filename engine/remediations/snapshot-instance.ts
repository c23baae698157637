import type { AwsRead } from '../aws-call.ts';
import { findingTag } from '../finding-tag.ts';
import { instanceOf } from './instance.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Takes snapshots of all EBS volumes of an instance, at one moment, as evidence.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html
 */
export const snapshotInstance: Remediation = {
  actsOn: 'caller',
  // It takes nothing from anybody, and whoever broke in may end the instance while a person is asked.
  usually: 'auto',
  says: 'Takes a snapshot of every EBS volume of the instance that made the call, or that the call is about, all at one moment',
  doesNotStop:
    'It stops nothing: whoever is on the instance stays. Memory, disks of the instance store and what is written later are in no snapshot; to delete the snapshots takes rights that nothing of Trailwire has, and that an intruder may have.',
  actions: {
    reads: ['ec2:DescribeInstances', 'ec2:DescribeSnapshots'],
    calls: ['ec2:CreateSnapshots'],
    undoCalls: [],
  },
  draft: ({ record, findingId }) => {
    const instance = instanceOf(record);
    if ('refused' in instance) return instance;
    const { target, read, region } = instance;
    const InstanceId = target.name;
    // The ids of snapshots are known when they are there: what tells them from others is the tag.
    const snapshots: AwsRead = { action: 'ec2:DescribeSnapshots', parameters: { Finding: findingId } };
    return {
      target,
      reads: [read],
      changes: (stateOf) => {
        const volumes = Object.keys(stateOf(read)).filter((name) => name.startsWith('vol-'));
        if (volumes.length === 0)
          return notApplicable(`there is no instance ${InstanceId} in ${region}, or it has no volume`);
        return [
          {
            read: snapshots,
            to: Object.fromEntries(volumes.map((volume) => [volume, true])),
            call: {
              action: 'ec2:CreateSnapshots',
              parameters: {
                InstanceSpecification: { InstanceId },
                Description: `evidence for finding ${findingId} of Trailwire`,
                TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: findingTag, Value: findingId }] }],
              },
            },
            undo: {
              cannot: `snapshots are evidence and are in nobody's way; whoever closes the case deletes those with the tag ${findingTag}=${findingId}`,
            },
          },
        ];
      },
    };
  },
};
