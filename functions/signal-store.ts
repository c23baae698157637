import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { resultOf } from '../account/conditional-write.ts';
import { expirationOf, signalItemId } from '../engine/signal-item.ts';
import type { SignalStore } from '../engine/signal-store.ts';

const secondOf = (now: number): number => Math.floor(now / 1_000);

/**
 * The signal store on DynamoDB, one item a set: string set `texts`, TTL attribute `expiration` in seconds, compared by every
 * read since TTL deletes within days. ADD and DELETE on a set are atomic and repeat without effect, so that an SDK that
 * tries a write again, or two functions at once, lose and double nothing.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export const createDynamoSignalStore = (client: DynamoDBDocumentClient, TableName: string): SignalStore => {
  const idOf = (key: string) => ({ id: signalItemId(key) });

  const read = async (key: string, now: number): Promise<readonly string[]> => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: idOf(key), ConsistentRead: true }));
    return Item === undefined || Item.expiration <= secondOf(now) ? [] : [...(Item.texts ?? [])];
  };

  const add: SignalStore['add'] = async (key, text, expiresAt, now) => {
    const texts = new Set([text]);
    const expiration = expirationOf(expiresAt);
    const update = (UpdateExpression: string, ConditionExpression: string, values: Record<string, number>) =>
      resultOf(
        client.send(
          new UpdateCommand({
            TableName,
            Key: idOf(key),
            UpdateExpression,
            ConditionExpression,
            ExpressionAttributeValues: { ':texts': texts, ':expiration': expiration, ...values },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
    // The first is all it takes, unless somebody whose clock is ahead wrote before, or what lies there has expired.
    const added =
      (await update(
        'ADD texts :texts SET expiration = :expiration',
        'attribute_not_exists(expiration) OR expiration BETWEEN :alive AND :expiration',
        { ':alive': secondOf(now) + 1 },
      )) ?? (await update('ADD texts :texts', 'expiration > :expiration', {}));
    if (added !== undefined) return [...(added.Attributes?.texts ?? [])];
    const renewed = await resultOf(
      client.send(
        new PutCommand({
          TableName,
          Item: { ...idOf(key), texts, expiration },
          ConditionExpression: 'expiration <= :now',
          ExpressionAttributeValues: { ':now': secondOf(now) },
        }),
      ),
    );
    // A rival renewed it just now: the next try adds to that.
    return renewed === undefined ? add(key, text, expiresAt, now) : [text];
  };

  return {
    add,
    read: (keys, now) => Promise.all(keys.map((key) => read(key, now))),
    drop: async (key, texts) => {
      if (texts.length === 0) return;
      const remove = new UpdateCommand({
        TableName,
        Key: idOf(key),
        UpdateExpression: 'DELETE texts :texts',
        // An update would make an item that is not there, without an end.
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeValues: { ':texts': new Set(texts) },
      });
      await resultOf(client.send(remove));
    },
  };
};
