import { describe, expect, it } from 'vitest';
import { parseObjectNotice } from '../../engine/object-notice.ts';

const notification = (key: string, eventName = 'ObjectCreated:Put') => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventName,
      s3: { bucket: { name: 'trail', arn: 'arn:aws:s3:::trail' }, object: { key, size: 4_011, eTag: 'e' } },
    },
  ],
});
const throughTopic = (message: unknown) => ({
  Type: 'Notification',
  MessageId: 'm',
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:trail',
  Message: typeof message === 'string' ? message : JSON.stringify(message),
});
const event = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { version: '0', bucket: { name: 'trail' }, object: { key: 'a b/c+d.json.gz', size: 5 }, reason: 'PutObject' },
};
const parse = (body: unknown) => parseObjectNotice(typeof body === 'string' ? body : JSON.stringify(body));

describe('a message of the queue', () => {
  it.each([
    ['S3', notification('a+b/c%2Bd.json.gz')],
    ['S3 through SNS', throughTopic(notification('a+b/c%2Bd.json.gz'))],
    ['S3 through EventBridge', event],
    ['a trail’s own topic', throughTopic({ s3Bucket: 'trail', s3ObjectKey: ['a b/c+d.json.gz'] })],
    ['a trail’s own topic with raw delivery', { s3Bucket: 'trail', s3ObjectKey: ['a b/c+d.json.gz'] }],
  ])('from %s names the object by its key as it is', (_, body) => {
    expect(parse(body)).toEqual([{ bucket: 'trail', key: 'a b/c+d.json.gz' }]);
  });

  it.each([
    ['S3’s test of its notifications', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'trail' }],
    ['the same through SNS', throughTopic({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'trail' })],
    ['CloudTrail’s test of its topic', throughTopic('CloudTrail validation message.')],
    ['an object that went away', notification('a.json.gz', 'ObjectRemoved:Delete')],
  ])('is nothing to read: %s', (_, body) => {
    expect(parse(body)).toEqual([]);
  });

  it.each([
    ['a text', 'hello', 'EVENT_DAMAGED'],
    ['another document', { Records: [{ eventSource: 'aws:sqs' }] }, 'EVENT_NOT_CLOUDTRAIL'],
    ['another event', { ...event, 'detail-type': 'Object Deleted' }, 'EVENT_NOT_CLOUDTRAIL'],
    ['a topic that asks to be confirmed', { Type: 'SubscriptionConfirmation', Message: 'm' }, 'EVENT_NOT_CLOUDTRAIL'],
    ['another message of a topic', throughTopic({ order: 1 }), 'EVENT_NOT_CLOUDTRAIL'],
    ['a key that is not encoded', notification('a%zz'), 'EVENT_DAMAGED'],
  ])('is refused: %s', (_, body, code) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ code }));
  });
});
