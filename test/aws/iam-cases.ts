import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { CloudTrailRecord } from '../../engine/record.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { otherAccount } from '../example-records.ts';
import { type AwsCase, calling, recordOf } from './aws-case.ts';
import { motoAccount } from './moto.ts';

const arnOf = (path: string): string => `arn:aws:iam::${motoAccount}:${path}`;
const adminPolicy = 'arn:aws:iam::aws:policy/AdministratorAccess';

const userIdentity = (userName: string, accessKeyId: string) => ({
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
  arn: arnOf(`user/${userName}`),
  accountId: motoAccount,
  accessKeyId,
  userName,
});

const roleIdentity = (userName: string) => ({
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEADMIN0EXAM:mallory',
  arn: `arn:aws:sts::${motoAccount}:assumed-role/${userName}/mallory`,
  accountId: motoAccount,
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLEADMIN0EXAM',
      arn: arnOf(`role/${userName}`),
      accountId: motoAccount,
      userName,
    },
  },
});

const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.map((each) => ({ Effect: 'Allow', ...each })) });
const ofEc2 = { Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
const readsBuckets = document({ Action: 's3:Get*', Resource: '*' });

/** Finds moto through the environment, which is set by the time that a case is arranged. */
const iam = () => new IAMClient();

const createUserWithKey = async (UserName: string): Promise<string> => {
  await iam().send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam().send(new CreateAccessKeyCommand({ UserName }));
  return String(AccessKey?.AccessKeyId);
};

const createRole = async (RoleName: string, AssumeRolePolicyDocument = document(ofEc2)): Promise<void> => {
  await iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await iam().send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: readsBuckets }));
};

const byUser: AwsCase = {
  arrange: async (id) => {
    const name = `mallory-${id}`;
    return recordOf({ userIdentity: userIdentity(name, await createUserWithKey(name)) });
  },
};

/** No further policy can be attached to this user. */
const byUserWithTenPolicies: AwsCase = {
  arrange: async (id) => {
    const record = await byUser.arrange(id);
    for (let index = 0; index < 10; index++) {
      const PolicyName = `p${index}-of-${id}`;
      await iam().send(new CreatePolicyCommand({ PolicyName, PolicyDocument: readsBuckets }));
      const PolicyArn = arnOf(`policy/${PolicyName}`);
      await iam().send(new AttachUserPolicyCommand({ UserName: `mallory-${id}`, PolicyArn }));
    }
    return record;
  },
};

const byRole: AwsCase = {
  arrange: async (id) => {
    await createRole(`Admin-${id}`);
    return recordOf({ userIdentity: roleIdentity(`Admin-${id}`) });
  },
};

const arrangePassword = async (id: string): Promise<CloudTrailRecord> => {
  const record = await byUser.arrange(id);
  await iam().send(new CreateLoginProfileCommand({ UserName: `mallory-${id}`, Password: 'Correct-h0rse!' }));
  return record;
};

/** Roles that a user's key has assumed, as Event history tells it: moto answers LookupEvents with an error. */
export const assumedRole = (id: string) => ({
  EventName: 'AssumeRole',
  CloudTrailEvent: JSON.stringify({
    requestParameters: { roleArn: arnOf(`role/Deploy-${id}`), roleSessionName: 'mallory' },
    responseElements: { assumedRoleUser: { assumedRoleId: 'AROAEXAMPLEDEPLOYEXAM:mallory' } },
  }),
});

export const iamCases = {
  'contain-credential': [
    {
      arrange: async (id) => {
        await createRole(`Deploy-${id}`);
        return byUser.arrange(id);
      },
      recorded: { 'cloudtrail:LookupEvents': (id) => ({ Events: [assumedRole(id), { EventName: 'ListBuckets' }] }) },
    },
    byUserWithTenPolicies,
  ],
  'deactivate-access-key': [byUser],
  'deactivate-new-key': [
    {
      arrange: async (id) => {
        const userName = `bob-${id}`;
        const accessKeyId = await createUserWithKey(userName);
        const accessKey = { accessKeyId, userName, status: 'Active' };
        return calling('iam', 'CreateAccessKey', { userName }, { accessKey });
      },
    },
  ],
  'delete-created-login-profile': [
    {
      arrange: async (id) => {
        await arrangePassword(id);
        return calling('iam', 'CreateLoginProfile', { userName: `mallory-${id}` });
      },
    },
  ],
  'deny-user': [byUser, byUserWithTenPolicies],
  'detach-admin-policy': [
    {
      arrange: async (id) => {
        const UserName = `bob-${id}`;
        await iam().send(new CreateUserCommand({ UserName }));
        await iam().send(new AttachUserPolicyCommand({ UserName, PolicyArn: adminPolicy }));
        return calling('iam', 'AttachUserPolicy', { userName: UserName, policyArn: adminPolicy });
      },
    },
    {
      arrange: async (id) => {
        const RoleName = `Reports-${id}`;
        await createRole(RoleName);
        await iam().send(new AttachRolePolicyCommand({ RoleName, PolicyArn: adminPolicy }));
        return calling('iam', 'AttachRolePolicy', { roleName: RoleName, policyArn: adminPolicy });
      },
    },
    {
      arrange: async (id) => {
        const GroupName = `developers-${id}`;
        await iam().send(new CreateGroupCommand({ GroupName }));
        await iam().send(new AttachGroupPolicyCommand({ GroupName, PolicyArn: adminPolicy }));
        return calling('iam', 'AttachGroupPolicy', { groupName: GroupName, policyArn: adminPolicy });
      },
    },
  ],
  'quarantine-user': [byUser, byUserWithTenPolicies],
  'remove-console-password': [{ arrange: arrangePassword }],
  'remove-trusted-principal': [
    {
      arrange: async (id) => {
        const roleName = `Reports-${id}`;
        await createRole(roleName);
        const foreign = { Principal: { AWS: `arn:aws:iam::${otherAccount}:root` }, Action: 'sts:AssumeRole' };
        // Spaces as a person writes them: what comes back has to be the same bytes.
        const policyDocument = document(ofEc2, foreign).replaceAll(',', ', ');
        await iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument: policyDocument }));
        return calling('iam', 'UpdateAssumeRolePolicy', { roleName, policyDocument });
      },
    },
  ],
  'restore-policy-version': [
    {
      arrange: async (id) => {
        const PolicyName = `ops-${id}`;
        await iam().send(new CreatePolicyCommand({ PolicyName, PolicyDocument: readsBuckets }));
        const policyArn = arnOf(`policy/${PolicyName}`);
        const PolicyDocument = document({ Action: '*', Resource: '*' });
        const { PolicyVersion } = await iam().send(
          new CreatePolicyVersionCommand({ PolicyArn: policyArn, PolicyDocument, SetAsDefault: true }),
        );
        const policyVersion = { versionId: PolicyVersion?.VersionId, isDefaultVersion: true };
        return calling('iam', 'CreatePolicyVersion', { policyArn, setAsDefault: true }, { policyVersion });
      },
    },
  ],
  'revoke-role-sessions': [byRole],
  'revoke-session': [byRole],
} as const satisfies Partial<Record<RemediationName, readonly AwsCase[]>>;
