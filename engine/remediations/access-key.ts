import type { AwsCall, AwsRead } from '../aws-call.ts';
import type { Refusal } from '../plan.ts';
import { aspectOf, type State } from '../state.ts';
import { notApplicable, type WantedChange } from './remediation.ts';

/** The change that sets a key to Inactive, where there is one. */
export const deactivation = (
  UserName: string,
  AccessKeyId: string,
  keys: AwsRead,
  stateOf: (read: AwsRead) => State,
): readonly WantedChange[] | Refusal => {
  if (aspectOf(stateOf(keys), AccessKeyId) === null)
    return notApplicable(`${UserName} has no key ${AccessKeyId} any more`);
  const setStatus = (Status: 'Active' | 'Inactive'): AwsCall => ({
    action: 'iam:UpdateAccessKey',
    parameters: { UserName, AccessKeyId, Status },
  });
  return [{ read: keys, to: { [AccessKeyId]: 'Inactive' }, call: setStatus('Inactive'), undo: setStatus('Active') }];
};
