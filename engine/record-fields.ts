/** The fields of a record. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
export const recordFields: ReadonlySet<string> = new Set([
  'addendum',
  'additionalEventData',
  'annotation',
  'apiVersion',
  'awsRegion',
  'edgeDeviceDetails',
  'errorCode',
  'errorMessage',
  'eventCategory',
  'eventContext',
  'eventID',
  'eventName',
  'eventSource',
  'eventTime',
  'eventType',
  'eventVersion',
  'insightDetails',
  'managementEvent',
  'readOnly',
  'recipientAccountId',
  'requestID',
  'requestParameters',
  'resources',
  'responseElements',
  'serviceEventDetails',
  'sessionCredentialFromConsole',
  'sharedEventID',
  'sourceIPAddress',
  'tlsDetails',
  'userAgent',
  'userIdentity',
  'vpcEndpointAccountId',
  'vpcEndpointId',
]);

/** The fields of `userIdentity`. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
export const identityFields: ReadonlySet<string> = new Set([
  'accessKeyId',
  'accountId',
  'arn',
  'credentialId',
  'identityProvider',
  'inScopeOf',
  'invokedBy',
  'invokedByDelegate',
  'onBehalfOf',
  'principalId',
  'sessionContext',
  'type',
  'userName',
]);

const isIdentityType = [
  'AWSAccount',
  'AWSService',
  'AssumedRole',
  'Directory',
  'FederatedUser',
  'IAMUser',
  'IdentityCenterUser',
  'Role',
  'Root',
  'SAMLUser',
  'Unknown',
  'WebIdentityUser',
];

/** Fields that hold one of few values, as CloudTrail writes them. */
export const fieldValues: Readonly<Record<string, readonly string[]>> = {
  eventCategory: ['Aggregated', 'Data', 'Insight', 'Management', 'NetworkActivity'],
  eventType: [
    'AwsAggregatedEvent',
    'AwsApiCall',
    'AwsCloudTrailInsight',
    'AwsConsoleAction',
    'AwsConsoleSignIn',
    'AwsServiceEvent',
    'AwsVpceEvent',
    'AwsVpceEvents',
  ],
  'responseElements.ConsoleLogin': ['Failure', 'Success'],
  sessionCredentialFromConsole: ['true'],
  'userIdentity.sessionContext.attributes.mfaAuthenticated': ['false', 'true'],
  'userIdentity.sessionContext.sessionIssuer.type': ['IAMUser', 'Role', 'Root'],
  'userIdentity.type': isIdentityType,
};

/** Names that AWS replaces by later ones and goes on to use: a rule that knows some of them misses the rest. */
export const successions: readonly (readonly string[])[] = [
  ['AWSCompromisedKeyQuarantine', 'AWSCompromisedKeyQuarantineV2', 'AWSCompromisedKeyQuarantineV3'],
];

/** Whether a field of the record's own holds one value at most. */
export const isSingleField = (path: string): boolean =>
  !/^(?:additionalEventData|eventContext|requestParameters|resources|responseElements|serviceEventDetails)(?:\.|$)/.test(
    path,
  ) || Object.hasOwn(fieldValues, path);
