import * as z from 'zod/mini';
import { EventError, messageOf } from './errors.ts';
import { type CloudTrailRecord, isJsonObject, isRecord, type JsonObject } from './record.ts';

/** A record with what is known of the way it came. */
export type Delivery = {
  readonly record: CloudTrailRecord;
  readonly event?: {
    readonly id: string;
    readonly source: string;
    /** Whose event it is: AWS writes that of the sender, and forwarding does not change it. */
    readonly account?: string;
  };
  /** Where it is history: replayed from an EventBridge archive, or read from a log long after. No response acts on it. */
  readonly replayName?: string;
};

/** What an input held: records, things that are expected and carry none, and what could not be used, each with its place. */
export type Unwrapped =
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'skipped'; readonly place: string; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly place: string; readonly error: EventError };

/** Turns the `awslogs.data` of a CloudWatch Logs subscription (base64 of gzip) into the payload. */
export type Inflate = (base64: string) => unknown;

/**
 * The detail-types of CloudTrail. AWS's guides spell the sign-in one in two ways; both arrive here.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export const cloudTrailDetailTypes = [
  'AWS API Call via CloudTrail',
  'AWS Console Sign In via CloudTrail',
  'AWS Console Signin via CloudTrail',
  'AWS Console Action via CloudTrail',
  'AWS Service Event via CloudTrail',
  'AWS Insight via CloudTrail',
  'AWS Network Activity Event via CloudTrail',
] as const;

const eventBridgeEvent = z.looseObject({
  id: z.string(),
  'detail-type': z.enum(cloudTrailDetailTypes),
  source: z.string(),
  account: z.optional(z.string()),
  detail: z.unknown(),
  'replay-name': z.optional(z.string()),
});

/** Whether a value is a record in no envelope: the common case by far in logs, which may be spared the generators below. */
export const isBareRecord = (value: unknown): value is CloudTrailRecord =>
  isJsonObject(value) && isRecord(value) && value['detail-type'] === undefined;

/** Envelopes may hold envelopes (a list of CloudWatch payloads, say); real ones are at most three deep. */
const maxNesting = 6;

/**
 * Yields every record in any of the envelopes CloudTrail arrives in, told apart by content: a record, `{"Records": []}`
 * of a log file, an EventBridge event, LookupEvents output, CloudWatch Logs payloads, and lists of these.
 */
export function* unwrap(input: unknown, inflate: Inflate, place = ''): Generator<Unwrapped> {
  yield* unwrapAt(input, inflate, place, 0);
}

function* unwrapAt(input: unknown, inflate: Inflate, place: string, depth: number): Generator<Unwrapped> {
  if (depth > maxNesting) {
    yield unreadable(place, 'EVENT_NOT_CLOUDTRAIL', `envelopes nested more than ${maxNesting} deep`);
  } else if (Array.isArray(input)) {
    yield* unwrapEach(input, inflate, place, depth);
  } else if (!isJsonObject(input)) {
    yield unreadable(place, 'EVENT_NOT_CLOUDTRAIL', `expected a JSON object, found ${describe(input)}`);
  } else if ('detail-type' in input) {
    yield unwrapEvent(input, place);
  } else if (isRecord(input)) {
    yield { kind: 'delivery', delivery: { record: input } };
  } else if (Array.isArray(input.Records)) {
    yield* unwrapEach(input.Records, inflate, `${place}.Records`, depth);
  } else if (Array.isArray(input.Events)) {
    yield* unwrapEach(input.Events, inflate, `${place}.Events`, depth);
  } else if (typeof input.CloudTrailEvent === 'string') {
    yield* unwrapText(input.CloudTrailEvent, inflate, `${place}.CloudTrailEvent`, depth);
  } else if (isJsonObject(input.awslogs) && typeof input.awslogs.data === 'string') {
    yield* unwrapAwsLogs(input.awslogs.data, inflate, `${place}.awslogs.data`, depth);
  } else if (Array.isArray(input.logEvents)) {
    yield* unwrapLogEvents(input, inflate, `${place}.logEvents`, depth);
  } else {
    yield unwrapKnownOther(input, place);
  }
}

function* unwrapEach(items: readonly unknown[], inflate: Inflate, place: string, depth: number): Generator<Unwrapped> {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (isBareRecord(item)) yield { kind: 'delivery', delivery: { record: item } };
    else yield* unwrapAt(item, inflate, `${place}[${index}]`, depth + 1);
  }
}

const unwrapEvent = (input: JsonObject, place: string): Unwrapped => {
  const event = eventBridgeEvent.safeParse(input);
  if (!event.success) {
    const issue = event.error.issues[0];
    const path = issue?.path.join('.') ?? '';
    const found = path === 'detail-type' ? ` (found ${describe(input['detail-type'])})` : '';
    return unreadable(place, 'EVENT_NOT_CLOUDTRAIL', `EventBridge event, field "${path}": ${issue?.message}${found}`);
  }
  const { detail, id, source, account, 'replay-name': replayName } = event.data;
  if (!isJsonObject(detail) || !isRecord(detail)) {
    return unreadable(place, 'EVENT_NOT_CLOUDTRAIL', 'EventBridge event whose "detail" is not a CloudTrail record');
  }
  const origin = { id, source, ...(account === undefined ? {} : { account }) };
  const delivery = { record: detail, event: origin, ...(replayName === undefined ? {} : { replayName }) };
  return { kind: 'delivery', delivery };
};

function* unwrapText(text: string, inflate: Inflate, place: string, depth: number): Generator<Unwrapped> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    yield unreadable(place, 'EVENT_DAMAGED', `not JSON: ${messageOf(error)}`, error);
    return;
  }
  yield* unwrapAt(value, inflate, place, depth + 1);
}

function* unwrapAwsLogs(data: string, inflate: Inflate, place: string, depth: number): Generator<Unwrapped> {
  let payload: unknown;
  try {
    payload = inflate(data);
  } catch (error) {
    yield unreadable(place, 'EVENT_DAMAGED', `not base64 of gzipped JSON: ${messageOf(error)}`, error);
    return;
  }
  yield* unwrapAt(payload, inflate, place, depth + 1);
}

function* unwrapLogEvents(payload: JsonObject, inflate: Inflate, place: string, depth: number): Generator<Unwrapped> {
  if (payload.messageType === 'CONTROL_MESSAGE') {
    yield { kind: 'skipped', place, reason: 'CloudWatch Logs control message' };
    return;
  }
  for (const [index, entry] of (payload.logEvents as readonly unknown[]).entries()) {
    const at = `${place}[${index}].message`;
    if (isJsonObject(entry) && typeof entry.message === 'string') yield* unwrapText(entry.message, inflate, at, depth);
    else yield unreadable(at, 'EVENT_NOT_CLOUDTRAIL', 'log event without a message');
  }
}

/** Files that lie beside log files and hold no records: named, so that nobody takes them for damage. */
const unwrapKnownOther = (input: JsonObject, place: string): Unwrapped => {
  if ('digestStartTime' in input) return { kind: 'skipped', place, reason: 'CloudTrail digest' };
  if (isJsonObject(input.Metadata) && 'signature' in input.Metadata)
    return { kind: 'skipped', place, reason: 'metadata of a CloudTrail digest' };
  if (input.eventCategory === 'Aggregated') return { kind: 'skipped', place, reason: 'aggregated data event' };
  const keys = Object.keys(input)
    .slice(0, 5)
    .map((key) => JSON.stringify(key.slice(0, 40)));
  return unreadable(
    place,
    'EVENT_NOT_CLOUDTRAIL',
    `JSON that is not from CloudTrail (keys ${keys.join(', ') || 'none'})`,
  );
};

const unreadable = (place: string, code: EventError['code'], message: string, cause?: unknown): Unwrapped => ({
  kind: 'unreadable',
  place,
  error: new EventError(code, message, { cause }),
});

const describe = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  return value === null ? 'null' : typeof value;
};
