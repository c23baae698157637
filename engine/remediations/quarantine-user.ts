import type { AwsRead } from '../aws-call.ts';
import { callingUser } from './caller.ts';
import type { Remediation } from './remediation.ts';

/**
 * Attaches AWS's own quarantine policy to the IAM user behind the call; it also binds the user's session and federation
 * tokens. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
 */
export const quarantineUser: Remediation = {
  says: 'Attaches AWSCompromisedKeyQuarantineV3 to the IAM user behind the call',
  doesNotStop:
    'The policy slows an intruder down, it does not contain one: sts:AssumeRole, KMS, Secrets Manager, Systems Manager and cloudtrail:StopLogging stay open to the user.',
  actions: ['iam:AttachUserPolicy', 'iam:DetachUserPolicy', 'iam:ListAttachedUserPolicies'],
  draft: ({ record }) => {
    const user = callingUser(record);
    if ('refused' in user) return user;
    const PolicyArn = `arn:${user.partition}:iam::aws:policy/AWSCompromisedKeyQuarantineV3`;
    const parameters = { UserName: user.name, PolicyArn };
    const attached: AwsRead = { action: 'iam:ListAttachedUserPolicies', parameters: { UserName: user.name } };
    return {
      target: { type: 'user', account: user.account, arn: user.arn, name: user.name },
      reads: [attached],
      changes: () => [
        {
          read: attached,
          to: { [PolicyArn]: true },
          call: { action: 'iam:AttachUserPolicy', parameters },
          undo: { action: 'iam:DetachUserPolicy', parameters },
        },
      ],
    };
  },
};
