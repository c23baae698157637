import { attachedTo, bindingActions, bindUser, denyingUser } from './bind-user.ts';
import { callingUser } from './caller.ts';
import type { Remediation } from './remediation.ts';

/**
 * Attaches AWSDenyAll to the IAM user behind the call; it also binds the user's session and federation tokens. A user that
 * has ten policies already gets an inline policy that says the same.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSDenyAll.html
 */
export const denyUser: Remediation = {
  actsOn: 'caller',
  says: 'Denies everything to the IAM user behind the call',
  doesNotStop:
    'Sessions of roles that the user assumed before live on until they expire; resource policies of other accounts that let the user in are not read by this account.',
  actions: bindingActions,
  draft: ({ record, findingId }) => {
    const user = callingUser(record);
    if ('refused' in user) return user;
    return {
      target: { type: 'user', account: user.account, arn: user.arn, name: user.name },
      reads: [attachedTo(user)],
      changes: (stateOf) => [bindUser(user, denyingUser, findingId, stateOf)],
    };
  },
};
