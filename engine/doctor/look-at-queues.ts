import * as z from 'zod/mini';
import { type AskHere, looked } from './ask.ts';
import type { Queue } from './snapshot.ts';

/** Queues whose names begin so, each with how many messages lie in it. */
export const lookAtQueues = async (ask: AskHere, QueueNamePrefix: string): Promise<readonly Queue[]> => {
  const schema = z.looseObject({ QueueUrls: z._default(z.array(z.string()), []) });
  const attributes = z.looseObject({ Attributes: z.looseObject({ ApproximateNumberOfMessages: z.coerce.number() }) });
  const { QueueUrls } = await ask('sqs:ListQueues', { QueueNamePrefix }, schema);
  return Promise.all(
    QueueUrls.map(async (QueueUrl) => ({
      name: QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1),
      messages: await looked(async () => {
        const AttributeNames = ['ApproximateNumberOfMessages'];
        const { Attributes } = await ask('sqs:GetQueueAttributes', { QueueUrl, AttributeNames }, attributes);
        return Attributes.ApproximateNumberOfMessages;
      }),
    })),
  );
};
