import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { CloudTrailRecord } from '../../engine/record.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { exampleRecord } from '../example-records.ts';
import { motoAccount } from './moto.ts';

const arnOf = (path: string): string => `arn:aws:iam::${motoAccount}:${path}`;

/** A record of the account that moto stands for. */
const recordOf = (fields: object): CloudTrailRecord => exampleRecord({ recipientAccountId: motoAccount, ...fields });

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

const statement = (more: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
const trust = statement({ Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });

const iam = () => new IAMClient();

const createUserWithKey = async (UserName: string): Promise<string> => {
  await iam().send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam().send(new CreateAccessKeyCommand({ UserName }));
  return String(AccessKey?.AccessKeyId);
};

const createRole = async (RoleName: string): Promise<void> => {
  await iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = statement({ Action: 's3:*', Resource: '*' });
  await iam().send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
};

const byUser = async (id: string): Promise<CloudTrailRecord> => {
  const name = `mallory-${id}`;
  return recordOf({ userIdentity: userIdentity(name, await createUserWithKey(name)) });
};

export type AwsCase = {
  /** Makes what the remediation acts on, under names of its own; returns the record that asks for it. */
  readonly arrange: (id: string) => Promise<CloudTrailRecord>;
};

/** For each remediation how an account comes to need it. */
export const awsCases: Readonly<Record<RemediationName, AwsCase>> = {
  'deactivate-access-key': { arrange: byUser },
  'quarantine-user': { arrange: byUser },
  'revoke-role-sessions': {
    arrange: async (id) => {
      await createRole(`Admin-${id}`);
      return recordOf({ userIdentity: roleIdentity(`Admin-${id}`) });
    },
  },
};
