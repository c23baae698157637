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
