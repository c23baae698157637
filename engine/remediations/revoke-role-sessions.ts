import type { AwsRead } from '../aws-call.ts';
import { callingRole } from './caller.ts';
import { denyAll } from './deny-all.ts';
import type { Remediation } from './remediation.ts';

/** The console dates its own revocation half a minute ahead, to catch sessions issued while IAM spreads the policy. */
const aheadMs = 30_000;

/**
 * Denies everything to sessions of the calling role that were issued before now.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export const revokeRoleSessions: Remediation = {
  says: 'Denies everything to sessions of the calling role that were issued before now',
  doesNotStop:
    'Everybody who uses the role is signed out; sessions issued later work. A host with the role as instance profile gets new credentials by itself, so isolate it too.',
  actions: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:GetRolePolicy'],
  draft: ({ record, findingId, now }) => {
    const role = callingRole(record);
    if ('refused' in role) return role;
    const parameters = { RoleName: role.name, PolicyName: `TrailwireRevokeSessions-${findingId.slice(0, 12)}` };
    const read: AwsRead = { action: 'iam:GetRolePolicy', parameters };
    const issuedBefore = new Date(now + aheadMs).toISOString();
    const document = denyAll({ DateLessThan: { 'aws:TokenIssueTime': issuedBefore } });
    return {
      target: { type: 'role', account: role.account, arn: role.arn, name: role.name },
      reads: [read],
      changes: () => [
        {
          read,
          to: { document },
          call: { action: 'iam:PutRolePolicy', parameters: { ...parameters, PolicyDocument: document } },
          undo: { action: 'iam:DeleteRolePolicy', parameters },
        },
      ],
    };
  },
};
