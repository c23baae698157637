import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { oneLine } from '../engine/template.ts';

/** An item of the table that anybody who may write to it can put there, by hand at three in the morning. */
const Key = { id: 'switch#responses' };
/** It takes effect within this time in every environment of the function. */
const keepMs = 30_000;

/**
 * Reads why responses are switched off, `undefined` while they are not. The item stands until it is deleted; `reason` in it is for
 * people. Throws when the table does not answer: what nobody could stop does not run.
 */
export const createOffSwitch = (client: DynamoDBDocumentClient, TableName: string, now: () => number) => {
  let seen: { readonly reason: string | undefined; readonly until: number } | undefined;
  return async (): Promise<string | undefined> => {
    if (seen !== undefined && now() < seen.until) return seen.reason;
    const until = now() + keepMs;
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    const why = typeof Item?.reason === 'string' ? `: ${oneLine(Item.reason)}` : '';
    seen = { reason: Item === undefined ? undefined : `all responses are switched off${why}`, until };
    return seen.reason;
  };
};
