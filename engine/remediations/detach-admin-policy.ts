import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { callMade } from './call-made.ts';
import { namedPrincipal } from './named-principal.ts';
import { notApplicable, type Remediation } from './remediation.ts';

const adminPolicy = /^arn:aws[a-z-]*:iam::aws:policy\/(?:AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;

/** How a policy is detached from, attached to and seen at each kind of principal. */
const kinds = {
  AttachUserPolicy: {
    kind: 'user',
    field: 'userName',
    detach: (UserName: string, PolicyArn: string): AwsCall => ({
      action: 'iam:DetachUserPolicy',
      parameters: { UserName, PolicyArn },
    }),
    attach: (UserName: string, PolicyArn: string): AwsCall => ({
      action: 'iam:AttachUserPolicy',
      parameters: { UserName, PolicyArn },
    }),
    attached: (UserName: string): AwsRead => ({ action: 'iam:ListAttachedUserPolicies', parameters: { UserName } }),
  },
  AttachRolePolicy: {
    kind: 'role',
    field: 'roleName',
    detach: (RoleName: string, PolicyArn: string): AwsCall => ({
      action: 'iam:DetachRolePolicy',
      parameters: { RoleName, PolicyArn },
    }),
    attach: (RoleName: string, PolicyArn: string): AwsCall => ({
      action: 'iam:AttachRolePolicy',
      parameters: { RoleName, PolicyArn },
    }),
    attached: (RoleName: string): AwsRead => ({ action: 'iam:ListAttachedRolePolicies', parameters: { RoleName } }),
  },
  AttachGroupPolicy: {
    kind: 'group',
    field: 'groupName',
    detach: (GroupName: string, PolicyArn: string): AwsCall => ({
      action: 'iam:DetachGroupPolicy',
      parameters: { GroupName, PolicyArn },
    }),
    attach: (GroupName: string, PolicyArn: string): AwsCall => ({
      action: 'iam:AttachGroupPolicy',
      parameters: { GroupName, PolicyArn },
    }),
    attached: (GroupName: string): AwsRead => ({ action: 'iam:ListAttachedGroupPolicies', parameters: { GroupName } }),
  },
} as const;
const isKind = (name: string): name is keyof typeof kinds => Object.hasOwn(kinds, name);

/**
 * Detaches the administrator policy of AWS that the call attached to a user, role or group.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html
 */
export const detachAdminPolicy: Remediation = {
  actsOn: 'call',
  usually: 'approve',
  says: 'Detaches the administrator policy of AWS that the call attached to a user, role or group',
  doesNotStop:
    'What was done with the policy while it was attached stays done; policies of your own, inline policies and other ways to the same permissions are not looked at.',
  actions: {
    reads: [
      ...(['iam:ListAttachedUserPolicies', 'iam:GetUser'] as const),
      ...(['iam:ListAttachedRolePolicies', 'iam:GetRole'] as const),
      ...(['iam:ListAttachedGroupPolicies', 'iam:GetGroup'] as const),
    ],
    calls: ['iam:DetachUserPolicy', 'iam:DetachRolePolicy', 'iam:DetachGroupPolicy'],
    undoCalls: ['iam:AttachUserPolicy', 'iam:AttachRolePolicy', 'iam:AttachGroupPolicy'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'iam.amazonaws.com', ...Object.keys(kinds));
    if ('refused' in place) return place;
    const eventName = readText(record, 'eventName') ?? '';
    if (!isKind(eventName)) return notApplicable('the call attached no policy');
    const { kind, field, attach, detach, attached } = kinds[eventName];
    const principal = namedPrincipal(kind, readText(record, `requestParameters.${field}`), place);
    if ('refused' in principal) return principal;
    const policy = readText(record, 'requestParameters.policyArn') ?? '';
    if (!adminPolicy.test(policy)) return notApplicable('the policy is none of the administrator policies of AWS');
    const read = attached(principal.name);
    return {
      ...principal,
      reads: [read],
      changes: () => [
        { read, to: { [policy]: null }, call: detach(principal.name, policy), undo: attach(principal.name, policy) },
      ],
    };
  },
};
