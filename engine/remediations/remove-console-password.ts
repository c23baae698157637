import type { AwsRead } from '../aws-call.ts';
import { callingUser } from './caller.ts';
import { passwordIsGone } from './console-password.ts';
import type { Remediation } from './remediation.ts';

/**
 * Deletes the console password of the IAM user behind the call; IAM knows no state of a password that could be changed.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html
 */
export const removeConsolePassword: Remediation = {
  actsOn: 'caller',
  usually: 'approve',
  says: 'Deletes the console password of the IAM user behind the call',
  doesNotStop:
    'Console sessions that are open go on for up to 12 hours, and access keys still work: deny the user first.',
  actions: { reads: ['iam:GetLoginProfile'], calls: ['iam:DeleteLoginProfile'], undoCalls: [] },
  draft: ({ record }) => {
    const user = callingUser(record);
    if ('refused' in user) return user;
    const read: AwsRead = { action: 'iam:GetLoginProfile', parameters: { UserName: user.name } };
    return {
      target: { type: 'user', account: user.account, arn: user.arn, name: user.name },
      reads: [read],
      changes: () => [passwordIsGone(read, user.name)],
    };
  },
};
