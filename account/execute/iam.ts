import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  DeleteLoginProfileCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetGroupCommand,
  GetLoginProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListPolicyVersionsCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { type Connect, presenceOf, type Service, tagsOf } from './service.ts';

/** Calls and reads of IAM. None of the lists has more than a page: there are 2 keys, 20 policies and 5 versions at most. */
export const connectIam = (connect: Connect): Service<'iam'> => {
  const iam = connect(IAMClient);
  return {
    calls: {
      'iam:UpdateAccessKey': (parameters) => iam.send(new UpdateAccessKeyCommand(parameters)),
      'iam:AttachUserPolicy': (parameters) => iam.send(new AttachUserPolicyCommand(parameters)),
      'iam:DetachUserPolicy': (parameters) => iam.send(new DetachUserPolicyCommand(parameters)),
      'iam:AttachRolePolicy': (parameters) => iam.send(new AttachRolePolicyCommand(parameters)),
      'iam:DetachRolePolicy': (parameters) => iam.send(new DetachRolePolicyCommand(parameters)),
      'iam:AttachGroupPolicy': (parameters) => iam.send(new AttachGroupPolicyCommand(parameters)),
      'iam:DetachGroupPolicy': (parameters) => iam.send(new DetachGroupPolicyCommand(parameters)),
      'iam:PutUserPolicy': (parameters) => iam.send(new PutUserPolicyCommand(parameters)),
      'iam:DeleteUserPolicy': (parameters) => iam.send(new DeleteUserPolicyCommand(parameters)),
      'iam:PutRolePolicy': (parameters) => iam.send(new PutRolePolicyCommand(parameters)),
      'iam:DeleteRolePolicy': (parameters) => iam.send(new DeleteRolePolicyCommand(parameters)),
      'iam:DeleteLoginProfile': (parameters) => iam.send(new DeleteLoginProfileCommand(parameters)),
      'iam:SetDefaultPolicyVersion': (parameters) => iam.send(new SetDefaultPolicyVersionCommand(parameters)),
      'iam:UpdateAssumeRolePolicy': (parameters) => iam.send(new UpdateAssumeRolePolicyCommand(parameters)),
    },
    reads: {
      'iam:ListAccessKeys': async (parameters) => {
        const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand(parameters));
        return Object.fromEntries(AccessKeyMetadata.map(({ AccessKeyId = '', Status = '' }) => [AccessKeyId, Status]));
      },
      'iam:ListAttachedUserPolicies': async (parameters) => {
        const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand(parameters));
        return presenceOf(AttachedPolicies.map(({ PolicyArn }) => PolicyArn));
      },
      'iam:ListAttachedRolePolicies': async (parameters) => {
        const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand(parameters));
        return presenceOf(AttachedPolicies.map(({ PolicyArn }) => PolicyArn));
      },
      'iam:ListAttachedGroupPolicies': async (parameters) => {
        const { AttachedPolicies = [] } = await iam.send(new ListAttachedGroupPoliciesCommand(parameters));
        return presenceOf(AttachedPolicies.map(({ PolicyArn }) => PolicyArn));
      },
      'iam:GetUserPolicy': async (parameters) => {
        const { PolicyDocument } = await iam.send(new GetUserPolicyCommand(parameters));
        return { document: textOf(PolicyDocument) };
      },
      'iam:GetRolePolicy': async (parameters) => {
        const { PolicyDocument } = await iam.send(new GetRolePolicyCommand(parameters));
        return { document: textOf(PolicyDocument) };
      },
      'iam:GetUser': async (parameters) => {
        const { User } = await iam.send(new GetUserCommand(parameters));
        return { arn: User?.Arn ?? null, ...tagsOf(User?.Tags) };
      },
      'iam:GetRole': async (parameters) => {
        const { Role } = await iam.send(new GetRoleCommand(parameters));
        return { arn: Role?.Arn ?? null, trust: textOf(Role?.AssumeRolePolicyDocument), ...tagsOf(Role?.Tags) };
      },
      'iam:GetGroup': async (parameters) => {
        const { Group } = await iam.send(new GetGroupCommand({ ...parameters, MaxItems: 1 }));
        return { arn: Group?.Arn ?? null };
      },
      'iam:GetLoginProfile': async (parameters) => {
        await iam.send(new GetLoginProfileCommand(parameters));
        return { exists: true };
      },
      'iam:ListPolicyVersions': async (parameters) => {
        const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand(parameters));
        const byDefault = Versions.find(({ IsDefaultVersion }) => IsDefaultVersion === true)?.VersionId;
        return { ...presenceOf(Versions.map(({ VersionId }) => VersionId)), default: byDefault ?? null };
      },
    },
    absent: ['NoSuchEntityException'],
  };
};

/** IAM gives documents percent-encoded. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
const textOf = (encoded: string | undefined): string | null =>
  encoded === undefined ? null : decodeURIComponent(encoded);
