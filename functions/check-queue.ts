import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type RecheckRequest, recheckWaits } from '../engine/recheck.ts';
import type { ResponsePorts } from '../engine/response.ts';
import type { SettleRequest } from '../engine/settle.ts';

/** As long as SQS keeps a message back. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html */
const longestDelay = 900;

/** Has this function called again with a message after a while: a queue waits for nothing, a Lambda that sleeps is paid for. */
export const createCheckQueue = (
  QueueUrl: string,
  client = new SQSClient(),
): Pick<ResponsePorts, 'checkLater' | 'settleLater'> => {
  const send = async (request: RecheckRequest | SettleRequest, DelaySeconds: number): Promise<void> => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(request), DelaySeconds }));
  };
  return {
    checkLater: (check, round) => send({ check, round }, recheckWaits[round] ?? 0),
    settleLater: (settle, waitMs) => send({ settle }, Math.min(longestDelay, Math.max(1, Math.ceil(waitMs / 1_000)))),
  };
};
