import {
  AddPermissionCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  LambdaClient,
  RemovePermissionCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { type State, stateSchema } from '../../engine/state.ts';
import type { Connect, Service } from './service.ts';

export const connectLambda = (connect: Connect): Service<'lambda'> => {
  const lambda = connect(LambdaClient);
  return {
    calls: {
      'lambda:RemovePermission': (parameters) => lambda.send(new RemovePermissionCommand(parameters)),
      'lambda:AddPermission': (parameters) => lambda.send(new AddPermissionCommand(parameters)),
      'lambda:UpdateFunctionUrlConfig': (parameters) => lambda.send(new UpdateFunctionUrlConfigCommand(parameters)),
    },
    reads: {
      'lambda:GetPolicy': async (parameters) => {
        const { Policy = '{}' } = await lambda.send(new GetPolicyCommand(parameters));
        const { Statement = [] }: { Statement?: readonly { Sid?: string }[] } = JSON.parse(Policy);
        return stateSchema.parse(Object.fromEntries(Statement.map((statement) => [statement.Sid ?? '', statement])));
      },
      'lambda:GetFunctionUrlConfig': async (parameters): Promise<State> => {
        const { AuthType } = await lambda.send(new GetFunctionUrlConfigCommand(parameters));
        return { authType: AuthType ?? null };
      },
    },
    absent: ['ResourceNotFoundException'],
  };
};
