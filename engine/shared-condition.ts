import * as z from 'zod';
import { conditionSchema } from './condition.ts';

/** A condition that rules name: `rules/conditions/<name>.json`. */
export const sharedConditionSchema = z.strictObject({
  $schema: z.string().optional(),
  description: z.string().min(1),
  conditions: conditionSchema,
});
export type SharedCondition = z.infer<typeof sharedConditionSchema>;

/** A list that rules name: `rules/lists/<name>.json`; empty until the owner of the account fills it. */
export const listSchema = z.strictObject({
  $schema: z.string().optional(),
  description: z.string().min(1),
  values: z.array(z.union([z.string().min(1), z.number()])),
});
export type List = z.infer<typeof listSchema>;
