import * as z from 'zod/mini';
import { awsCallSchema, awsReadSchema } from './aws-call.ts';
import type { Condition } from './condition.ts';
import { isJsonObject } from './record.ts';

/** Written by remediations, not by authors: what of it is no condition fails when the check runs. */
const condition = z.custom<Condition>(isJsonObject, 'expected a condition');

/** Reads the account back: `holds` is a condition on the answer, in the language of rules. */
const checkSchema = z.strictObject({ read: awsReadSchema, holds: condition });
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
  calls: z.array(awsCallSchema).check(z.minLength(1)),
  checks: z.array(checkSchema).check(z.minLength(1)),
  undo: z.array(awsCallSchema).check(z.minLength(1)),
  undoChecks: z.array(checkSchema).check(z.minLength(1)),
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
