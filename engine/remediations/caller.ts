import { readText } from '../field.ts';
import type { Refusal } from '../plan.ts';
import { accountOf, type CloudTrailRecord } from '../record.ts';
import { notApplicable } from './remediation.ts';

/** The IAM user whose credentials made the call, or the reason why there is none to act on. */
export type CallingUser = { readonly account: string; readonly arn: string; readonly name: string };

/**
 * Finds the IAM user behind a call: the user itself, or the one who asked for a federation token. Root, roles, services
 * and other accounts' principals have no user here that a policy or key state could stop.
 */
export const callingUser = (record: CloudTrailRecord): CallingUser | Refusal => {
  const type = readText(record, 'userIdentity.type');
  const identity = type === 'FederatedUser' ? 'userIdentity.sessionContext.sessionIssuer' : 'userIdentity';
  const isUser = readText(record, `${identity}.type`) === 'IAMUser';
  const arn = readText(record, `${identity}.arn`);
  const name = readText(record, `${identity}.userName`);
  const account = readText(record, `${identity}.accountId`) ?? accountOf(record);
  if (type === 'Root') {
    return notApplicable(
      'the root user made the call; no IAM policy or key state stops it. Sign in as root and rotate, or attach an SCP',
    );
  }
  if (!isUser) return notApplicable(`the caller is of type ${type ?? 'unknown'}, not an IAM user`);
  if (arn === undefined || name === undefined || account === undefined) {
    return notApplicable('the record does not name the IAM user (userIdentity has no arn, userName or accountId)');
  }
  return { arn, name, account };
};
