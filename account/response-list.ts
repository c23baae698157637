import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { messageOf, RemediationError } from '../engine/errors.ts';
import type { StoredResponse } from '../engine/stored-response.ts';
import type { ClientSettings } from './execute/service.ts';
import { parseResponse, responsesIndex } from './response-store.ts';

/** A response that ran, by its id, and when it was planned, in milliseconds since 1970. */
export type ListedResponse = StoredResponse & { readonly id: string; readonly at: number };

/** Lists the responses of a table, the latest first. Throws RemediationError with AWS's own words. */
export const createResponseList = (TableName: string, settings: ClientSettings = {}) => {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  return async (limit: number): Promise<readonly ListedResponse[]> => {
    const listed: ListedResponse[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const query = new QueryCommand({
        TableName,
        ...responsesIndex.all,
        ScanIndexForward: false,
        Limit: limit - listed.length,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      });
      const answer = await documents.send(query).catch((error: unknown) => {
        throw new RemediationError('REMEDIATION_CALL_FAILED', `dynamodb:Query ${TableName}: ${messageOf(error)}`);
      });
      for (const item of answer.Items ?? []) {
        listed.push({ id: item.id.slice(item.id.indexOf('#') + 1), at: item.at, ...parseResponse(item) });
      }
      ExclusiveStartKey = answer.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined && listed.length < limit);
    return listed;
  };
};
