import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter, DeadLetterQueue, Redrive } from '../engine/dead-letter.ts';

/** A message that nobody else gets until it is deleted or released, or ten minutes have passed. */
export type HeldLetter = DeadLetter & { readonly receipt: string };

export type OpenQueue = {
  readonly arn: string;
  /** Up to ten messages; none where nothing is left. */
  readonly receive: () => Promise<readonly HeldLetter[]>;
  readonly delete: (letter: HeldLetter) => Promise<void>;
  /** Lets others have it again. */
  readonly release: (letter: HeldLetter) => Promise<void>;
};

export type DeadLetters = {
  /** `undefined` where there is no such queue. */
  readonly open: (queue: DeadLetterQueue) => Promise<OpenQueue | undefined>;
  /** Hands a dead letter to a function, which is not waited for, or puts it into a queue. */
  readonly send: (redrive: Exclude<Redrive, { to: 'nobody' }>) => Promise<void>;
};

const holdSeconds = 600;

/** The dead-letter queues of an account and region, and whom their messages are for. What AWS refuses is thrown as it is. */
export const createDeadLetters = (settings: { readonly region?: string } = {}): DeadLetters => {
  const sqs = new SQSClient(settings);
  const lambda = new LambdaClient(settings);
  const urlOf = async (QueueName: string): Promise<string | undefined> =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;

  const openQueue = async (QueueUrl: string | undefined): Promise<OpenQueue> => {
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    const { Attributes } = await sqs.send(asked);
    return {
      arn: Attributes?.QueueArn ?? '',
      receive: async () => {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: holdSeconds,
            // Without a wait SQS asks few of its servers, and none may have what there is.
            WaitTimeSeconds: 1,
            MessageSystemAttributeNames: ['SentTimestamp'],
            MessageAttributeNames: ['TARGET_ARN'],
          }),
        );
        return Messages.map(
          ({ MessageId = '', Body = '', ReceiptHandle = '', Attributes: sent, MessageAttributes }) => ({
            id: MessageId,
            body: Body,
            sentAt: Number(sent?.SentTimestamp),
            targetArn: MessageAttributes?.TARGET_ARN?.StringValue,
            receipt: ReceiptHandle,
          }),
        );
      },
      delete: async ({ receipt }) => {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }));
      },
      release: async ({ receipt }) => {
        const release = { QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 };
        await sqs.send(new ChangeMessageVisibilityCommand(release));
      },
    };
  };

  return {
    open: async (queue) => {
      try {
        return await openQueue(await urlOf(queue));
      } catch (error) {
        if (error instanceof QueueDoesNotExist) return undefined;
        throw error;
      }
    },
    send: async (redrive) => {
      if (redrive.to === 'queue') {
        const QueueUrl = await urlOf(redrive.name);
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: redrive.body }));
        return;
      }
      const Payload = new TextEncoder().encode(redrive.payload);
      await lambda.send(new InvokeCommand({ FunctionName: redrive.name, InvocationType: 'Event', Payload }));
    },
  };
};
