import * as z from 'zod/mini';
import { readTexts } from '../field.ts';

const name = z.string().check(z.regex(/^[\w+=,.@-]{1,64}$/));
const groupName = z.string().check(z.regex(/^[\w+=,.@-]{1,128}$/));

// Only long-term keys have a state; an ASIA id answers NoSuchEntity.
const accessKeyId = z.string().check(z.regex(/^AKIA[A-Z0-9]{12,124}$/));

/** Policies of AWS: those that stop a user, and those that undo puts back where a response detached them. */
export const stoppingPolicies = ['AWSCompromisedKeyQuarantineV3', 'AWSDenyAll'] as const;
export const adminPolicies = ['AdministratorAccess', 'IAMFullAccess', 'PowerUserAccess'] as const;
const policyOfAws = (...names: readonly string[]) =>
  z.string().check(z.regex(new RegExp(`^arn:aws[a-z-]*:iam::aws:policy/(?:${names.join('|')})$`)));
const userPolicy = policyOfAws(...stoppingPolicies, ...adminPolicies);
const adminPolicy = policyOfAws(...adminPolicies);
const ownedPolicy = z.string().check(z.regex(/^arn:aws[a-z-]*:iam::\d{12}:policy\/[!-~]{1,512}$/));
const versionId = z.string().check(z.regex(/^v[1-9]\d{0,8}$/));

/** Inline policies of ours are told by their names, and can only deny. */
const ownPolicyName = z.string().check(z.regex(/^Trailwire[A-Za-z]+-[0-9a-f]{12}$/));
const denyingDocument = z.string().check(
  z.refine((document) => {
    const effects = readTexts({ document }, 'document.Statement.Effect');
    return effects.length > 0 && effects.every((effect) => effect === 'Deny');
  }, 'expected a policy that only denies'),
);

const ofUser = z.strictObject({ UserName: name });
const ofRole = z.strictObject({ RoleName: name });
const ofGroup = z.strictObject({ GroupName: groupName });
const attachedToUser = z.strictObject({ UserName: name, PolicyArn: userPolicy });
const attachedToRole = z.strictObject({ RoleName: name, PolicyArn: adminPolicy });
const attachedToGroup = z.strictObject({ GroupName: groupName, PolicyArn: adminPolicy });
const inlineOfUser = z.strictObject({ UserName: name, PolicyName: ownPolicyName });
const inlineOfRole = z.strictObject({ RoleName: name, PolicyName: ownPolicyName });

export const iamCalls = [
  z.strictObject({
    action: z.literal('iam:UpdateAccessKey'),
    parameters: z.strictObject({ UserName: name, AccessKeyId: accessKeyId, Status: z.enum(['Active', 'Inactive']) }),
  }),
  z.strictObject({ action: z.literal('iam:AttachUserPolicy'), parameters: attachedToUser }),
  z.strictObject({ action: z.literal('iam:DetachUserPolicy'), parameters: attachedToUser }),
  z.strictObject({ action: z.literal('iam:AttachRolePolicy'), parameters: attachedToRole }),
  z.strictObject({ action: z.literal('iam:DetachRolePolicy'), parameters: attachedToRole }),
  z.strictObject({ action: z.literal('iam:AttachGroupPolicy'), parameters: attachedToGroup }),
  z.strictObject({ action: z.literal('iam:DetachGroupPolicy'), parameters: attachedToGroup }),
  z.strictObject({
    action: z.literal('iam:PutUserPolicy'),
    parameters: z.extend(inlineOfUser, { PolicyDocument: denyingDocument }),
  }),
  z.strictObject({ action: z.literal('iam:DeleteUserPolicy'), parameters: inlineOfUser }),
  z.strictObject({
    action: z.literal('iam:PutRolePolicy'),
    parameters: z.extend(inlineOfRole, { PolicyDocument: denyingDocument }),
  }),
  z.strictObject({ action: z.literal('iam:DeleteRolePolicy'), parameters: inlineOfRole }),
  z.strictObject({ action: z.literal('iam:DeleteLoginProfile'), parameters: ofUser }),
  z.strictObject({
    action: z.literal('iam:SetDefaultPolicyVersion'),
    parameters: z.strictObject({ PolicyArn: ownedPolicy, VersionId: versionId }),
  }),
  z.strictObject({
    action: z.literal('iam:UpdateAssumeRolePolicy'),
    parameters: z.strictObject({ RoleName: name, PolicyDocument: z.string() }),
  }),
] as const;

export const iamReads = [
  /** `{"<key id>": "Active"}` for each key. */
  z.strictObject({ action: z.literal('iam:ListAccessKeys'), parameters: ofUser }),
  /** `{"<policy ARN>": true}` for each policy. */
  z.strictObject({ action: z.literal('iam:ListAttachedUserPolicies'), parameters: ofUser }),
  z.strictObject({ action: z.literal('iam:ListAttachedRolePolicies'), parameters: ofRole }),
  z.strictObject({ action: z.literal('iam:ListAttachedGroupPolicies'), parameters: ofGroup }),
  /** `{"document": "<text>"}`. */
  z.strictObject({ action: z.literal('iam:GetUserPolicy'), parameters: inlineOfUser }),
  z.strictObject({ action: z.literal('iam:GetRolePolicy'), parameters: inlineOfRole }),
  /** `{"arn": "..."}`; of a role also `"trust"`, the text of its trust policy. */
  z.strictObject({ action: z.literal('iam:GetUser'), parameters: ofUser }),
  z.strictObject({ action: z.literal('iam:GetRole'), parameters: ofRole }),
  z.strictObject({ action: z.literal('iam:GetGroup'), parameters: ofGroup }),
  /** `{"exists": true}`. */
  z.strictObject({ action: z.literal('iam:GetLoginProfile'), parameters: ofUser }),
  /** `{"default": "v2", "v1": true, "v2": true}`. */
  z.strictObject({
    action: z.literal('iam:ListPolicyVersions'),
    parameters: z.strictObject({ PolicyArn: ownedPolicy }),
  }),
] as const;
