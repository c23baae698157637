import type { RemediationName } from '../../engine/remediations/name.ts';
import type { RemediationCase } from '../contracts/remediation.ts';
import { exampleRecord, identities } from '../example-records.ts';

const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const madeBy = (userIdentity: object) => exampleRecord({ userIdentity });

/** For each remediation the records it is made for, with what the account says to its reads before. */
export const remediationCases: Readonly<Record<RemediationName, readonly RemediationCase[]>> = {
  'deactivate-access-key': [
    {
      record: madeBy(identities.userWithKey),
      states: { 'iam:ListAccessKeys': { [annsKey]: 'Active', AKIAI44QH8DHBEXAMPLE: 'Active' } },
    },
  ],
  'quarantine-user': [
    { record: madeBy(identities.userWithKey), states: { 'iam:ListAttachedUserPolicies': {} } },
    { record: madeBy(identities.userInConsole), states: {} },
    { record: madeBy(identities.federatedUser), states: {} },
  ],
  'revoke-role-sessions': [{ record: madeBy(identities.role), states: {} }],
};
