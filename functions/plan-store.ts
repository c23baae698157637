import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Plan, planSchema } from '../engine/plan.ts';
import type { ResponsePorts } from '../engine/response.ts';
import { resultOf } from './conditional-write.ts';

const keepSeconds = 90 * 86_400;

/** Plans that ran, kept for 90 days so that they can be undone; the first of an id stays. */
export const createPlanStore = (
  client: DynamoDBDocumentClient,
  TableName: string,
  now: () => number,
): Pick<ResponsePorts, 'savePlan' | 'loadPlan'> => {
  const id = (commandUid: string): string => `plan#${commandUid}`;
  return {
    savePlan: async (commandUid: string, plan: Plan) => {
      const expiration = Math.ceil(now() / 1_000) + keepSeconds;
      const Item = { id: id(commandUid), plan: JSON.stringify(plan), expiration };
      await resultOf(client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(id)' })));
    },
    loadPlan: async (commandUid: string) => {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: { id: id(commandUid) }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : planSchema.parse(JSON.parse(Item.plan));
    },
  };
};
