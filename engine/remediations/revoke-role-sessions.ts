import { readText } from '../field.ts';
import type { Check } from '../plan.ts';
import { principalAt } from './principal.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/** The console dates its own revocation half a minute ahead, to catch sessions issued while IAM spreads the policy. */
const aheadMs = 30_000;

/**
 * Denies everything to sessions of the calling role that were issued before now.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export const revokeRoleSessions: Remediation = {
  says: 'Denies everything to sessions of the calling role that were issued before now',
  actions: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy', 'iam:GetRolePolicy'],
  plan: ({ record, findingId, now }) => {
    const issuer = 'userIdentity.sessionContext.sessionIssuer';
    if (readText(record, `${issuer}.type`) !== 'Role') {
      return notApplicable('the call was not made with a role session of this account');
    }
    const role = principalAt(record, issuer, 'role');
    if (role === undefined) {
      return notApplicable(
        `the record does not name the role (arn, userName and accountId of ${issuer} do not fit together)`,
      );
    }
    const { arn, name, account } = role;
    if (arn.includes(':role/aws-service-role/')) {
      return notApplicable(`${name} is a service-linked role; only its service can change it`);
    }
    if (arn.includes(':role/aws-reserved/')) {
      return notApplicable(
        `${name} belongs to IAM Identity Center, which protects it; remove the assignment or attach an SCP`,
      );
    }
    const issuedBefore = new Date(now + aheadMs).toISOString();
    const parameters = { RoleName: name, PolicyName: `TrailwireRevokeSessions-${findingId.slice(0, 12)}` };
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': issuedBefore } },
        },
      ],
    };
    const revoked: Check = {
      read: { action: 'iam:GetRolePolicy', parameters },
      holds: {
        all: [
          { fact: 'PolicyDocument.Statement.Effect', operator: 'equal', value: 'Deny' },
          {
            fact: 'PolicyDocument.Statement.Condition.DateLessThan.aws:TokenIssueTime',
            operator: 'exists',
            value: true,
          },
        ],
      },
    };
    return {
      remediation: 'revoke-role-sessions',
      target: { type: 'role', account, arn, name },
      calls: [{ action: 'iam:PutRolePolicy', parameters: { ...parameters, PolicyDocument: JSON.stringify(policy) } }],
      checks: [revoked],
      undo: [{ action: 'iam:DeleteRolePolicy', parameters }],
      undoChecks: [{ ...revoked, holds: { not: revoked.holds } }],
      doesNotStop:
        'Everybody who uses the role is signed out; sessions issued later work. A host with the role as instance profile gets new credentials by itself, so isolate it too.',
    };
  },
};
