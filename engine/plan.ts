import * as z from 'zod/mini';
import { awsCallSchema, awsReadSchema } from './aws-call.ts';
import { stateSchema } from './state.ts';

/** Whom or what a plan acts on. */
export const targetSchema = z.strictObject({
  type: z.string(),
  account: z.string(),
  /** What protected principals and resources are compared with. */
  arn: z.string(),
  name: z.string(),
});
export type Target = z.infer<typeof targetSchema>;

export const labelOf = ({ type, name }: Target): string => `${type} ${name}`;

/**
 * One thing that becomes another: where to see it, what was there, what is wanted, the call that makes it so and the one
 * that puts back what was there. That `to` shows means done; `from`, not done or taken back; neither, that somebody else
 * changed it.
 */
export const changeSchema = z.strictObject({
  read: awsReadSchema,
  from: stateSchema,
  to: stateSchema,
  call: awsCallSchema,
  undo: z.union([awsCallSchema, z.strictObject({ cannot: z.string() })]),
  /** The call writes a whole document, made from the one that was read: it replaces that one and no other. */
  exactly: z.optional(z.literal(true)),
});
export type Change = z.infer<typeof changeSchema>;

/** What a remediation wants done, complete: it can be carried out, checked and taken back without asking again. */
export const planSchema = z.strictObject({
  remediation: z.string(),
  target: targetSchema,
  changes: z.array(changeSchema).check(z.minLength(1)),
  doesNotStop: z.string(),
});
export type Plan = z.infer<typeof planSchema>;

/** Why a remediation cannot or may not act. */
export type Refusal = { readonly refused: RefusalCode; readonly reason: string };

export const refusalCodes = [
  'not-applicable',
  'mode-off',
  'rule-status',
  'service-made',
  'own-role',
  'protected-principal',
  'protected-resource',
  'protected-tag',
  'no-role',
  'done-already',
  'limit',
  'acted-already',
  'switched-off',
  'rejected',
  'expired',
  'decision-invalid',
  'taken-back',
  'cannot-undo',
  'changed-since',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export const isRefusal = (value: object): value is Refusal => 'refused' in value;
