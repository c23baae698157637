import * as z from 'zod/mini';

const text = z.string();
const functionOrAlias = {
  FunctionName: text.check(z.regex(/^[\w-]{1,64}$/)),
  Qualifier: z.optional(text.check(z.regex(/^[\w$-]{1,128}$/))),
};
const statement = { ...functionOrAlias, StatementId: text.check(z.regex(/^[\w-]{1,100}$/)) };
const authType = z.enum(['NONE', 'AWS_IAM']);

export const lambdaCalls = [
  z.strictObject({ action: z.literal('lambda:RemovePermission'), parameters: z.strictObject(statement) }),
  z.strictObject({
    action: z.literal('lambda:AddPermission'),
    parameters: z.strictObject({
      ...statement,
      Action: text,
      Principal: text,
      SourceArn: z.optional(text),
      SourceAccount: z.optional(text),
      PrincipalOrgID: z.optional(text),
      FunctionUrlAuthType: z.optional(authType),
    }),
  }),
  z.strictObject({
    action: z.literal('lambda:UpdateFunctionUrlConfig'),
    parameters: z.strictObject({ ...functionOrAlias, AuthType: authType }),
  }),
] as const;

export const lambdaReads = [
  /** The statements of its policy by their ids. */
  z.strictObject({ action: z.literal('lambda:GetPolicy'), parameters: z.strictObject(functionOrAlias) }),
  /** `{"authType": "NONE"}`. */
  z.strictObject({ action: z.literal('lambda:GetFunctionUrlConfig'), parameters: z.strictObject(functionOrAlias) }),
] as const;
