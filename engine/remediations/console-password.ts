import type { AwsRead } from '../aws-call.ts';
import type { WantedChange } from './remediation.ts';

/** The change that deletes a password. */
export const passwordIsGone = (read: AwsRead, UserName: string): WantedChange => ({
  read,
  to: { exists: null },
  call: { action: 'iam:DeleteLoginProfile', parameters: { UserName } },
  undo: { cannot: `nobody but its owner knew the password of ${UserName}; create a new one, to be changed at sign-in` },
});
