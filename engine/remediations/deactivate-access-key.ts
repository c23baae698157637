import { readText } from '../field.ts';
import { oneLine } from '../template.ts';
import { draftDeactivation } from './access-key.ts';
import { callingUser } from './caller.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Sets the access key that made the call to Inactive: this key and no other of the user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
 */
export const deactivateAccessKey: Remediation = {
  actsOn: 'caller',
  usually: 'approve',
  says: 'Sets the access key that made the call to Inactive',
  doesNotStop:
    'Sessions already derived from this key (GetSessionToken, GetFederationToken, AssumeRole) live on until they expire; other keys and the console password of the user still work.',
  actions: { reads: ['iam:ListAccessKeys'], calls: ['iam:UpdateAccessKey'], undoCalls: ['iam:UpdateAccessKey'] },
  draft: ({ record }) => {
    const user = callingUser(record);
    if ('refused' in user) return user;
    const keyId = readText(record, 'userIdentity.accessKeyId');
    if (keyId?.startsWith('ASIA')) {
      return notApplicable(`${oneLine(keyId, 40)} is a temporary key; it has no state to change. Use quarantine-user`);
    }
    if (keyId === undefined || !/^AKIA[A-Z0-9]{12,124}$/.test(keyId)) {
      return notApplicable('the call was not made with a long-term access key');
    }
    return {
      target: { type: 'access-key', account: user.account, arn: user.arn, name: keyId },
      ...draftDeactivation(user.name, keyId),
    };
  },
};
