import * as z from 'zod';
import { awsCallSchema, awsReadSchema } from './aws-call.ts';
import { conditionSchema } from './condition.ts';

/** Reads the account back: `holds` is a condition on the answer, in the language of rules. */
const checkSchema = z.strictObject({ read: awsReadSchema, holds: conditionSchema });
export type Check = z.infer<typeof checkSchema>;

/** Whom a plan acts on. */
const targetSchema = z.strictObject({
  type: z.enum(['access-key', 'user', 'role']),
  account: z.string(),
  /** The principal's ARN: what protected principals are compared with. */
  arn: z.string(),
  name: z.string(),
});

/** What a remediation wants done: the calls, how to see that they took hold, how to take them back, and what they do not stop. */
export const planSchema = z.strictObject({
  remediation: z.string(),
  target: targetSchema,
  calls: z.array(awsCallSchema).min(1),
  checks: z.array(checkSchema).min(1),
  undo: z.array(awsCallSchema).min(1),
  undoChecks: z.array(checkSchema).min(1),
  doesNotStop: z.string(),
});
export type Plan = z.infer<typeof planSchema>;

/** Why a remediation cannot or may not act. */
export type Refusal = { readonly refused: RefusalCode; readonly reason: string };

export const refusalCodes = [
  'not-applicable',
  'mode-off',
  'rule-status',
  'replayed',
  'service-made',
  'own-role',
  'protected-principal',
  'other-account',
  'done-already',
  'limit',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export const isRefusal = (value: Plan | Refusal): value is Refusal => 'refused' in value;
