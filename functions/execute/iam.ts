import {
  AttachUserPolicyCommand,
  DeleteRolePolicyCommand,
  DetachUserPolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  PutRolePolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { Observe, Service } from './service.ts';

export const connectIam = (observe: Observe): Service<'iam'> => {
  const iam = observe(new IAMClient());
  return {
    calls: {
      'iam:UpdateAccessKey': (parameters) => iam.send(new UpdateAccessKeyCommand(parameters)),
      'iam:AttachUserPolicy': (parameters) => iam.send(new AttachUserPolicyCommand(parameters)),
      'iam:DetachUserPolicy': (parameters) => iam.send(new DetachUserPolicyCommand(parameters)),
      'iam:PutRolePolicy': (parameters) => iam.send(new PutRolePolicyCommand(parameters)),
      'iam:DeleteRolePolicy': (parameters) => iam.send(new DeleteRolePolicyCommand(parameters)),
    },
    reads: {
      'iam:ListAccessKeys': async (parameters) => {
        const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand(parameters));
        return Object.fromEntries(AccessKeyMetadata.map(({ AccessKeyId = '', Status = '' }) => [AccessKeyId, Status]));
      },
      'iam:ListAttachedUserPolicies': async (parameters) => {
        const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand(parameters));
        return presenceOf(AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn));
      },
      'iam:GetRolePolicy': async (parameters) => {
        const { PolicyDocument } = await iam.send(new GetRolePolicyCommand(parameters));
        return documentOf(PolicyDocument);
      },
    },
    absent: ['NoSuchEntityException'],
  };
};

const presenceOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, true]));

/** IAM gives documents percent-encoded. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
const documentOf = (encoded: string | undefined) =>
  encoded === undefined ? {} : { document: decodeURIComponent(encoded) };
