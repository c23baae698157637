import type { CloudTrailRecord } from '../engine/record.ts';

export const account = '111122223333';
export const otherAccount = '444455556666';

/** The identities that CloudTrail writes, in the shapes of its reference. */
export const identities = {
  userWithKey: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEANN000EXAM',
    arn: `arn:aws:iam::${account}:user/ann`,
    accountId: account,
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    userName: 'ann',
  },
  userInConsole: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEANN000EXAM',
    arn: `arn:aws:iam::${account}:user/staff/ann`,
    accountId: account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    userName: 'ann',
    sessionContext: {
      sessionIssuer: {},
      webIdFederationData: {},
      attributes: { creationDate: '2026-10-14T08:00:00Z', mfaAuthenticated: 'true' },
    },
  },
  role: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLEADMIN0EXAM:ann@example.com',
    arn: `arn:aws:sts::${account}:assumed-role/Admin/ann@example.com`,
    accountId: account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEADMIN0EXAM',
        arn: `arn:aws:iam::${account}:role/ops/Admin`,
        accountId: account,
        userName: 'Admin',
      },
      attributes: { creationDate: '2026-10-14T08:00:00Z', mfaAuthenticated: 'false' },
    },
  },
  identityCenterRole: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLESSO000EXAM:ann@example.com',
    arn: `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ann@example.com`,
    accountId: account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLESSO000EXAM',
        arn: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef`,
        accountId: account,
        userName: 'AWSReservedSSO_Admin_0123456789abcdef',
      },
    },
  },
  serviceLinkedRole: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLEECS000EXAM:ecs-service-scheduler',
    arn: `arn:aws:sts::${account}:assumed-role/AWSServiceRoleForECS/ecs-service-scheduler`,
    accountId: account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEECS000EXAM',
        arn: `arn:aws:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
        accountId: account,
        userName: 'AWSServiceRoleForECS',
      },
    },
    invokedBy: 'ecs.amazonaws.com',
  },
  federatedUser: {
    type: 'FederatedUser',
    principalId: `${account}:visitor`,
    arn: `arn:aws:sts::${account}:federated-user/visitor`,
    accountId: account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLEANN000EXAM',
        arn: `arn:aws:iam::${account}:user/ann`,
        accountId: account,
        userName: 'ann',
      },
    },
  },
  federatedByRoot: {
    type: 'FederatedUser',
    principalId: `${account}:visitor`,
    arn: `arn:aws:sts::${account}:federated-user/visitor`,
    accountId: account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Root',
        principalId: account,
        arn: `arn:aws:iam::${account}:root`,
        accountId: account,
      },
    },
  },
  root: {
    type: 'Root',
    principalId: account,
    arn: `arn:aws:iam::${account}:root`,
    accountId: account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: { attributes: { creationDate: '2026-10-14T08:00:00Z', mfaAuthenticated: 'false' } },
  },
  service: { type: 'AWSService', invokedBy: 'cloudtrail.amazonaws.com' },
  otherAccount: { type: 'AWSAccount', principalId: 'AIDAEXAMPLEBOB000EXAM', accountId: otherAccount },
  identityCenterUser: {
    type: 'IdentityCenterUser',
    accountId: account,
    onBehalfOf: {
      userId: '00000000-0000-4000-8000-000000000001',
      identityStoreArn: `arn:aws:identitystore::${account}:identitystore/d-0000000000`,
    },
    credentialId: 'opaque',
  },
  samlUser: {
    type: 'SAMLUser',
    principalId: 'issuerhash=:ann',
    userName: 'ann',
    identityProvider: 'issuerhash=',
  },
  typeless: { accountId: account, invokedBy: 'kms.amazonaws.com' },
} as const satisfies Record<string, object>;

/** A call of CreateAccessKey as CloudTrail records it, with fields replaced. */
export const exampleRecord = (fields: object = {}): CloudTrailRecord => ({
  eventVersion: '1.11',
  userIdentity: identities.userWithKey,
  eventTime: '2026-10-14T08:41:07Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateAccessKey',
  awsRegion: 'us-east-1',
  sourceIPAddress: '198.51.100.23',
  userAgent: 'aws-cli/2.31.0',
  requestParameters: { userName: 'bob' },
  responseElements: {
    accessKey: { userName: 'bob', accessKeyId: 'AKIAI44QH8DHBEXAMPLE', status: 'Active' },
  },
  requestID: '00000000-0000-4000-8000-0000000000aa',
  eventID: '00000000-0000-4000-8000-0000000000ee',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...fields,
});

/** The record of an Insight: what it is about stands one level down, and nobody is named at the top. */
export const exampleInsight = (fields: object = {}): CloudTrailRecord => ({
  eventVersion: '1.08',
  eventTime: '2026-10-14T09:00:00Z',
  awsRegion: 'us-east-1',
  eventID: '00000000-0000-4000-8000-0000000000e1',
  eventType: 'AwsCloudTrailInsight',
  recipientAccountId: account,
  sharedEventID: '00000000-0000-4000-8000-0000000000f1',
  insightDetails: {
    state: 'Start',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateAccessKey',
    insightType: 'ApiCallRateInsight',
    insightContext: {
      statistics: { baseline: { average: 0.001 }, insight: { average: 12 } },
      attributions: [{ attribute: 'userIdentityArn', insight: [{ value: identities.userWithKey.arn, average: 12 }] }],
    },
  },
  eventCategory: 'Insight',
  ...fields,
});

/** An object nested `depth` levels deep. */
export const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

/** JSON of an attacker: fields that are named like what objects inherit. */
export const withInheritedNames = (text = '{"isAdmin": true}'): string =>
  `{"__proto__": ${text}, "constructor": {"prototype": ${text}}, "toString": ${text}, "hasOwnProperty": ${text}}`;
