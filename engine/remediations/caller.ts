import { readText } from '../field.ts';
import type { Refusal } from '../plan.ts';
import type { CloudTrailRecord } from '../record.ts';
import { oneLine } from '../template.ts';
import { type Principal, principalAt } from './principal.ts';
import { notApplicable } from './remediation.ts';

/**
 * Finds the IAM user behind a call: the user itself, or the one who asked for a federation token. Root, roles, services
 * and other accounts' principals have no user here that a policy or key state could stop.
 */
export const callingUser = (record: CloudTrailRecord): Principal | Refusal => {
  const type = readText(record, 'userIdentity.type');
  const path = type === 'FederatedUser' ? 'userIdentity.sessionContext.sessionIssuer' : 'userIdentity';
  const userType = readText(record, `${path}.type`);
  if (userType === 'Root') {
    return notApplicable(
      'the root user made the call; no IAM policy or key state stops it. Sign in as root and rotate, or attach an SCP',
    );
  }
  if (userType !== 'IAMUser')
    return notApplicable(`the caller is of type ${oneLine(type ?? 'unknown', 40)}, not an IAM user`);
  return (
    principalAt(record, path, 'user') ??
    notApplicable(`the record does not name the IAM user (arn, userName and accountId of ${path} do not fit together)`)
  );
};

/** Finds the role behind a call made with a role session. Roles that only a service or Identity Center can change are refused. */
export const callingRole = (record: CloudTrailRecord): Principal | Refusal => {
  const issuer = 'userIdentity.sessionContext.sessionIssuer';
  if (readText(record, `${issuer}.type`) !== 'Role') {
    return notApplicable('the call was not made with a role session of this account');
  }
  const role = principalAt(record, issuer, 'role');
  if (role === undefined) {
    return notApplicable(
      `the record does not name the role (arn, userName and accountId of ${issuer} do not fit together)`,
    );
  }
  return protectedByAws(role) ?? role;
};

/** Why IAM would not let anybody change a role: it belongs to a service, or to Identity Center. */
const protectedByAws = ({ arn, name }: Principal): Refusal | undefined => {
  if (arn.includes(':role/aws-service-role/')) {
    return notApplicable(`${name} is a service-linked role; only its service can change it`);
  }
  if (arn.includes(':role/aws-reserved/')) {
    return notApplicable(
      `${name} belongs to IAM Identity Center, which protects it; remove the assignment or attach an SCP`,
    );
  }
  return undefined;
};
