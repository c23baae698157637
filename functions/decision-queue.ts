import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SettleRequest } from '../engine/settle.ts';

/** Has `remediate` look at a decision that was taken. The message says which and nothing more: the table says what. */
export const createDecisionQueue = (QueueUrl: string, client = new SQSClient()) => {
  return async (settle: string): Promise<void> => {
    const request: SettleRequest = { settle };
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(request) }));
  };
};
