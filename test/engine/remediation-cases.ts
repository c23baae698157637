import type { RemediationName } from '../../engine/remediations/name.ts';
import type { State } from '../../engine/state.ts';
import type { RemediationCase } from '../contracts/remediation.ts';
import { account, exampleRecord, identities, otherAccount } from '../example-records.ts';

const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const bobsKey = 'AKIAI44QH8DHBEXAMPLE';
const madeBy = (userIdentity: object) => exampleRecord({ userIdentity });

/** A call in a region of its own, as CloudTrail records it. */
const calling = (service: string, eventName: string, requestParameters: object | null, responseElements?: object) =>
  exampleRecord({
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: service === 'iam' ? 'us-east-1' : 'eu-west-1',
    requestParameters,
    responseElements: responseElements ?? null,
  });

const tenPolicies: State = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [`arn:aws:iam::${account}:policy/p${index}`, true]),
);
const activeKeys = { 'iam:ListAccessKeys': { [annsKey]: 'Active', [bobsKey]: 'Active' } };
const bobsArn = { 'iam:GetUser': { arn: `arn:aws:iam::${account}:user/staff/bob` } };

const openedRule = {
  protocol: { ipProtocol: 'tcp', fromPort: 22, toPort: 22 },
  id: 'sgr-0c0ffee0123456789',
  key: 'tcp 22-22 0.0.0.0/0',
  permission: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'x' }] },
};
const groupId = 'sg-0a1b2c3d4e5f60718';
const rulesOfGroup = {
  'ec2:DescribeSecurityGroupRules': {
    [openedRule.key]: openedRule.permission,
    [openedRule.id]: openedRule.key,
    'tcp 443-443 10.0.0.0/8': { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    'sgr-0123456789abcdef0': 'tcp 443-443 10.0.0.0/8',
  },
};

const publicStatement = { Sid: 'Read', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' };
const privateStatement = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 's3:*',
  Resource: '*',
};
const policyWith = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const bucketPolicy = (...Statement: readonly object[]) => ({
  's3:GetBucketPolicy': { document: policyWith(...Statement) },
});
const bucketName = 'acme-exports';

const trustOf = (AWS: string | readonly string[]) =>
  policyWith({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' });
const trusts = (trust: string) => ({
  'iam:GetRole': { arn: `arn:aws:iam::${account}:role/report-writer`, trust },
});
const foreignRoot = `arn:aws:iam::${otherAccount}:root`;

const kmsKey = '1234abcd-12ab-34cd-56ef-1234567890ab';
const selector = {
  ReadWriteType: 'All',
  IncludeManagementEvents: false,
  DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }],
  ExcludeManagementEventSources: [],
};
const statement = {
  Sid: 'invoke',
  Effect: 'Allow',
  Principal: '*',
  Action: 'lambda:InvokeFunction',
  Resource: `arn:aws:lambda:eu-west-1:${account}:function:orders-import`,
};
const byService = {
  ...statement,
  Principal: { Service: 's3.amazonaws.com' },
  Condition: {
    StringEquals: { 'AWS:SourceAccount': account },
    ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::acme-exports' },
  },
};
const instanceId = 'i-0abcd1234ef905678';
const instance = {
  'ec2:DescribeInstances': { vpc: 'vpc-0123456789abcdef0', 'eni-0123456789abcdef0': [groupId], 'tag Name': 'web' },
  'ec2:DescribeSecurityGroups': { 'vpc-0123456789abcdef0': 'sg-0fedcba9876543210' },
};

const disks = { 'ec2:DescribeInstances': { vpc: 'vpc-0123456789abcdef0', 'vol-0a1b2c3d': true, 'vol-0a1b2c3e': true } };
const byInstance = exampleRecord({
  awsRegion: 'eu-west-1',
  userIdentity: {
    ...identities.role,
    principalId: `AROAEXAMPLEADMIN0EXAM:${instanceId}`,
    sessionContext: { ...identities.role.sessionContext, ec2RoleDelivery: '2.0' },
  },
});

/** For each remediation the records it is made for, with what the account says to its reads before. */
export const remediationCases: Readonly<Record<RemediationName, readonly RemediationCase[]>> = {
  'block-bucket-public-access': [
    {
      record: calling('s3', 'DeleteBucketPublicAccessBlock', { bucketName, publicAccessBlock: '' }),
      states: { 's3:GetBucketPublicAccessBlock': {} },
    },
    {
      record: calling('s3', 'PutBucketAcl', { bucketName, 'x-amz-acl': ['public-read'] }),
      states: {
        's3:GetBucketPublicAccessBlock': {
          BlockPublicAcls: true,
          IgnorePublicAcls: false,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: false,
        },
      },
    },
  ],
  'close-function-url': [
    {
      record: calling('lambda', 'CreateFunctionUrlConfig', { functionName: 'orders-import', authType: 'NONE' }),
      states: { 'lambda:GetFunctionUrlConfig': { authType: 'NONE' } },
    },
    {
      record: calling('lambda', 'UpdateFunctionUrlConfig20211031', {
        functionName: `arn:aws:lambda:eu-west-1:${account}:function:orders-import`,
        qualifier: 'live',
        authType: 'NONE',
      }),
      states: { 'lambda:GetFunctionUrlConfig': { authType: 'NONE' } },
    },
  ],
  'contain-credential': [
    {
      record: madeBy(identities.userWithKey),
      states: {
        ...activeKeys,
        'cloudtrail:LookupEvents': {
          [`arn:aws:iam::${account}:role/ops/Deploy`]: ['AROAEXAMPLEDEPLOYEXAM:mallory'],
          [`arn:aws:iam::${otherAccount}:role/Theirs`]: ['AROAEXAMPLETHEIRSEXAM:mallory'],
          [`arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_1`]: ['AROAEXAMPLESSO:m'],
        },
      },
    },
    { record: madeBy(identities.userInConsole), states: { 'iam:ListAttachedUserPolicies': tenPolicies } },
  ],
  'deactivate-access-key': [{ record: madeBy(identities.userWithKey), states: activeKeys }],
  'deactivate-new-key': [
    { record: exampleRecord(), states: { ...activeKeys, ...bobsArn } },
    {
      record: calling('iam', 'UpdateAccessKey', { userName: 'bob', accessKeyId: bobsKey, status: 'Active' }),
      states: { ...activeKeys, ...bobsArn },
    },
  ],
  'delete-created-login-profile': [
    {
      record: calling('iam', 'CreateLoginProfile', { userName: 'bob', passwordResetRequired: false }),
      states: { 'iam:GetLoginProfile': { exists: true }, ...bobsArn },
    },
  ],
  'deny-user': [
    { record: madeBy(identities.userWithKey), states: {} },
    { record: madeBy(identities.userInConsole), states: { 'iam:ListAttachedUserPolicies': tenPolicies } },
  ],
  'detach-admin-policy': (['User', 'Role', 'Group'] as const).map((kind) => ({
    record: calling('iam', `Attach${kind}Policy`, {
      [`${kind.toLowerCase()}Name`]: 'developers',
      policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
    states: {
      [`iam:ListAttached${kind}Policies`]: { 'arn:aws:iam::aws:policy/AdministratorAccess': true },
      [`iam:Get${kind}`]: { arn: `arn:aws:iam::${account}:${kind.toLowerCase()}/developers` },
    },
  })),
  'enable-guardduty': [
    {
      record: calling('guardduty', 'UpdateDetector', { detectorId: '12abc34d567e8fa901bc2d34e56789f0', enable: false }),
      states: { 'guardduty:GetDetector': { enabled: false } },
    },
  ],
  'enable-security-hub': [{ record: calling('securityhub', 'DisableSecurityHub', null), states: {} }],
  'isolate-instance': [
    { record: byInstance, states: instance },
    { record: calling('ec2', 'GetPasswordData', { instanceId }), states: instance },
  ],
  'keep-kms-key': [
    {
      record: calling(
        'kms',
        'ScheduleKeyDeletion',
        { keyId: 'alias/orders', pendingWindowInDays: 7 },
        { keyId: `arn:aws:kms:eu-west-1:${account}:key/${kmsKey}` },
      ),
      states: { 'kms:DescribeKey': { enabled: false, pendingDeletion: true } },
    },
    {
      record: calling('kms', 'DisableKey', { keyId: kmsKey }),
      states: { 'kms:DescribeKey': { enabled: false, pendingDeletion: false } },
    },
  ],
  'quarantine-user': [
    { record: madeBy(identities.userWithKey), states: { 'iam:ListAttachedUserPolicies': {} } },
    { record: madeBy(identities.userInConsole), states: { 'iam:ListAttachedUserPolicies': tenPolicies } },
    { record: madeBy(identities.federatedUser), states: {} },
  ],
  'remove-console-password': [
    { record: madeBy(identities.userInConsole), states: { 'iam:GetLoginProfile': { exists: true } } },
  ],
  'remove-function-permission': [
    {
      record: calling('lambda', 'AddPermission20150331v2', {
        functionName: 'orders-import',
        statementId: 'invoke',
        action: 'lambda:InvokeFunction',
        principal: '*',
      }),
      states: { 'lambda:GetPolicy': { invoke: statement } },
    },
    {
      record: calling('lambda', 'AddPermission20150331v2', {
        functionName: 'orders-import:live',
        statementId: 'invoke',
        action: 'lambda:InvokeFunction',
        principal: 's3.amazonaws.com',
      }),
      states: { 'lambda:GetPolicy': { invoke: byService } },
    },
  ],
  'remove-public-statements': [
    {
      record: calling('s3', 'PutBucketPolicy', { bucketName, bucketPolicy: { Statement: [publicStatement] } }),
      states: bucketPolicy(privateStatement, publicStatement),
    },
    {
      record: calling('s3', 'PutBucketPolicy', { bucketName, bucketPolicy: { Statement: publicStatement } }),
      states: bucketPolicy(publicStatement),
    },
  ],
  'remove-trusted-principal': [
    {
      record: calling('iam', 'UpdateAssumeRolePolicy', {
        roleName: 'report-writer',
        policyDocument: trustOf([otherAccount, `arn:aws:iam::${account}:role/Deploy`]),
      }),
      states: trusts(trustOf([foreignRoot, `arn:aws:iam::${account}:role/Deploy`])),
    },
    {
      record: calling('iam', 'CreateRole', { roleName: 'report-writer', assumeRolePolicyDocument: trustOf('*') }),
      states: trusts(trustOf('*')),
    },
  ],
  'restart-trail': [
    {
      record: calling('cloudtrail', 'StopLogging', { name: 'management-events' }),
      states: { 'cloudtrail:GetTrailStatus': { logging: false } },
    },
    {
      record: calling('cloudtrail', 'StopLogging', {
        name: `arn:aws:cloudtrail:eu-west-1:${account}:trail/management-events`,
      }),
      states: { 'cloudtrail:GetTrailStatus': { logging: false } },
    },
  ],
  'restore-policy-version': [
    {
      record: calling(
        'iam',
        'CreatePolicyVersion',
        { policyArn: `arn:aws:iam::${account}:policy/ops`, setAsDefault: true },
        { policyVersion: { versionId: 'v11', isDefaultVersion: true } },
      ),
      states: { 'iam:ListPolicyVersions': { default: 'v11', v9: true, v10: true, v11: true } },
    },
    {
      record: calling('iam', 'SetDefaultPolicyVersion', {
        policyArn: `arn:aws:iam::${account}:policy/team/ops`,
        versionId: 'v1',
      }),
      states: { 'iam:ListPolicyVersions': { default: 'v1', v1: true, v2: true } },
    },
  ],
  'restore-trail-selectors': [
    {
      record: calling('cloudtrail', 'PutEventSelectors', { trailName: 'management-events' }),
      states: { 'cloudtrail:GetEventSelectors': { EventSelectors: [selector] } },
    },
    {
      record: calling('cloudtrail', 'PutEventSelectors', { trailName: 'management-events' }),
      states: {
        'cloudtrail:GetEventSelectors': {
          AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }],
        },
      },
    },
  ],
  'revoke-role-sessions': [{ record: madeBy(identities.role), states: {} }],
  'revoke-security-group-rules': [
    {
      record: calling(
        'ec2',
        'AuthorizeSecurityGroupIngress',
        {
          groupId,
          ipPermissions: { items: [{ ...openedRule.protocol, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }] },
        },
        { securityGroupRuleSet: { items: [{ groupId, securityGroupRuleId: openedRule.id }] } },
      ),
      states: rulesOfGroup,
    },
    {
      record: calling('ec2', 'AuthorizeSecurityGroupIngress', {
        groupId,
        ...openedRule.protocol,
        cidrIp: '0.0.0.0/0',
        ipPermissions: {},
      }),
      states: rulesOfGroup,
    },
    {
      record: calling('ec2', 'AuthorizeSecurityGroupIngress', {
        groupId,
        ipPermissions: {
          items: [{ ipProtocol: '6', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
        },
      }),
      states: rulesOfGroup,
    },
  ],
  'revoke-session': [{ record: madeBy(identities.role), states: {} }],
  'snapshot-instance': [
    { record: byInstance, states: disks },
    {
      record: calling('ec2', 'GetPasswordData', { instanceId }),
      states: { ...disks, 'ec2:DescribeSnapshots': { 'vol-0a1b2c3d': true } },
    },
  ],
  'start-config-recorder': [
    {
      record: calling('config', 'StopConfigurationRecorder', { configurationRecorderName: 'default' }),
      states: { 'config:DescribeConfigurationRecorderStatus': { recording: false } },
    },
  ],
  'unshare-db-snapshot': [
    {
      record: calling('rds', 'ModifyDBSnapshotAttribute', {
        dBSnapshotIdentifier: 'orders-2026-05-10',
        attributeName: 'restore',
        valuesToAdd: ['all', otherAccount],
      }),
      states: { 'rds:DescribeDBSnapshotAttributes': { all: true, [otherAccount]: true, '777788889999': true } },
    },
    {
      record: calling('rds', 'ModifyDBClusterSnapshotAttribute', {
        dBClusterSnapshotIdentifier: 'orders-2026-05-10',
        attributeName: 'restore',
        valuesToAdd: [otherAccount],
      }),
      states: { 'rds:DescribeDBClusterSnapshotAttributes': { [otherAccount]: true } },
    },
  ],
  'unshare-image': [
    {
      record: calling('ec2', 'ModifyImageAttribute', {
        imageId: 'ami-0123456789abcdef0',
        attributeType: 'launchPermission',
        launchPermission: { add: { items: [{ group: 'all' }, { userId: otherAccount }] } },
      }),
      states: { 'ec2:DescribeImageAttribute': { all: true, [otherAccount]: true } },
    },
    {
      record: calling('ec2', 'ModifyImageAttribute', {
        imageId: 'ami-0123456789abcdef0',
        launchPermission: {
          add: { items: [{ organizationArn: `arn:aws:organizations::${otherAccount}:organization/o-1234567890` }] },
        },
      }),
      states: {
        'ec2:DescribeImageAttribute': { [`arn:aws:organizations::${otherAccount}:organization/o-1234567890`]: true },
      },
    },
  ],
  'unshare-snapshot': [
    {
      record: calling('ec2', 'ModifySnapshotAttribute', {
        snapshotId: 'snap-0fedcba9876543210',
        attributeType: 'CREATE_VOLUME_PERMISSION',
        createVolumePermission: { add: { items: [{ userId: otherAccount }, { group: 'all' }] } },
      }),
      states: { 'ec2:DescribeSnapshotAttribute': { all: true, [otherAccount]: true, '777788889999': true } },
    },
  ],
};
