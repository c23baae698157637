import { bindingActions, denyingUser, draftBinding } from './bind-user.ts';
import type { Remediation } from './remediation.ts';

/**
 * Attaches AWSDenyAll to the IAM user behind the call; it also binds the user's session and federation tokens. A user that
 * has ten policies already gets an inline policy that says the same.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSDenyAll.html
 */
export const denyUser: Remediation = {
  actsOn: 'caller',
  usually: 'approve',
  says: 'Denies everything to the IAM user behind the call',
  doesNotStop:
    'Sessions of roles that the user assumed before live on until they expire; resource policies of other accounts that let the user in are not read by this account.',
  actions: bindingActions,
  draft: draftBinding(denyingUser),
};
