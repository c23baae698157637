import type { Remediation, WantedChange } from './remediation.ts';

/** A policy that denies everything, to everybody it is attached to or to those a condition names. */
export const denyAll = (condition?: Readonly<Record<string, object>>): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Action: '*', Resource: '*', ...(condition === undefined ? {} : { Condition: condition }) },
    ],
  });

export const roleDenialActions = {
  reads: ['iam:GetRolePolicy'],
  calls: ['iam:PutRolePolicy'],
  undoCalls: ['iam:DeleteRolePolicy'],
} as const satisfies Remediation['actions'];

/** The change that denies everything to some sessions of a role, by an inline policy of our own name. */
export const denySessions = (
  RoleName: string,
  policyName: string,
  findingId: string,
  condition: Readonly<Record<string, object>>,
): WantedChange => {
  const parameters = { RoleName, PolicyName: `${policyName}-${findingId.slice(0, 12)}` };
  const document = denyAll(condition);
  return {
    read: { action: 'iam:GetRolePolicy', parameters },
    to: { document },
    call: { action: 'iam:PutRolePolicy', parameters: { ...parameters, PolicyDocument: document } },
    undo: { action: 'iam:DeleteRolePolicy', parameters },
  };
};
