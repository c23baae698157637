import * as z from 'zod/mini';

/** `auto` runs when nothing speaks against it; `approve` waits until a person has approved the plan. */
export const runModeSchema = z.enum(['auto', 'approve']);
export type RunMode = z.infer<typeof runModeSchema>;
