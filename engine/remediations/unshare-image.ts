import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation } from './remediation.ts';
import { sharedWith, stillShared } from './shared-with.ts';

/**
 * Takes back that the call shared an image (AMI) with everybody or with unknown accounts or organizations.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html
 */
export const unshareImage: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Takes back that the call shared an image with everybody or with unknown accounts or organizations',
  doesNotStop: 'Instances and copies that others made of the image while it was shared are theirs.',
  actions: {
    reads: ['ec2:DescribeImageAttribute'],
    calls: ['ec2:ModifyImageAttribute'],
    undoCalls: ['ec2:ModifyImageAttribute'],
  },
  draft: ({ record, knownAccounts }) => {
    const place = callMade(record, 'ec2.amazonaws.com', 'ModifyImageAttribute');
    if ('refused' in place) return place;
    const ImageId = readText(record, 'requestParameters.imageId') ?? '';
    if (!/^ami-[0-9a-f]{8,17}$/.test(ImageId)) return notApplicable('the record does not name the image');
    const added = sharedWith(record, 'requestParameters.launchPermission.add.items', place, knownAccounts);
    if (added.length === 0) return notApplicable('the call shared the image with nobody unknown');
    const { account, partition, region } = place;
    const read: AwsRead = { action: 'ec2:DescribeImageAttribute', parameters: { ImageId } };
    const modify = (operation: 'Add' | 'Remove', shared: readonly string[]): AwsCall => ({
      action: 'ec2:ModifyImageAttribute',
      parameters: {
        ImageId,
        Attribute: 'launchPermission',
        LaunchPermission: { [operation]: shared.map(launchPermissionFor) },
      },
    });
    return {
      target: { type: 'image', account, arn: `arn:${partition}:ec2:${region}::image/${ImageId}`, name: ImageId },
      reads: [read],
      changes: (stateOf) =>
        stillShared(
          read,
          added,
          stateOf,
          (shared) => modify('Remove', shared),
          (shared) => modify('Add', shared),
        ),
    };
  },
};

const launchPermissionFor = (shared: string) => {
  if (shared === 'all') return { Group: 'all' as const };
  if (shared.includes(':organization/')) return { OrganizationArn: shared };
  return shared.startsWith('arn:') ? { OrganizationalUnitArn: shared } : { UserId: shared };
};
