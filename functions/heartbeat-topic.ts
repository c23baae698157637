import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Heartbeat } from './heartbeat.ts';

/** Publishes to a topic of your own: who subscribes to it notices when nothing comes. */
export const createTopicHeartbeat =
  (TopicArn: string, client = new SNSClient()): Heartbeat =>
  async (Message) => {
    await client.send(new PublishCommand({ TopicArn, Subject: 'Trailwire', Message }));
  };
