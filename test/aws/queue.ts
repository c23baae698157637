import { motoAccount, region } from './moto.ts';

type Message = { readonly Body: string; readonly ReceiptHandle: string };

/** SQS over its JSON protocol: a client package for five calls of the tests would be one more dependency. */
const call = async <T>(action: string, body: object): Promise<T> => {
  const response = await fetch(String(process.env.AWS_ENDPOINT_URL), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/${region}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

/** How many messages of a queue of the stack wait until they may be received. */
export const countDelayed = async (name: string): Promise<number> => {
  const { QueueUrl } = await call<{ QueueUrl: string }>('GetQueueUrl', { QueueName: name });
  const AttributeNames = ['ApproximateNumberOfMessagesDelayed'];
  const { Attributes } = await call<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
    QueueUrl,
    AttributeNames,
  });
  return Number(Attributes.ApproximateNumberOfMessagesDelayed);
};

/** A queue in moto; `receive` takes all that is in it, parsed. */
export const createQueue = async (name: string) => {
  const { QueueUrl } = await call<{ QueueUrl: string }>('CreateQueue', { QueueName: name });
  return queueAt(name, QueueUrl);
};

/** A queue of the stack. */
export const openQueue = async (name: string) => {
  const { QueueUrl } = await call<{ QueueUrl: string }>('GetQueueUrl', { QueueName: name });
  return queueAt(name, QueueUrl);
};

const queueAt = (name: string, QueueUrl: string) => {
  return {
    arn: `arn:aws:sqs:${region}:${motoAccount}:${name}`,
    receive: async (): Promise<readonly Record<string, unknown>[]> => {
      const { Messages = [] } = await call<{ Messages?: readonly Message[] }>('ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
      });
      for (const { ReceiptHandle } of Messages) await call('DeleteMessage', { QueueUrl, ReceiptHandle });
      return Messages.map(({ Body }) => JSON.parse(Body) as Record<string, unknown>);
    },
  };
};
