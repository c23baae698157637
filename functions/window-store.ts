import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { resultOf } from '../account/conditional-write.ts';
import { maxCountedActions, type WindowStore } from '../engine/window-store.ts';

const seconds = (ms: number): number => Math.ceil(ms / 1_000);
const shortId = (actionId: string): string => createHash('sha256').update(actionId).digest('base64url').slice(0, 16);

/**
 * The window store on DynamoDB, one item an id: key `id`, TTL attribute `expiration` in seconds. TTL deletes within days,
 * not at once, so every read compares it. Updates are atomic; repeats of an action change nothing.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export const createDynamoWindowStore = (client: DynamoDBDocumentClient, TableName: string): WindowStore => {
  const key = (id: string) => ({ id: `window#${id}` });

  /** Replaces an item that has expired but still lies there; a rival who did so first is no error. */
  const renew = async (id: string, now: number, item: Record<string, unknown>): Promise<boolean> =>
    succeeds(
      client.send(
        new PutCommand({
          TableName,
          Item: { ...key(id), ...item },
          ConditionExpression: 'expiration <= :now',
          ExpressionAttributeValues: { ':now': seconds(now) },
        }),
      ),
    );

  return {
    look: async (id, now) => {
      const { Item } = await client.send(new GetCommand({ TableName, Key: key(id), ConsistentRead: true }));
      if (Item === undefined || Item.expiration <= seconds(now)) return undefined;
      return { count: Item.actions?.size ?? 0 };
    },

    remember: async (id, actionId, expiresAt, now) => {
      const action = shortId(actionId);
      const expiration = seconds(expiresAt);
      const add = new UpdateCommand({
        TableName,
        Key: key(id),
        UpdateExpression: 'ADD actions :action SET expiration = if_not_exists(expiration, :expiration)',
        ConditionExpression:
          '(attribute_not_exists(expiration) OR expiration > :now) AND (attribute_not_exists(actions) OR contains(actions, :one) OR size(actions) < :max)',
        ExpressionAttributeValues: {
          ':action': new Set([action]),
          ':one': action,
          ':expiration': expiration,
          ':now': seconds(now),
          ':max': maxCountedActions,
        },
        ReturnValues: 'ALL_NEW',
      });
      const counted = await resultOf(client.send(add));
      if (counted !== undefined) return { count: counted.Attributes?.actions?.size ?? 1 };
      if (await renew(id, now, { actions: new Set([action]), expiration })) return { count: 1 };
      // Either the item is full, or a rival renewed it just now.
      const again = await resultOf(client.send(add));
      return { count: again?.Attributes?.actions?.size ?? maxCountedActions };
    },

    take: async (id, limit, expiresAt, now) => {
      if (limit <= 0) return false;
      const expiration = seconds(expiresAt);
      const takeOne = (): Promise<boolean> =>
        succeeds(
          client.send(
            new UpdateCommand({
              TableName,
              Key: key(id),
              UpdateExpression: 'ADD taken :one SET expiration = if_not_exists(expiration, :expiration)',
              ConditionExpression:
                'attribute_not_exists(expiration) OR (expiration > :now AND (attribute_not_exists(taken) OR taken < :limit))',
              ExpressionAttributeValues: {
                ':one': 1,
                ':expiration': expiration,
                ':now': seconds(now),
                ':limit': limit,
              },
            }),
          ),
        );
      // Either no place is left, or a rival renewed the item just now.
      return (await takeOne()) || (await renew(id, now, { taken: 1, expiration })) || (await takeOne());
    },
  };
};

const succeeds = async (write: Promise<unknown>): Promise<boolean> => (await resultOf(write)) !== undefined;
