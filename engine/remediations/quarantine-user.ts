import type { Check } from '../plan.ts';
import { callingUser } from './caller.ts';
import type { Remediation } from './remediation.ts';

/**
 * Attaches AWS's own quarantine policy to the IAM user behind the call; it also binds the user's session and federation
 * tokens. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
 */
export const quarantineUser: Remediation = {
  says: 'Attaches AWSCompromisedKeyQuarantineV3 to the IAM user behind the call',
  actions: ['iam:AttachUserPolicy', 'iam:DetachUserPolicy', 'iam:ListAttachedUserPolicies'],
  plan: ({ record }) => {
    const user = callingUser(record);
    if ('refused' in user) return user;
    const parameters = {
      UserName: user.name,
      PolicyArn: `arn:${user.partition}:iam::aws:policy/AWSCompromisedKeyQuarantineV3`,
    };
    const attached: Check = {
      read: { action: 'iam:ListAttachedUserPolicies', parameters: { UserName: user.name } },
      holds: {
        all: [{ fact: 'AttachedPolicies.PolicyArn', operator: 'equal', value: parameters.PolicyArn }],
      },
    };
    return {
      remediation: 'quarantine-user',
      target: { type: 'user', account: user.account, arn: user.arn, name: user.name },
      calls: [{ action: 'iam:AttachUserPolicy', parameters }],
      checks: [attached],
      undo: [{ action: 'iam:DetachUserPolicy', parameters }],
      undoChecks: [{ ...attached, holds: { not: attached.holds } }],
      doesNotStop:
        'The policy slows an intruder down, it does not contain one: sts:AssumeRole, KMS, Secrets Manager, Systems Manager and cloudtrail:StopLogging stay open to the user.',
    };
  },
};
