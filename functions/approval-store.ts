import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { resultOf } from '../account/conditional-write.ts';
import type { ApprovalStore } from '../engine/approval.ts';
import { approvalKey, createDecisionStore } from './decision-store.ts';

/** As long as the response that was decided on. */
const keepSeconds = 90 * 86_400;

/** What was asked and the one decision on it, for `remediate`, which compares what it finds here with what only it writes. */
export const createApprovalStore = (client: DynamoDBDocumentClient, TableName: string): ApprovalStore => ({
  ...createDecisionStore(client, TableName),
  ask: async (commandUid, request) => {
    const { digest, expiresAt } = request;
    const expiration = Math.ceil(expiresAt / 1_000) + keepSeconds;
    const Item = { ...approvalKey(commandUid), request: JSON.stringify(request), digest, expiresAt, expiration };
    await resultOf(client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(id)' })));
  },
});
