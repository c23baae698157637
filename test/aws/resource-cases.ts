import {
  CloudTrailClient,
  CreateTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  ConfigServiceClient,
  DescribeConfigurationRecordersCommand,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import {
  AttachVolumeCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateImageCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateDetectorCommand,
  GuardDutyClient,
  ListDetectorsCommand,
  UpdateDetectorCommand,
} from '@aws-sdk/client-guardduty';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { CreateBucketCommand, PutBucketPolicyCommand, PutPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { DisableSecurityHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { zipSync } from 'fflate';
import { isolationGroup } from '../../engine/remediations/isolate-instance.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { otherAccount } from '../example-records.ts';
import { type AwsCase, calling } from './aws-case.ts';
import { motoAccount } from './moto.ts';

// Clients find moto through the environment when they are made, which is when a case is arranged.
const ec2 = () => new EC2Client();
const cloudTrail = () => new CloudTrailClient();
const s3 = () => new S3Client();
const kms = () => new KMSClient();
const lambda = () => new LambdaClient();
const rds = () => new RDSClient();

const createBucket = async (Bucket: string): Promise<void> => {
  await s3().send(new CreateBucketCommand({ Bucket }));
};

const createTrail = async (id: string): Promise<string> => {
  const name = `trail-${id}`;
  await createBucket(`logs-${id}`);
  await cloudTrail().send(new CreateTrailCommand({ Name: name, S3BucketName: `logs-${id}` }));
  await cloudTrail().send(new StartLoggingCommand({ Name: name }));
  return name;
};

const createGroup = async (id: string): Promise<string> => {
  const { GroupId } = await ec2().send(new CreateSecurityGroupCommand({ GroupName: `web-${id}`, Description: 'web' }));
  const groupId = String(GroupId);
  const own = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
  await ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [own] }));
  return groupId;
};

let imageId: string | undefined;
const runInstance = async () => {
  // moto takes a quarter of a second to list its images.
  imageId ??= (await ec2().send(new DescribeImagesCommand({ MaxResults: 5 }))).Images?.[0]?.ImageId;
  const { Instances = [] } = await ec2().send(
    new RunInstancesCommand({ ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' }),
  );
  return { instanceId: String(Instances[0]?.InstanceId), vpcId: String(Instances[0]?.VpcId) };
};

const createFunction = async (id: string): Promise<string> => {
  const functionName = `orders-${id}`;
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const { Role } = await new IAMClient().send(
    new CreateRoleCommand({
      RoleName: functionName,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  const ZipFile = zipSync({ 'index.mjs': new TextEncoder().encode('export const handler = () => {};') });
  await lambda().send(
    new CreateFunctionCommand({
      FunctionName: functionName,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: String(Role?.Arn),
      Code: { ZipFile },
    }),
  );
  return functionName;
};

const publicStatement = (bucket: string) => ({
  Sid: 'Read',
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${bucket}/*`,
});

/** A bucket whose policy has the statement that opens it, and others. */
const openBucket =
  (...others: readonly object[]): AwsCase['arrange'] =>
  async (id) => {
    const bucketName = `exports-${id}`;
    await createBucket(bucketName);
    const bucketPolicy = { Version: '2012-10-17', Statement: [...others, publicStatement(bucketName)] };
    const Policy = JSON.stringify(bucketPolicy).replaceAll(',', ', ');
    await s3().send(new PutBucketPolicyCommand({ Bucket: bucketName, Policy }));
    return calling('s3', 'PutBucketPolicy', { bucketName, bucketPolicy, policy: '' });
  };
const ownStatement = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${motoAccount}:root` },
  Action: 's3:*',
  Resource: '*',
};

const createKey = async (): Promise<string> => {
  const { KeyMetadata } = await kms().send(new CreateKeyCommand({}));
  return String(KeyMetadata?.KeyId);
};

export const resourceCases = {
  'block-bucket-public-access': [
    {
      arrange: async (id) => {
        const bucketName = `exports-${id}`;
        await createBucket(bucketName);
        return calling('s3', 'DeleteBucketPublicAccessBlock', { bucketName, publicAccessBlock: '' });
      },
    },
    {
      arrange: async (id) => {
        const record = await openBucket()(id);
        const PublicAccessBlockConfiguration = {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: false,
          RestrictPublicBuckets: false,
        };
        await s3().send(new PutPublicAccessBlockCommand({ Bucket: `exports-${id}`, PublicAccessBlockConfiguration }));
        return record;
      },
    },
  ],
  'close-function-url': [
    {
      arrange: async (id) => {
        const functionName = await createFunction(id);
        await lambda().send(new CreateFunctionUrlConfigCommand({ FunctionName: functionName, AuthType: 'NONE' }));
        return calling('lambda', 'CreateFunctionUrlConfig', { functionName, authType: 'NONE' });
      },
    },
  ],
  'enable-guardduty': [
    {
      arrange: async () => {
        const guardDuty = new GuardDutyClient();
        const { DetectorIds = [] } = await guardDuty.send(new ListDetectorsCommand({}));
        const detectorId =
          DetectorIds[0] ?? (await guardDuty.send(new CreateDetectorCommand({ Enable: true }))).DetectorId;
        await guardDuty.send(new UpdateDetectorCommand({ DetectorId: detectorId, Enable: false }));
        return calling('guardduty', 'UpdateDetector', { detectorId, enable: false });
      },
    },
  ],
  'enable-security-hub': [
    {
      arrange: async () => {
        await new SecurityHubClient().send(new DisableSecurityHubCommand({})).catch(() => undefined);
        return calling('securityhub', 'DisableSecurityHub', null);
      },
    },
  ],
  'isolate-instance': [
    {
      arrange: async () => {
        const { instanceId, vpcId } = await runInstance();
        const Filters = [{ Name: 'group-name', Values: [isolationGroup] }];
        const { SecurityGroups = [] } = await ec2().send(new DescribeSecurityGroupsCommand({ Filters }));
        if (SecurityGroups.length === 0) {
          await ec2().send(
            new CreateSecurityGroupCommand({ GroupName: isolationGroup, Description: 'no rules', VpcId: vpcId }),
          );
        }
        return calling('ec2', 'GetPasswordData', { instanceId });
      },
    },
  ],
  'keep-kms-key': [
    {
      arrange: async () => {
        const keyId = await createKey();
        await kms().send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
        return calling('kms', 'ScheduleKeyDeletion', { keyId, pendingWindowInDays: 7 });
      },
      refused: {
        'kms:EnableKey': async (input) => {
          const { KeyMetadata } = await kms().send(new DescribeKeyCommand(input as { KeyId: string }));
          return KeyMetadata?.KeyState === 'PendingDeletion' ? 'KMSInvalidStateException: pending deletion' : undefined;
        },
      },
    },
    {
      arrange: async () => {
        const keyId = await createKey();
        await kms().send(new DisableKeyCommand({ KeyId: keyId }));
        return calling('kms', 'DisableKey', { keyId });
      },
    },
  ],
  'remove-function-permission': [
    {
      arrange: async (id) => {
        const functionName = await createFunction(id);
        const request = { statementId: 'invoke', action: 'lambda:InvokeFunction', principal: '*' };
        await lambda().send(
          new AddPermissionCommand({
            FunctionName: functionName,
            StatementId: 'invoke',
            Action: 'lambda:InvokeFunction',
            Principal: '*',
          }),
        );
        return calling('lambda', 'AddPermission20150331v2', { functionName, ...request });
      },
    },
  ],
  'remove-public-statements': [{ arrange: openBucket(ownStatement) }, { arrange: openBucket() }],
  'restart-trail': [
    {
      arrange: async (id) => {
        const name = await createTrail(id);
        await cloudTrail().send(new StopLoggingCommand({ Name: name }));
        return calling('cloudtrail', 'StopLogging', { name });
      },
    },
  ],
  'restore-trail-selectors': [
    {
      arrange: async (id) => {
        const trailName = await createTrail(id);
        const EventSelectors = [
          {
            ReadWriteType: 'ReadOnly' as const,
            IncludeManagementEvents: false,
            DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }],
          },
        ];
        await cloudTrail().send(new PutEventSelectorsCommand({ TrailName: trailName, EventSelectors }));
        return calling('cloudtrail', 'PutEventSelectors', { trailName });
      },
    },
    {
      arrange: async (id) => {
        const trailName = await createTrail(id);
        const FieldSelectors = [
          { Field: 'eventCategory', Equals: ['Data'] },
          { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
        ];
        await cloudTrail().send(
          new PutEventSelectorsCommand({
            TrailName: trailName,
            AdvancedEventSelectors: [{ Name: 'S3 objects only', FieldSelectors }],
          }),
        );
        return calling('cloudtrail', 'PutEventSelectors', { trailName });
      },
    },
  ],
  'revoke-security-group-rules': [
    {
      arrange: async (id) => {
        const groupId = await createGroup(id);
        const IpPermissions = [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'temporary' }],
          },
          { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        ];
        const { SecurityGroupRules = [] } = await ec2().send(
          new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions }),
        );
        const items = SecurityGroupRules.map(({ SecurityGroupRuleId }) => ({
          groupId,
          securityGroupRuleId: SecurityGroupRuleId,
        }));
        return calling('ec2', 'AuthorizeSecurityGroupIngress', { groupId }, { securityGroupRuleSet: { items } });
      },
    },
    {
      // An old record, which has no ids of rules.
      arrange: async (id) => {
        const groupId = await createGroup(id);
        const flat = { IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, CidrIp: '0.0.0.0/0' };
        await ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, ...flat }));
        const request = { ipProtocol: 'tcp', fromPort: 3389, toPort: 3389, cidrIp: '0.0.0.0/0', ipPermissions: {} };
        return calling('ec2', 'AuthorizeSecurityGroupIngress', { groupId, ...request }, { _return: true });
      },
    },
  ],
  'snapshot-instance': [
    {
      arrange: async () => {
        const { instanceId } = await runInstance();
        const { VolumeId } = await ec2().send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 1 }));
        await ec2().send(new AttachVolumeCommand({ VolumeId, InstanceId: instanceId, Device: '/dev/sdf' }));
        return calling('ec2', 'GetPasswordData', { instanceId });
      },
    },
  ],
  'start-config-recorder': [
    {
      arrange: async (id) => {
        const config = new ConfigServiceClient();
        const { ConfigurationRecorders = [] } = await config.send(new DescribeConfigurationRecordersCommand({}));
        const ConfigurationRecorderName = 'default';
        if (ConfigurationRecorders.length === 0) {
          await createBucket(`config-${id}`);
          const ConfigurationRecorder = { name: 'default', roleARN: `arn:aws:iam::${motoAccount}:role/config` };
          await config.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));
          const DeliveryChannel = { name: 'default', s3BucketName: `config-${id}` };
          await config.send(new PutDeliveryChannelCommand({ DeliveryChannel }));
        }
        await config.send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName }));
        return calling('config', 'StopConfigurationRecorder', {
          configurationRecorderName: ConfigurationRecorderName,
        });
      },
    },
  ],
  'unshare-db-snapshot': [
    {
      arrange: async (id) => {
        const DBSnapshotIdentifier = `orders-snapshot-${id}`;
        const instance = { DBInstanceIdentifier: `orders-${id}`, DBInstanceClass: 'db.t3.micro', Engine: 'postgres' };
        await rds().send(new CreateDBInstanceCommand({ ...instance, AllocatedStorage: 20 }));
        await rds().send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: `orders-${id}`, DBSnapshotIdentifier }));
        const valuesToAdd = ['all', otherAccount];
        await rds().send(
          new ModifyDBSnapshotAttributeCommand({
            DBSnapshotIdentifier,
            AttributeName: 'restore',
            // Shared before already, and left so.
            ValuesToAdd: [...valuesToAdd, '777788889999'],
          }),
        );
        const request = { dBSnapshotIdentifier: DBSnapshotIdentifier, attributeName: 'restore', valuesToAdd };
        return calling('rds', 'ModifyDBSnapshotAttribute', request);
      },
    },
    {
      arrange: async (id) => {
        const DBClusterSnapshotIdentifier = `cluster-snapshot-${id}`;
        const DBClusterIdentifier = `cluster-${id}`;
        const credentials = { MasterUsername: 'admin1', MasterUserPassword: 'Correct-h0rse' };
        await rds().send(
          new CreateDBClusterCommand({ DBClusterIdentifier, Engine: 'aurora-postgresql', ...credentials }),
        );
        await rds().send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier, DBClusterSnapshotIdentifier }));
        const valuesToAdd = [otherAccount];
        await rds().send(
          new ModifyDBClusterSnapshotAttributeCommand({
            DBClusterSnapshotIdentifier,
            AttributeName: 'restore',
            ValuesToAdd: valuesToAdd,
          }),
        );
        const request = {
          dBClusterSnapshotIdentifier: DBClusterSnapshotIdentifier,
          attributeName: 'restore',
          valuesToAdd,
        };
        return calling('rds', 'ModifyDBClusterSnapshotAttribute', request);
      },
    },
  ],
  'unshare-image': [
    {
      arrange: async (id) => {
        const { instanceId } = await runInstance();
        const { ImageId } = await ec2().send(new CreateImageCommand({ InstanceId: instanceId, Name: `image-${id}` }));
        const Add = [{ Group: 'all' as const }, { UserId: otherAccount }];
        await ec2().send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } }));
        const items = [{ group: 'all' }, { userId: otherAccount }];
        return calling('ec2', 'ModifyImageAttribute', { imageId: ImageId, launchPermission: { add: { items } } });
      },
    },
  ],
  'unshare-snapshot': [
    {
      arrange: async () => {
        const { VolumeId } = await ec2().send(new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 1 }));
        const { SnapshotId } = await ec2().send(new CreateSnapshotCommand({ VolumeId }));
        await ec2().send(
          new ModifySnapshotAttributeCommand({
            SnapshotId,
            Attribute: 'createVolumePermission',
            OperationType: 'add',
            GroupNames: ['all'],
            UserIds: [otherAccount, '777788889999'],
          }),
        );
        const items = [{ group: 'all' }, { userId: otherAccount }];
        return calling('ec2', 'ModifySnapshotAttribute', {
          snapshotId: SnapshotId,
          createVolumePermission: { add: { items } },
        });
      },
    },
  ],
} as const satisfies Partial<Record<RemediationName, readonly AwsCase[]>>;
