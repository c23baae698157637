import * as z from 'zod';

const object = z.record(z.string(), z.unknown());
const account = z.string().regex(/^\d{12}$/);
const key = z.string().regex(/^(AKIA|ASIA)[A-Z2-7]{9}EXAMPLE$/);
const role = z.string().regex(/^AROA[A-Z2-7]{10}EXAMPLE/);
const user = z.string().regex(/^AIDA[A-Z2-7]{10}EXAMPLE$/);
const boolean = z.enum(['true', 'false']);
const attributes = z.strictObject({ creationDate: z.iso.datetime(), mfaAuthenticated: boolean });

const sessionIssuer = z.strictObject({
  type: z.literal('Role'),
  principalId: role,
  arn: z.string().startsWith('arn:aws:iam::'),
  accountId: account,
  userName: z.string(),
});

/** The identities of https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html that the sample has. */
const userIdentity = z.union([
  z.strictObject({ type: z.literal('AWSService'), invokedBy: z.string() }),
  z.strictObject({ accountId: account, invokedBy: z.string() }),
  z.strictObject({
    type: z.literal('AssumedRole'),
    principalId: role,
    arn: z.string().startsWith('arn:aws:sts::111122223333:assumed-role/'),
    accountId: account,
    accessKeyId: key.startsWith('ASIA').optional(),
    sessionContext: z.strictObject({
      sessionIssuer,
      attributes,
      webIdFederationData: object.optional(),
      ec2RoleDelivery: z.literal('2.0').optional(),
    }),
    inScopeOf: object.optional(),
    invokedBy: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('IAMUser'),
    principalId: user,
    arn: z.string().startsWith('arn:aws:iam::111122223333:user/'),
    accountId: account,
    accessKeyId: key.optional(),
    userName: z.string(),
    sessionContext: z.strictObject({ attributes }).optional(),
  }),
  z.strictObject({
    type: z.literal('Root'),
    principalId: account,
    arn: z.literal('arn:aws:iam::111122223333:root'),
    accountId: account,
    accessKeyId: key.startsWith('ASIA').optional(),
    sessionContext: z.strictObject({ attributes }).optional(),
  }),
  z.strictObject({
    type: z.enum(['SAMLUser', 'WebIdentityUser']),
    principalId: z.string(),
    userName: z.string(),
    identityProvider: z.string(),
  }),
]);

const common = {
  eventVersion: z.enum(['1.08', '1.09', '1.10', '1.11']),
  userIdentity,
  eventTime: z.string().regex(/^2026-10-14T\d\d:\d\d:\d\dZ$/),
  eventSource: z.string().endsWith('.amazonaws.com'),
  eventName: z.string().min(1),
  awsRegion: z.enum(['eu-west-1', 'us-east-1', 'eu-central-1']),
  sourceIPAddress: z.union([z.ipv4(), z.ipv6(), z.string().endsWith('.amazonaws.com'), z.literal('AWS Internal')]),
  userAgent: z.string().min(1).max(1024),
  requestParameters: object.nullable(),
  responseElements: object.nullable(),
  eventID: z.guid(),
  readOnly: z.boolean(),
  recipientAccountId: z.literal('111122223333'),
  resources: z.array(z.strictObject({ accountId: account, type: z.string(), ARN: z.string() })).optional(),
  sharedEventID: z.guid().optional(),
  tlsDetails: z
    .strictObject({ tlsVersion: z.string(), cipherSuite: z.string(), clientProvidedHostHeader: z.string() })
    .optional(),
};
const management = { managementEvent: z.literal(true), eventCategory: z.literal('Management') };
const call = {
  ...common,
  eventType: z.literal('AwsApiCall'),
  requestID: z.union([z.guid(), z.string().regex(/^[A-Z0-9]{16}$/)]),
  errorCode: z.string().min(1).optional(),
  errorMessage: z.string().min(1).optional(),
  additionalEventData: object.optional(),
  vpcEndpointId: z.string().startsWith('vpce-').optional(),
  vpcEndpointAccountId: account.optional(),
  sessionCredentialFromConsole: z.literal('true').optional(),
};

/** A record of versions 1.08 to 1.11, with no field that CloudTrail does not have. */
export const recordShape = z.union([
  z.strictObject({ ...call, ...management }),
  z.strictObject({ ...call, managementEvent: z.literal(false), eventCategory: z.literal('Data') }),
  z.strictObject({
    ...common,
    ...management,
    eventType: z.literal('AwsConsoleSignIn'),
    eventSource: z.literal('signin.amazonaws.com'),
    requestParameters: z.null(),
    responseElements: z.record(z.string(), z.enum(['Success', 'Failure'])),
    additionalEventData: object,
    errorMessage: z.literal('Failed authentication').optional(),
  }),
  z.strictObject({
    ...common,
    ...management,
    eventType: z.literal('AwsServiceEvent'),
    requestID: z.guid(),
    serviceEventDetails: object,
  }),
]);
