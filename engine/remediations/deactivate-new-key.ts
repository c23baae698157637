import { readText } from '../field.ts';
import { draftDeactivation } from './access-key.ts';
import { callMade } from './call-made.ts';
import { namedPrincipal } from './named-principal.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Sets the access key that the call created, or made Active again, to Inactive. It is not deleted: when it was last used
 * would be lost with it, and the way back.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
 */
export const deactivateNewKey: Remediation = {
  actsOn: 'call',
  usually: 'approve',
  says: 'Sets the access key that the call created or made Active to Inactive',
  doesNotStop:
    'Sessions already derived from the key live on until they expire; who created it can create another, or make it Active again.',
  actions: {
    reads: ['iam:ListAccessKeys', 'iam:GetUser'],
    calls: ['iam:UpdateAccessKey'],
    undoCalls: ['iam:UpdateAccessKey'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'iam.amazonaws.com', 'CreateAccessKey', 'UpdateAccessKey');
    if ('refused' in place) return place;
    const made =
      readText(record, 'eventName') === 'CreateAccessKey' ? 'responseElements.accessKey' : 'requestParameters';
    const user = namedPrincipal('user', readText(record, `${made}.userName`), place);
    if ('refused' in user) return user;
    if (readText(record, `${made}.status`) !== 'Active') return notApplicable('the call did not make a key Active');
    const keyId = readText(record, `${made}.accessKeyId`) ?? '';
    if (!/^AKIA[A-Z0-9]{12,124}$/.test(keyId)) return notApplicable('the record does not name the access key');
    return {
      ...user,
      target: { ...user.target, type: 'access-key', name: keyId },
      ...draftDeactivation(user.name, keyId),
    };
  },
};
