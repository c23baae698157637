import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** What a conditional write to DynamoDB answers; `undefined` when its condition does not hold. Any other failure is thrown. */
export const resultOf = async <T>(write: Promise<T>): Promise<T | undefined> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};
