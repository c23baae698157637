import * as z from 'zod/mini';
import { EventError, messageOf } from './errors.ts';

/** An object of a bucket, by its key as it is. */
export type LogObject = { readonly bucket: string; readonly key: string };

const named = z.object({ name: z.string() });
const keyed = z.object({ key: z.string() });

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const bucketNotification = z.object({
  Records: z.array(
    z.object({
      eventSource: z.literal('aws:s3'),
      eventName: z.string(),
      s3: z.object({ bucket: named, object: keyed }),
    }),
  ),
});

/** S3 sends it when notifications are set up. */
const testOfNotifications = z.object({ Service: z.literal('Amazon S3'), Event: z.literal('s3:TestEvent') });

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const eventOfBucket = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ bucket: named, object: keyed }),
});

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html */
const noticeOfTrail = z.object({ s3Bucket: z.string(), s3ObjectKey: z.array(z.string()) });

/** https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html */
const messageOfTopic = z.object({ Type: z.literal('Notification'), Message: z.string() });

const notice = z.union([bucketNotification, eventOfBucket, noticeOfTrail, messageOfTopic, testOfNotifications]);

/** What CloudTrail says to a topic to see whether it may. */
const testOfTopic = 'CloudTrail validation message.';

/**
 * The objects that a message says are there: a notification of S3 to the queue, through SNS or through EventBridge, or a trail's
 * own notice. None for tests and for objects that went away. Throws EventError where it is nothing of these.
 */
export const parseObjectNotice = (body: string): readonly LogObject[] => {
  if (body === testOfTopic) return [];
  const parsed = notice.safeParse(readJson(body));
  if (!parsed.success) {
    throw new EventError(
      'EVENT_NOT_CLOUDTRAIL',
      'a message that tells of no object, neither from S3 nor from CloudTrail',
    );
  }
  const told = parsed.data;
  if ('Message' in told) return parseObjectNotice(told.Message);
  if ('Records' in told) {
    return told.Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:')).map(({ s3 }) => ({
      bucket: s3.bucket.name,
      key: decodeKey(s3.object.key),
    }));
  }
  if ('detail' in told) return [{ bucket: told.detail.bucket.name, key: told.detail.object.key }];
  if ('s3Bucket' in told) return told.s3ObjectKey.map((key) => ({ bucket: told.s3Bucket, key }));
  return [];
};

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EventError('EVENT_DAMAGED', `a message that is not JSON: ${messageOf(error)}`, { cause: error });
  }
};

/** Notifications write keys as forms do, percent-encoded and with `+` for a space; EventBridge and trails as they are. */
const decodeKey = (key: string): string => {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw new EventError('EVENT_DAMAGED', `a key that is not percent-encoded: ${JSON.stringify(key)}`, {
      cause: error,
    });
  }
};
