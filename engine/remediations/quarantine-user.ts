import { type Binding, bindingActions, draftBinding } from './bind-user.ts';
import type { Remediation } from './remediation.ts';

/** Short enough for the 2,048 characters that all inline policies of a user share. */
const gist = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Action: [
        ...['iam:Add*', 'iam:Attach*', 'iam:Create*', 'iam:Delete*', 'iam:Detach*', 'iam:PassRole', 'iam:Put*'],
        ...['iam:Set*', 'iam:Update*', 'iam:Upload*', 'sts:GetFederationToken', 'sts:GetSessionToken'],
        ...['ec2:RequestSpot*', 'ec2:RunInstances', 'ec2:StartInstances', 'lambda:AddPermission', 'lambda:Create*'],
        ...[
          'lambda:UpdateFunctionCode',
          's3:DeleteBucket*',
          's3:DeleteObject*',
          's3:GetObject*',
          's3:ListAllMyBuckets',
        ],
        ...['s3:ListBucket*', 's3:PutBucket*', 's3:PutLifecycleConfiguration', 'bedrock:InvokeModel*'],
        ...['organizations:CreateAccount', 'organizations:InviteAccountToOrganization', 'lightsail:Create*'],
      ],
      Resource: '*',
    },
  ],
});

const binding: Binding = {
  managed: 'AWSCompromisedKeyQuarantineV3',
  inline: { name: 'TrailwireQuarantine', document: gist },
};

/**
 * Attaches AWS's own quarantine policy to the IAM user behind the call; it also binds the user's session and federation
 * tokens. A user that has ten policies already gets an inline policy with the gist of it.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
 */
export const quarantineUser: Remediation = {
  actsOn: 'caller',
  usually: 'approve',
  says: 'Attaches AWSCompromisedKeyQuarantineV3 to the IAM user behind the call',
  doesNotStop:
    'The policy slows an intruder down, it does not contain one: sts:AssumeRole, KMS, Secrets Manager, Systems Manager and cloudtrail:StopLogging stay open to the user.',
  actions: bindingActions,
  draft: draftBinding(binding),
};
