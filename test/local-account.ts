import type { AwsCall, AwsRead } from '../engine/aws-call.ts';
import type { State } from '../engine/state.ts';

type User = { readonly keys: Map<string, 'Active' | 'Inactive'>; readonly policies: Set<string> };
type Role = { readonly inlinePolicies: Map<string, string> };

const noSuchEntity = (what: string): Error => new Error(`NoSuchEntity: ${what} cannot be found.`);
const found = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw noSuchEntity(what);
  return value;
};

/**
 * An account in memory that does what IAM does on the calls Trailwire makes: a call on what is not there fails, attaching
 * twice does not.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export const createLocalAccount = (
  content: {
    readonly users?: Readonly<Record<string, Readonly<Record<string, 'Active' | 'Inactive'>>>>;
    readonly roles?: readonly string[];
  } = {},
) => {
  const users = new Map<string, User>(
    Object.entries(content.users ?? {}).map(([name, keys]) => [
      name,
      { keys: new Map(Object.entries(keys)), policies: new Set() },
    ]),
  );
  const roles = new Map<string, Role>((content.roles ?? []).map((name) => [name, { inlinePolicies: new Map() }]));
  const user = (name: string) => found(users.get(name), `The user with name ${name}`);
  const role = (name: string) => found(roles.get(name), `The role with name ${name}`);

  const execute = async ({ action, parameters }: AwsCall): Promise<void> => {
    switch (action) {
      case 'iam:UpdateAccessKey': {
        const { keys } = user(parameters.UserName);
        found(keys.get(parameters.AccessKeyId), `The Access Key with id ${parameters.AccessKeyId}`);
        keys.set(parameters.AccessKeyId, parameters.Status);
        return;
      }
      case 'iam:AttachUserPolicy':
        user(parameters.UserName).policies.add(parameters.PolicyArn);
        return;
      case 'iam:DetachUserPolicy':
        if (!user(parameters.UserName).policies.delete(parameters.PolicyArn)) {
          throw noSuchEntity(`Policy ${parameters.PolicyArn}`);
        }
        return;
      case 'iam:PutRolePolicy':
        JSON.parse(parameters.PolicyDocument);
        role(parameters.RoleName).inlinePolicies.set(parameters.PolicyName, parameters.PolicyDocument);
        return;
      case 'iam:DeleteRolePolicy':
        if (!role(parameters.RoleName).inlinePolicies.delete(parameters.PolicyName)) {
          throw noSuchEntity(`The role policy with name ${parameters.PolicyName}`);
        }
        return;
      default:
        throw new Error(`${action} is not among the calls of this account`);
    }
  };

  const read = async ({ action, parameters }: AwsRead): Promise<State> => {
    switch (action) {
      case 'iam:ListAccessKeys':
        return Object.fromEntries(users.get(parameters.UserName)?.keys ?? []);
      case 'iam:ListAttachedUserPolicies':
        return Object.fromEntries([...(users.get(parameters.UserName)?.policies ?? [])].map((arn) => [arn, true]));
      case 'iam:GetRolePolicy': {
        const document = roles.get(parameters.RoleName)?.inlinePolicies.get(parameters.PolicyName);
        return document === undefined ? {} : { document };
      }
      default:
        return {};
    }
  };

  /** The whole state, to see what changed and what did not. */
  const state = () => ({
    users: Object.fromEntries(
      [...users].map(([name, { keys, policies }]) => [
        name,
        { keys: Object.fromEntries(keys), policies: [...policies] },
      ]),
    ),
    roles: Object.fromEntries(
      [...roles].map(([name, { inlinePolicies }]) => [name, Object.fromEntries(inlinePolicies)]),
    ),
  });

  return { execute, read, state };
};
