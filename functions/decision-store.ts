import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { resultOf } from '../account/conditional-write.ts';
import { type ApprovalStore, approvalSchema } from '../engine/approval.ts';

export const approvalKey = (commandUid: string) => ({ id: `approval#${commandUid}` });

/**
 * The one decision on each plan that was asked for. All that `approve` has of the table: its role reaches items of this key
 * and no others, and may not make one.
 */
export const createDecisionStore = (
  client: DynamoDBDocumentClient,
  TableName: string,
): Pick<ApprovalStore, 'load' | 'decide'> => ({
  load: async (commandUid) => {
    const Key = approvalKey(commandUid);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    if (Item === undefined) return undefined;
    return approvalSchema.parse({ request: JSON.parse(Item.request), decision: Item.decision });
  },
  decide: async (commandUid, decision) => {
    const inTime = decision.is === 'expired' ? '' : ' AND expiresAt > :at';
    const take = new UpdateCommand({
      TableName,
      Key: approvalKey(commandUid),
      UpdateExpression: 'SET decision = :decision',
      // An item that is not there has no digest: nothing is made by a decision.
      ConditionExpression: `digest = :digest AND attribute_not_exists(decision)${inTime}`,
      ExpressionAttributeValues: {
        ':decision': decision,
        ':digest': decision.digest,
        ...(inTime === '' ? {} : { ':at': decision.at }),
      },
    });
    return (await resultOf(client.send(take))) !== undefined;
  },
});
