import * as z from 'zod/mini';
import { findingTag } from '../finding-tag.ts';
import { permissionSchema } from '../security-group-rule.ts';

const idOf = (prefix: string) => z.string().check(z.regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`)));
const groupId = idOf('sg');
const instanceId = idOf('i');
const findingId = z.string().check(z.minLength(1), z.maxLength(256));
const accountId = z.string().check(z.regex(/^\d{12}$/));

const rules = z.strictObject({ GroupId: groupId, IpPermissions: z.array(permissionSchema).check(z.minLength(1)) });
const launchPermissions = z.array(
  z.strictObject({
    Group: z.optional(z.literal('all')),
    UserId: z.optional(accountId),
    OrganizationArn: z.optional(z.string()),
    OrganizationalUnitArn: z.optional(z.string()),
  }),
);
const tagged = z.strictObject({
  Resources: z.array(instanceId).check(z.length(1)),
  Tags: z.array(z.strictObject({ Key: z.literal('trailwire:isolated'), Value: z.string() })).check(z.length(1)),
});

export const ec2Calls = [
  z.strictObject({ action: z.literal('ec2:RevokeSecurityGroupIngress'), parameters: rules }),
  z.strictObject({ action: z.literal('ec2:AuthorizeSecurityGroupIngress'), parameters: rules }),
  z.strictObject({
    action: z.literal('ec2:ModifySnapshotAttribute'),
    parameters: z.strictObject({
      SnapshotId: idOf('snap'),
      Attribute: z.literal('createVolumePermission'),
      OperationType: z.enum(['add', 'remove']),
      GroupNames: z.optional(z.array(z.literal('all'))),
      UserIds: z.optional(z.array(accountId)),
    }),
  }),
  z.strictObject({
    action: z.literal('ec2:ModifyImageAttribute'),
    parameters: z.strictObject({
      ImageId: idOf('ami'),
      Attribute: z.literal('launchPermission'),
      LaunchPermission: z.strictObject({ Add: z.optional(launchPermissions), Remove: z.optional(launchPermissions) }),
    }),
  }),
  z.strictObject({
    action: z.literal('ec2:ModifyNetworkInterfaceAttribute'),
    parameters: z.strictObject({ NetworkInterfaceId: idOf('eni'), Groups: z.array(groupId).check(z.minLength(1)) }),
  }),
  z.strictObject({
    action: z.literal('ec2:CreateSnapshots'),
    parameters: z.strictObject({
      InstanceSpecification: z.strictObject({ InstanceId: instanceId }),
      Description: z.string(),
      TagSpecifications: z
        .array(
          z.strictObject({
            ResourceType: z.literal('snapshot'),
            Tags: z.array(z.strictObject({ Key: z.literal(findingTag), Value: findingId })).check(z.length(1)),
          }),
        )
        .check(z.length(1)),
    }),
  }),
  z.strictObject({ action: z.literal('ec2:CreateTags'), parameters: tagged }),
  z.strictObject({ action: z.literal('ec2:DeleteTags'), parameters: tagged }),
] as const;

export const ec2Reads = [
  /** The ingress rules by `ruleKey`, each as a Permission, and their keys by rule id. */
  z.strictObject({
    action: z.literal('ec2:DescribeSecurityGroupRules'),
    parameters: z.strictObject({ GroupId: groupId }),
  }),
  /** Whom it is shared with: `{"all": true, "<account>": true}`, of an image also ARNs of organizations. */
  z.strictObject({
    action: z.literal('ec2:DescribeSnapshotAttribute'),
    parameters: z.strictObject({ SnapshotId: idOf('snap') }),
  }),
  z.strictObject({
    action: z.literal('ec2:DescribeImageAttribute'),
    parameters: z.strictObject({ ImageId: idOf('ami') }),
  }),
  /** The volumes that have a snapshot taken for a finding: `{"vol-...": true}`. One that failed is none. */
  z.strictObject({
    action: z.literal('ec2:DescribeSnapshots'),
    parameters: z.strictObject({ Finding: findingId }),
  }),
  /** `{"vpc": "vpc-...", "eni-...": ["sg-..."], "vol-...": true, "tag <key>": "<value>"}`. */
  z.strictObject({
    action: z.literal('ec2:DescribeInstances'),
    parameters: z.strictObject({ InstanceIds: z.array(instanceId).check(z.length(1)) }),
  }),
  /** The groups of a name by their VPC: `{"vpc-...": "sg-..."}`. */
  z.strictObject({
    action: z.literal('ec2:DescribeSecurityGroups'),
    parameters: z.strictObject({ GroupName: z.string() }),
  }),
] as const;
