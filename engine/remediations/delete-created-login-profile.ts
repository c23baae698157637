import type { AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { callMade } from './call-made.ts';
import { passwordIsGone } from './console-password.ts';
import { namedPrincipal } from './named-principal.ts';
import type { Remediation } from './remediation.ts';

/**
 * Deletes the console password that the call created for a user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html
 */
export const deleteCreatedLoginProfile: Remediation = {
  actsOn: 'call',
  usually: 'approve',
  says: 'Deletes the console password that the call created for a user',
  doesNotStop:
    'Whoever signed in with the password already stays signed in for up to 12 hours; who created it can create another.',
  actions: { reads: ['iam:GetLoginProfile', 'iam:GetUser'], calls: ['iam:DeleteLoginProfile'], undoCalls: [] },
  draft: ({ record }) => {
    const place = callMade(record, 'iam.amazonaws.com', 'CreateLoginProfile');
    if ('refused' in place) return place;
    const user = namedPrincipal('user', readText(record, 'requestParameters.userName'), place);
    if ('refused' in user) return user;
    const read: AwsRead = { action: 'iam:GetLoginProfile', parameters: { UserName: user.name } };
    return { ...user, reads: [read], changes: () => [passwordIsGone(read, user.name)] };
  },
};
