import * as z from 'zod/mini';

const userName = z.string().check(z.minLength(1), z.maxLength(64));
const roleName = z.string().check(z.minLength(1), z.maxLength(64));
const policyName = z.string().check(z.minLength(1), z.maxLength(128));

/**
 * The closed list of AWS writes the product can ever make, with the parameters it may send. A plan is checked against it
 * before anything runs, and `infra.test.ts` holds the response role's permissions equal to it.
 */
export const awsCallSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('iam:UpdateAccessKey'),
    parameters: z.strictObject({
      UserName: userName,
      // Only long-term keys have a state; an ASIA id answers NoSuchEntity.
      AccessKeyId: z.string().check(z.regex(/^AKIA[A-Z0-9]{12,124}$/)),
      Status: z.enum(['Active', 'Inactive']),
    }),
  }),
  z.strictObject({
    action: z.literal('iam:AttachUserPolicy'),
    parameters: z.strictObject({ UserName: userName, PolicyArn: z.string() }),
  }),
  z.strictObject({
    action: z.literal('iam:DetachUserPolicy'),
    parameters: z.strictObject({ UserName: userName, PolicyArn: z.string() }),
  }),
  z.strictObject({
    action: z.literal('iam:PutRolePolicy'),
    parameters: z.strictObject({ RoleName: roleName, PolicyName: policyName, PolicyDocument: z.string() }),
  }),
  z.strictObject({
    action: z.literal('iam:DeleteRolePolicy'),
    parameters: z.strictObject({ RoleName: roleName, PolicyName: policyName }),
  }),
]);
export type AwsCall = z.infer<typeof awsCallSchema>;

/** The AWS reads that checks are made of. What does not exist reads as `{}`. */
export const awsReadSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('iam:ListAccessKeys'),
    parameters: z.strictObject({ UserName: userName }),
  }),
  z.strictObject({
    action: z.literal('iam:ListAttachedUserPolicies'),
    parameters: z.strictObject({ UserName: userName }),
  }),
  z.strictObject({
    action: z.literal('iam:GetRolePolicy'),
    parameters: z.strictObject({ RoleName: roleName, PolicyName: policyName }),
  }),
]);
export type AwsRead = z.infer<typeof awsReadSchema>;

/** The IAM actions behind all calls and reads. */
export const awsActions: readonly string[] = [...awsCallSchema.def.options, ...awsReadSchema.def.options].flatMap(
  (option) => option.shape.action.def.values,
);
