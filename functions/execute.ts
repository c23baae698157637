import {
  AttachUserPolicyCommand,
  DeleteRolePolicyCommand,
  DetachUserPolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { AwsCall, AwsRead } from '../engine/aws-call.ts';
import { messageOf, RemediationError } from '../engine/errors.ts';
import type { ResponsePorts } from '../engine/response.ts';

/** The only place that changes an account: one case for each call of the closed list. */
const make = (iam: IAMClient, call: AwsCall): Promise<unknown> => {
  switch (call.action) {
    case 'iam:UpdateAccessKey':
      return iam.send(new UpdateAccessKeyCommand(call.parameters));
    case 'iam:AttachUserPolicy':
      return iam.send(new AttachUserPolicyCommand(call.parameters));
    case 'iam:DetachUserPolicy':
      return iam.send(new DetachUserPolicyCommand(call.parameters));
    case 'iam:PutRolePolicy':
      return iam.send(new PutRolePolicyCommand(call.parameters));
    case 'iam:DeleteRolePolicy':
      return iam.send(new DeleteRolePolicyCommand(call.parameters));
  }
};

const ask = (iam: IAMClient, read: AwsRead): Promise<unknown> => {
  switch (read.action) {
    case 'iam:ListAccessKeys':
      return iam.send(new ListAccessKeysCommand(read.parameters));
    case 'iam:ListAttachedUserPolicies':
      return iam.send(new ListAttachedUserPoliciesCommand(read.parameters));
    case 'iam:GetRolePolicy':
      return iam.send(new GetRolePolicyCommand(read.parameters));
  }
};

/** Carries out calls and reads of plans. Throws RemediationError with AWS's own words; what does not exist reads as `{}`. */
export const createExecutor = (iam = new IAMClient()): Pick<ResponsePorts, 'execute' | 'read'> => ({
  execute: async (call) => {
    try {
      await make(iam, call);
    } catch (error) {
      throw new RemediationError('REMEDIATION_CALL_FAILED', `${call.action}: ${messageOf(error)}`, { cause: error });
    }
  },
  read: async (read) => {
    try {
      return await ask(iam, read);
    } catch (error) {
      if (error instanceof NoSuchEntityException) return {};
      throw new RemediationError('REMEDIATION_CALL_FAILED', `${read.action}: ${messageOf(error)}`, { cause: error });
    }
  },
});
