import { call, denied } from '../cloudtrail/calls.ts';
import {
  ACCOUNT,
  instanceId,
  keyArn,
  REGIONS,
  type Region,
  snapshotId,
  trailArn,
  userArn,
} from '../cloudtrail/company.ts';
import type { Actor, Call } from '../cloudtrail/record.ts';

const ofService = (service: string, resource = '*'): string => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;

export const whoAmI = (who: Actor): Call =>
  call('sts', 'GetCallerIdentity', null, {
    responseElements: { userId: who.identity.principalId, account: ACCOUNT, arn: who.identity.arn },
  });

export const accountOverview: readonly Call[] = [
  call('iam', 'GetAccountSummary'),
  call('iam', 'ListAccountAliases'),
  call('iam', 'ListUsers'),
  call('iam', 'ListMFADevices'),
];

export const trailStatus: readonly Call[] = [
  call('cloudtrail', 'DescribeTrails', { includeShadowTrails: true }),
  call('cloudtrail', 'GetTrailStatus', { name: trailArn('management-events') }),
];

export const userDetails = (userName: string): Call[] =>
  ['ListAccessKeys', 'ListUserPolicies', 'ListAttachedUserPolicies', 'GetLoginProfile'].map((eventName) =>
    call('iam', eventName, { userName }),
  );

const instancesIn = (region: Region): Call =>
  call('ec2', 'DescribeInstances', { instancesSet: {}, filterSet: {} }, { region });

export const ownSnapshots: Call = call('ec2', 'DescribeSnapshots', {
  snapshotSet: {},
  ownersSet: { items: [{ owner: 'self' }] },
  filterSet: {},
});

/** What the user of the backups may see. */
export const machines: readonly Call[] = [...REGIONS.map(instancesIn), ownSnapshots];

/** What he may not: IAM first, then whatever a script tries. */
export const forbiddenIdentities = (who: Actor): Call[] => [
  denied(who, 'iam:ListUsers', userArn('')),
  denied(who, 'iam:GetAccountAuthorizationDetails', '*'),
];

export const forbiddenSweep = (who: Actor): Call[] => [
  denied(who, 'secretsmanager:ListSecrets', '*'),
  denied(who, 'secretsmanager:GetSecretValue', ofService('secretsmanager', 'secret:acme/prod/payments-api')),
  denied(who, 'ssm:DescribeParameters', ofService('ssm')),
  denied(who, 'lambda:ListFunctions', '*', { also: { eventName: 'ListFunctions20150331' } }),
  denied(who, 'kms:ListKeys', '*'),
];

/** EC2 keeps the parameters of what it refuses. */
export const forbiddenPassword = (name: string): Call =>
  call(
    'ec2',
    'GetPasswordData',
    { instanceId: instanceId(name) },
    { errorCode: 'Client.UnauthorizedOperation', errorMessage: 'You are not authorized to perform this operation.' },
  );

export const everybody: readonly Call[] = [
  call('iam', 'ListUsers'),
  call('iam', 'ListRoles'),
  call('iam', 'GetAccountAuthorizationDetails'),
];

export const secrets: readonly Call[] = [
  call('secretsmanager', 'ListSecrets', {}),
  call('secretsmanager', 'GetSecretValue', { secretId: 'acme/prod/payments-api' }),
  call('secretsmanager', 'GetSecretValue', { secretId: 'acme/prod/orders-api' }),
];

export const listDetectors: Call = call('guardduty', 'ListDetectors', {});
export const getRole = (roleName: string): Call => call('iam', 'GetRole', { roleName });

export const snapshotShares = (name: string): Call =>
  call('ec2', 'DescribeSnapshotAttribute', {
    snapshotId: snapshotId(name),
    attributeType: 'CREATE_VOLUME_PERMISSION',
  });

export const keys = (name: string): Call[] => [
  call('kms', 'ListKeys', {}),
  call('kms', 'ListAliases', {}),
  call('kms', 'DescribeKey', { keyId: keyArn(name) }),
];

export const alarmSystem: readonly Call[] = [
  call('events', 'ListRules', {}),
  call('events', 'ListTargetsByRule', { rule: 'trailwire-detect-0' }),
  call('lambda', 'ListFunctions20150331', { maxItems: 50 }),
];
