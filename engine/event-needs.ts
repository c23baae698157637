import { isNameOf } from './event-name.ts';
import { readText } from './field.ts';
import type { CloudTrailRecord } from './record.ts';
import type { Rule } from './rule.ts';

/** What a rule needs of a trail and of a subscription, for whoever wonders why it is quiet. */
export type EventNeeds = {
  /** Whether calls that only read are among its events: a subscription that is just `ENABLED` does not get them. */
  readonly reads: 'none' | 'some' | 'all';
  /** What a trail has to log. */
  readonly classes: readonly string[];
  /** Where its events arrive. */
  readonly regions: readonly string[];
};

/** What reads by its name. Exact names that are no reads come before. */
const readingName = /^(?:BatchGet|Describe|Get|Head|List|Lookup|Search)/;

/**
 * Calls that are recorded as reads though their names do not say so, and the other way round.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
const reads: readonly string[] = [
  'sts.amazonaws.com AssumeRole',
  'sts.amazonaws.com AssumeRoleWithSAML',
  'sts.amazonaws.com AssumeRoleWithWebIdentity',
  'kms.amazonaws.com Decrypt',
  'kms.amazonaws.com Encrypt',
  'kms.amazonaws.com GenerateDataKey',
  'kms.amazonaws.com GenerateDataKeyWithoutPlaintext',
  'dynamodb.amazonaws.com Query',
  'dynamodb.amazonaws.com Scan',
  'bedrock.amazonaws.com Converse',
  'bedrock.amazonaws.com ConverseStream',
  'bedrock.amazonaws.com InvokeModel',
  'bedrock.amazonaws.com InvokeModelWithResponseStream',
  'rds.amazonaws.com DownloadCompleteDBLogFile',
  'rds.amazonaws.com DownloadDBLogFilePortion',
];
const writes: ReadonlySet<string> = new Set([
  'signin.amazonaws.com GetSigninToken',
  'sts.amazonaws.com GetFederationToken',
  'sts.amazonaws.com GetSessionToken',
]);

/** Whether CloudTrail records an event as read-only. A name that ends in `*` is one when an event it stands for may be. */
export const isReadOnly = (source: string, name: string): boolean => {
  const event = `${source} ${name}`;
  if (writes.has(event)) return false;
  return readingName.test(name) || reads.some((read) => read === event || isNameOf(event, read));
};

/** Events that only a trail with data events brings. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html */
const dataEvents: Readonly<Record<string, { readonly is: string; readonly names: readonly string[] }>> = {
  's3.amazonaws.com': {
    is: 'data events of S3 objects',
    names: [
      ...['AbortMultipartUpload', 'CompleteMultipartUpload', 'CopyObject', 'CreateMultipartUpload', 'DeleteObject'],
      ...['DeleteObjectTagging', 'DeleteObjects', 'GetObject', 'GetObjectAcl', 'GetObjectAttributes'],
      ...['GetObjectLegalHold', 'GetObjectRetention', 'GetObjectTagging', 'GetObjectTorrent', 'HeadObject'],
      ...['ListObjectVersions', 'ListObjects', 'ListParts', 'PutObject', 'PutObjectAcl', 'PutObjectLegalHold'],
      ...['PutObjectRetention', 'PutObjectTagging', 'RestoreObject', 'SelectObjectContent', 'UploadPart'],
      ...['UploadPartCopy'],
    ],
  },
  'lambda.amazonaws.com': { is: 'data events of Lambda functions', names: ['Invoke', 'InvokeFunction'] },
  'dynamodb.amazonaws.com': {
    is: 'data events of DynamoDB tables',
    names: [
      ...['BatchExecuteStatement', 'BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'ExecuteStatement', 'GetItem'],
      ...['PutItem', 'Query', 'Scan', 'TransactGetItems', 'TransactWriteItems', 'UpdateItem'],
    ],
  },
  'cognito-identity.amazonaws.com': {
    is: 'data events of Cognito identity pools',
    names: [
      'GetCredentialsForIdentity',
      'GetId',
      'GetOpenIdToken',
      'GetOpenIdTokenForDeveloperIdentity',
      'UnlinkIdentity',
    ],
  },
  'ses.amazonaws.com': {
    is: 'data events of SES identities',
    names: ['SendBulkEmail', 'SendBulkTemplatedEmail', 'SendEmail', 'SendRawEmail', 'SendTemplatedEmail'],
  },
  'sns.amazonaws.com': { is: 'data events of SNS topics', names: ['Publish', 'PublishBatch'] },
  'sqs.amazonaws.com': {
    is: 'data events of SQS queues',
    names: ['DeleteMessage', 'ReceiveMessage', 'SendMessage', 'SendMessageBatch'],
  },
};

/** The class of data events that an event belongs to; nothing for management events. */
export const dataClassOf = (source: string, name: string): string | undefined => {
  const known = Object.hasOwn(dataEvents, source) ? dataEvents[source] : undefined;
  return known?.names.some((each) => each === name || isNameOf(name, each)) ? known.is : undefined;
};

/** Global services record in one Region. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events */
const global: ReadonlySet<string> = new Set([
  'account.amazonaws.com',
  'cloudfront.amazonaws.com',
  'iam.amazonaws.com',
  'organizations.amazonaws.com',
  'route53.amazonaws.com',
  'route53domains.amazonaws.com',
  'waf.amazonaws.com',
]);
const ofTheCall = 'the Region of the call';

/** Where the events of a source arrive. */
export const regionOf = (source: string): string => {
  if (global.has(source)) return 'us-east-1';
  if (source === 'signin.amazonaws.com')
    return 'the Region of the sign-in: us-east-1, or that of a regional sign-in page';
  if (source === 'sts.amazonaws.com') return 'the Region of the STS endpoint: us-east-1 for the global one';
  return ofTheCall;
};

const management = 'management events';
const ofRecord = new Map([
  ['NetworkActivity', 'network activity events of VPC endpoints'],
  ['Insight', 'CloudTrail Insights'],
]);

/** What the events of a rule need. `records` are some that it matches: they tell classes that no name of an event does. */
export const needsOf = ({ events }: Pick<Rule, 'events'>, records: readonly CloudTrailRecord[]): EventNeeds => {
  const classes = records.flatMap((record) => ofRecord.get(readText(record, 'eventCategory') ?? '') ?? []);
  // Neither class has calls that a subscription would hold back as reads.
  const isCalls = records.length === 0 || classes.length < records.length;
  if (events === undefined) {
    const data = records.flatMap(
      (record) => dataClassOf(readText(record, 'eventSource') ?? '', readText(record, 'eventName') ?? '') ?? [],
    );
    const all = [...(isCalls ? [management] : []), ...classes, ...data];
    return { reads: isCalls ? 'some' : 'none', classes: unique(all), regions: ['every Region'] };
  }
  const named = Object.entries(events).flatMap(([source, names]) =>
    (names === '*' ? ['*'] : names).map((name) => ({ source, name })),
  );
  const isRead = named.map(({ source, name }) => isCalls && (name === '*' || isReadOnly(source, name)));
  const isWhole = named.some(({ name }) => name === '*');
  return {
    reads: !isRead.includes(true) ? 'none' : isRead.includes(false) || isWhole ? 'some' : 'all',
    classes: unique([
      ...classes,
      ...(isCalls ? named.map(({ source, name }) => dataClassOf(source, name) ?? management) : []),
    ]),
    regions: unique(named.map(({ source }) => regionOf(source))),
  };
};

/** What several rules need together. */
export const needsTogether = (needs: readonly EventNeeds[]): EventNeeds => {
  const each = new Set(needs.map((one) => one.reads));
  return {
    reads: each.size === 1 ? ([...each][0] ?? 'none') : each.size === 0 ? 'none' : 'some',
    classes: unique(needs.flatMap(({ classes }) => classes)),
    regions: unique(needs.flatMap(({ regions }) => regions)),
  };
};

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();
