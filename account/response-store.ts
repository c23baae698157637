import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ResponseStore, type StoredResponse, storedResponseSchema } from '../engine/stored-response.ts';
import { resultOf } from './conditional-write.ts';

/** The index that has all responses in the order of their time; nothing else of the table is in it. */
export const responsesIndex = {
  all: {
    IndexName: 'responses',
    KeyConditionExpression: 'kind = :kind',
    ExpressionAttributeValues: { ':kind': 'response' },
  },
  keysOf: (at: number) => ({ kind: 'response', at }),
};

const keepSeconds = 90 * 86_400;

/** Responses that ran or wait, kept for 90 days so that they can be looked at again and undone; the first of an id stays. */
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
    save: async (commandUid, { undone, carriedOut, ...more }) => {
      const at = now();
      const expiration = Math.ceil(at / 1_000) + keepSeconds;
      const response = JSON.stringify(more);
      const Item = { ...keyOf(commandUid), ...responsesIndex.keysOf(at), response, undone, carriedOut, expiration };
      const put = new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(id)' });
      return (await resultOf(client.send(put))) !== undefined;
    },
    load: async (commandUid) => {
      const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(commandUid), ConsistentRead: true }));
      return Item === undefined ? undefined : parseResponse(Item);
    },
    markUndone: (commandUid) => mark(commandUid, 'undone'),
    markCarriedOut: (commandUid) => mark(commandUid, 'carriedOut'),
    claim: async (principal, commandUid, until) => {
      const claim = new PutCommand({
        TableName,
        Item: { id: `claim#${principal}`, holder: commandUid, expiration: Math.ceil(until / 1_000) },
        // Its own claim too: a run that died right after it is delivered again.
        ConditionExpression: 'attribute_not_exists(id) OR expiration <= :now OR holder = :holder',
        ExpressionAttributeValues: { ':now': Math.floor(now() / 1_000), ':holder': commandUid },
      });
      return (await resultOf(client.send(claim))) !== undefined;
    },
  };
};

/** Parses an item of the table. Throws for a plan with a call that is not on the closed list. */
export const parseResponse = ({ response, undone, carriedOut }: Record<string, unknown>): StoredResponse =>
  storedResponseSchema.parse({ ...JSON.parse(String(response)), undone, carriedOut });
