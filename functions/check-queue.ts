import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type RecheckRequest, recheckWaits } from '../engine/recheck.ts';
import type { ResponsePorts } from '../engine/response.ts';

/** Has this function called again with a message after a while: a queue waits for nothing, a Lambda that sleeps is paid for. */
export const createCheckQueue = (QueueUrl: string, client = new SQSClient()): ResponsePorts['checkLater'] => {
  return async (check, round) => {
    const request: RecheckRequest = { check, round };
    const MessageBody = JSON.stringify(request);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: recheckWaits[round] }));
  };
};
