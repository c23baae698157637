import * as z from 'zod/mini';
import { readTexts } from '../field.ts';

const name = z.string().check(z.regex(/^[\w+=,.@-]{1,64}$/));

// Only long-term keys have a state; an ASIA id answers NoSuchEntity.
const accessKeyId = z.string().check(z.regex(/^AKIA[A-Z0-9]{12,124}$/));

/** Attaching any policy would be a way to become administrator: what stops a user, and nothing else. */
const userPolicy = z.string().check(z.regex(/^arn:aws[a-z-]*:iam::aws:policy\/AWSCompromisedKeyQuarantineV3$/));

/** Inline policies of ours are told by their names, and can only deny. */
const ownPolicyName = z.string().check(z.regex(/^Trailwire[A-Za-z]+-[0-9a-f]{12}$/));
const denyingDocument = z.string().check(
  z.refine((document) => {
    const effects = readTexts({ document }, 'document.Statement.Effect');
    return effects.length > 0 && effects.every((effect) => effect === 'Deny');
  }, 'expected a policy that only denies'),
);

export const iamCalls = [
  z.strictObject({
    action: z.literal('iam:UpdateAccessKey'),
    parameters: z.strictObject({ UserName: name, AccessKeyId: accessKeyId, Status: z.enum(['Active', 'Inactive']) }),
  }),
  z.strictObject({
    action: z.literal('iam:AttachUserPolicy'),
    parameters: z.strictObject({ UserName: name, PolicyArn: userPolicy }),
  }),
  z.strictObject({
    action: z.literal('iam:DetachUserPolicy'),
    parameters: z.strictObject({ UserName: name, PolicyArn: userPolicy }),
  }),
  z.strictObject({
    action: z.literal('iam:PutRolePolicy'),
    parameters: z.strictObject({ RoleName: name, PolicyName: ownPolicyName, PolicyDocument: denyingDocument }),
  }),
  z.strictObject({
    action: z.literal('iam:DeleteRolePolicy'),
    parameters: z.strictObject({ RoleName: name, PolicyName: ownPolicyName }),
  }),
] as const;

export const iamReads = [
  /** `{"<key id>": "Active"}` for each key. */
  z.strictObject({ action: z.literal('iam:ListAccessKeys'), parameters: z.strictObject({ UserName: name }) }),
  /** `{"<policy ARN>": true}` for each policy. */
  z.strictObject({ action: z.literal('iam:ListAttachedUserPolicies'), parameters: z.strictObject({ UserName: name }) }),
  /** `{"document": "<text>"}`. */
  z.strictObject({
    action: z.literal('iam:GetRolePolicy'),
    parameters: z.strictObject({ RoleName: name, PolicyName: ownPolicyName }),
  }),
] as const;
