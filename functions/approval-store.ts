import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { resultOf } from '../account/conditional-write.ts';
import { type ApprovalStore, approvalSchema } from '../engine/approval.ts';

/** As long as the response that was decided on. */
const keepSeconds = 90 * 86_400;

/**
 * What was asked and the one decision on it. The role of `approve` reaches the items of this store and no others, by the
 * beginning of their keys; `remediate` compares what it finds here with what only it writes.
 */
export const createApprovalStore = (client: DynamoDBDocumentClient, TableName: string): ApprovalStore => {
  const keyOf = (commandUid: string) => ({ id: `approval#${commandUid}` });
  return {
    ask: async (commandUid, request) => {
      const { digest, expiresAt } = request;
      const expiration = Math.ceil(expiresAt / 1_000) + keepSeconds;
      const Item = { ...keyOf(commandUid), request: JSON.stringify(request), digest, expiresAt, expiration };
      await resultOf(client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(id)' })));
    },
    load: async (commandUid) => {
      const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(commandUid), ConsistentRead: true }));
      if (Item === undefined) return undefined;
      return approvalSchema.parse({ request: JSON.parse(Item.request), decision: Item.decision });
    },
    decide: async (commandUid, decision) => {
      const inTime = decision.is === 'expired' ? '' : ' AND expiresAt > :at';
      const take = new UpdateCommand({
        TableName,
        Key: keyOf(commandUid),
        UpdateExpression: 'SET decision = :decision',
        ConditionExpression: `digest = :digest AND attribute_not_exists(decision)${inTime}`,
        ExpressionAttributeValues: {
          ':decision': decision,
          ':digest': decision.digest,
          ...(inTime === '' ? {} : { ':at': decision.at }),
        },
      });
      return (await resultOf(client.send(take))) !== undefined;
    },
  };
};
