import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation } from './remediation.ts';
import { sharedWith, stillShared } from './shared-with.ts';

/**
 * Takes back that the call shared an EBS snapshot with everybody or with unknown accounts.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html
 */
export const unshareSnapshot: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Takes back that the call shared an EBS snapshot with everybody or with unknown accounts',
  doesNotStop: 'Volumes and copies that others made of the snapshot while it was shared are theirs.',
  actions: {
    reads: ['ec2:DescribeSnapshotAttribute'],
    calls: ['ec2:ModifySnapshotAttribute'],
    undoCalls: ['ec2:ModifySnapshotAttribute'],
  },
  draft: ({ record, knownAccounts }) => {
    const place = callMade(record, 'ec2.amazonaws.com', 'ModifySnapshotAttribute');
    if ('refused' in place) return place;
    const SnapshotId = readText(record, 'requestParameters.snapshotId') ?? '';
    if (!/^snap-[0-9a-f]{8,17}$/.test(SnapshotId)) return notApplicable('the record does not name the snapshot');
    const added = sharedWith(record, 'requestParameters.createVolumePermission.add.items', place, knownAccounts);
    if (added.length === 0) return notApplicable('the call shared the snapshot with nobody unknown');
    const { account, partition, region } = place;
    const read: AwsRead = { action: 'ec2:DescribeSnapshotAttribute', parameters: { SnapshotId } };
    return {
      target: {
        type: 'snapshot',
        account,
        arn: `arn:${partition}:ec2:${region}::snapshot/${SnapshotId}`,
        name: SnapshotId,
      },
      reads: [read],
      changes: (stateOf) => {
        const modify = (OperationType: 'add' | 'remove', shared: readonly string[]): AwsCall => {
          const UserIds = shared.filter((each) => each !== 'all');
          return {
            action: 'ec2:ModifySnapshotAttribute',
            parameters: {
              SnapshotId,
              Attribute: 'createVolumePermission',
              OperationType,
              ...(shared.includes('all') ? { GroupNames: ['all'] } : {}),
              ...(UserIds.length > 0 ? { UserIds } : {}),
            },
          };
        };
        return stillShared(
          read,
          added,
          stateOf,
          (shared) => modify('remove', shared),
          (shared) => modify('add', shared),
        );
      },
    };
  },
};
