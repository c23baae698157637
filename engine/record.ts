import { createHash } from 'node:crypto';
import { readText } from './field.ts';

export type JsonObject = { readonly [key: string]: unknown };

/**
 * One CloudTrail record. Its content is untrusted and of many versions (1.01 to 1.11), so no field has a type
 * here: everything reads it through `field.ts`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export type CloudTrailRecord = JsonObject;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether a JSON object is a CloudTrail record: a call, sign-in or service event with source and name, or an Insights
 * record, which has neither at its top. S3 notifications share both field names; theirs begin with `aws:`.
 */
export const isRecord = (value: JsonObject): boolean => {
  if (isInsight(value)) return true;
  return (
    typeof value.eventSource === 'string' &&
    typeof value.eventName === 'string' &&
    !value.eventSource.startsWith('aws:') &&
    value.eventCategory !== 'Aggregated'
  );
};

const isInsight = (value: JsonObject): boolean =>
  value.eventType === 'AwsCloudTrailInsight' && isJsonObject(value.insightDetails);

/** The event source, in Insights records that of the call they are about; `unknown` is never a real one. */
export const eventSourceOf = (record: CloudTrailRecord): string =>
  readText(record, 'eventSource') ?? readText(record, 'insightDetails.eventSource') ?? 'unknown';

/** The event name, in Insights records that of the call they are about. */
export const eventNameOf = (record: CloudTrailRecord): string =>
  readText(record, 'eventName') ?? readText(record, 'insightDetails.eventName') ?? 'unknown';

/** The account the record was delivered for. */
export const accountOf = (record: CloudTrailRecord): string | undefined =>
  readText(record, 'recipientAccountId') ?? readText(record, 'userIdentity.accountId');

/** CloudTrail writes UTC. What else `Date.parse` would take means another moment in every time zone. */
const utcTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** Event time in milliseconds since 1970, or `undefined` where the record has none that can be read. */
export const eventTimeOf = (record: CloudTrailRecord): number | undefined => {
  const text = readText(record, 'eventTime');
  const time = text !== undefined && utcTime.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
};

/** Identifies the copy: the same delivery seen twice has the same id. Records before version 1.01 have no `eventID`. */
export const deliveryIdOf = (record: CloudTrailRecord): string => {
  const id = readText(record, 'eventID');
  if (id === undefined) return createHash('sha256').update(textOf(record)).digest('hex').slice(0, 36);
  return `${accountOf(record) ?? ''}/${id}`;
};

/** The record as text; nested too deep for that, which AWS never writes, what it says at its top. */
const textOf = (record: CloudTrailRecord): string => {
  try {
    return JSON.stringify(record);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(Object.entries(record).filter(([, value]) => typeof value !== 'object'));
  }
};

/**
 * Identifies the action: copies for several accounts (`sharedEventID`), Start and End of an Insight, and a record sent
 * again with corrections (`addendum.originalEventID`) are one action.
 */
export const actionIdOf = (record: CloudTrailRecord): string =>
  readText(record, 'addendum.originalEventID') ??
  readText(record, 'sharedEventID') ??
  readText(record, 'eventID') ??
  deliveryIdOf(record);
