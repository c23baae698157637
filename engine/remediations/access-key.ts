import type { AwsCall, AwsRead } from '../aws-call.ts';
import type { Draft, WantedChange } from './remediation.ts';

const keysOf = (UserName: string): AwsRead => ({ action: 'iam:ListAccessKeys', parameters: { UserName } });

/** The change that sets a key to Inactive. */
export const deactivation = (UserName: string, AccessKeyId: string): WantedChange => {
  const setStatus = (Status: 'Active' | 'Inactive'): AwsCall => ({
    action: 'iam:UpdateAccessKey',
    parameters: { UserName, AccessKeyId, Status },
  });
  return {
    read: keysOf(UserName),
    to: { [AccessKeyId]: 'Inactive' },
    call: setStatus('Inactive'),
    undo: setStatus('Active'),
  };
};

/** All of a draft that sets one key to Inactive, but whose it is. */
export const draftDeactivation = (UserName: string, AccessKeyId: string): Omit<Draft, 'target'> => {
  const read = keysOf(UserName);
  return {
    reads: [read],
    needs: [{ read, aspect: AccessKeyId, otherwise: `${UserName} has no key ${AccessKeyId} any more` }],
    changes: () => [deactivation(UserName, AccessKeyId)],
  };
};
