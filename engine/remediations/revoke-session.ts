import { readText } from '../field.ts';
import { callingRole } from './caller.ts';
import { denySessions, roleDenialActions } from './deny-all.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Denies everything to the one role session that made the call, and to no other of the role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export const revokeSession: Remediation = {
  actsOn: 'caller',
  usually: 'approve',
  says: 'Denies everything to the role session that made the call',
  doesNotStop:
    'Whoever may assume the role starts a new session under another name; a host with the role as instance profile keeps the name of its session and is stopped for good, until the response is taken back.',
  actions: roleDenialActions,
  draft: ({ record, findingId }) => {
    const role = callingRole(record);
    if ('refused' in role) return role;
    // The id of the role and the name of the session, in the characters that STS allows: no policy variable, no wildcard.
    const userId = readText(record, 'userIdentity.principalId') ?? '';
    if (!/^AROA[A-Z0-9]{12,124}:[\w+=,.@-]{2,64}$/.test(userId)) {
      return notApplicable('the record does not name the session (userIdentity.principalId)');
    }
    return {
      target: { type: 'role', account: role.account, arn: role.arn, name: role.name },
      reads: [],
      changes: () => [
        denySessions(role.name, 'TrailwireRevokeSession', findingId, { StringEquals: { 'aws:userid': userId } }),
      ],
    };
  },
};
