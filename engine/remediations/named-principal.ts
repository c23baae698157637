import type { AwsRead } from '../aws-call.ts';
import type { Refusal, Target } from '../plan.ts';
import type { Place } from './call-made.ts';
import { type Draft, notApplicable } from './remediation.ts';

type Kind = 'user' | 'role' | 'group';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length */
const maxLengths: Readonly<Record<Kind, number>> = { user: 64, role: 64, group: 128 };

const readsOf = {
  user: (UserName: string): AwsRead => ({ action: 'iam:GetUser', parameters: { UserName } }),
  role: (RoleName: string): AwsRead => ({ action: 'iam:GetRole', parameters: { RoleName } }),
  group: (GroupName: string): AwsRead => ({ action: 'iam:GetGroup', parameters: { GroupName } }),
} as const;

/**
 * A principal that a request names. Requests tell no path, and the ARN of a protected principal may have one: so it is
 * read, and guarded again.
 */
export const namedPrincipal = (
  kind: Kind,
  name: string | undefined,
  { account, partition }: Place,
): (Pick<Draft, 'target'> & { readonly arnFrom: AwsRead; readonly name: string }) | Refusal => {
  if (name === undefined || !/^[\w+=,.@-]+$/.test(name) || name.length > maxLengths[kind]) {
    return notApplicable(`the record does not name the ${kind}`);
  }
  if (kind === 'role' && /^AWS(?:ServiceRoleFor|ReservedSSO_)/.test(name)) {
    return notApplicable(`${name} belongs to a service of AWS or to IAM Identity Center, which protect it`);
  }
  const target: Target = { type: kind, account, arn: `arn:${partition}:iam::${account}:${kind}/${name}`, name };
  return { target, arnFrom: readsOf[kind](name), name };
};
