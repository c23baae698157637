import { callingRole } from './caller.ts';
import { denySessions, roleDenialActions } from './deny-all.ts';
import type { Remediation } from './remediation.ts';

/** The console dates its own revocation half a minute ahead, to catch sessions issued while IAM spreads the policy. */
const aheadMs = 30_000;

/**
 * Denies everything to sessions of the calling role that were issued before now.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export const revokeRoleSessions: Remediation = {
  actsOn: 'caller',
  usually: 'approve',
  says: 'Denies everything to sessions of the calling role that were issued before now',
  doesNotStop:
    'Everybody who uses the role is signed out; sessions issued later work. A host with the role as instance profile gets new credentials by itself, so isolate it too.',
  actions: roleDenialActions,
  draft: ({ record, findingId, now }) => {
    const role = callingRole(record);
    if ('refused' in role) return role;
    const issuedBefore = { DateLessThan: { 'aws:TokenIssueTime': new Date(now + aheadMs).toISOString() } };
    return {
      target: { type: 'role', account: role.account, arn: role.arn, name: role.name },
      reads: [],
      changes: () => [denySessions(role.name, 'TrailwireRevokeSessions', findingId, issuedBefore)],
    };
  },
};
