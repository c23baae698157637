import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ResponseStore, storedResponseSchema } from '../engine/stored-response.ts';
import { resultOf } from './conditional-write.ts';

const keepSeconds = 90 * 86_400;

/** Responses that ran, kept for 90 days so that they can be looked at again and undone; the first of an id stays. */
export const createResponseStore = (
  client: DynamoDBDocumentClient,
  TableName: string,
  now: () => number,
): ResponseStore => {
  const keyOf = (commandUid: string) => ({ id: `response#${commandUid}` });
  const mark = async (commandUid: string, what: 'undone' | 'carriedOut'): Promise<void> => {
    await client.send(
      new UpdateCommand({
        TableName,
        Key: keyOf(commandUid),
        UpdateExpression: 'SET #what = :true',
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeNames: { '#what': what },
        ExpressionAttributeValues: { ':true': true },
      }),
    );
  };
  return {
    save: async (commandUid, { plan, cause, undone, carriedOut }) => {
      const expiration = Math.ceil(now() / 1_000) + keepSeconds;
      const Item = { ...keyOf(commandUid), response: JSON.stringify({ plan, cause }), undone, carriedOut, expiration };
      const put = new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(id)' });
      return (await resultOf(client.send(put))) !== undefined;
    },
    load: async (commandUid) => {
      const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(commandUid), ConsistentRead: true }));
      if (Item === undefined) return undefined;
      const { response, undone, carriedOut } = Item;
      return storedResponseSchema.parse({ ...JSON.parse(response), undone, carriedOut });
    },
    markUndone: (commandUid) => mark(commandUid, 'undone'),
    markCarriedOut: (commandUid) => mark(commandUid, 'carriedOut'),
  };
};
