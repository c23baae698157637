import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { messageOf, RemediationError } from '../engine/errors.ts';
import type { ClientSettings } from './execute/service.ts';

/** Invokes a function of Trailwire and waits for its answer. Throws RemediationError with the function's or AWS's own words. */
export const createInvoke = (settings: ClientSettings = {}) => {
  const lambda = new LambdaClient(settings);
  const failed = (FunctionName: string, words: string): RemediationError =>
    new RemediationError('REMEDIATION_CALL_FAILED', `lambda:InvokeFunction ${FunctionName}: ${words}`);
  return async (FunctionName: string, event: object): Promise<unknown> => {
    const command = new InvokeCommand({ FunctionName, Payload: new TextEncoder().encode(JSON.stringify(event)) });
    const { FunctionError, Payload } = await lambda.send(command).catch((error: unknown) => {
      throw failed(FunctionName, messageOf(error));
    });
    const answer: unknown = JSON.parse(new TextDecoder().decode(Payload));
    if (FunctionError === undefined) return answer;
    throw failed(FunctionName, errorMessageIn(answer) ?? FunctionError);
  };
};

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
const errorMessageIn = (answer: unknown): string | undefined =>
  typeof answer === 'object' && answer !== null && 'errorMessage' in answer ? String(answer.errorMessage) : undefined;
