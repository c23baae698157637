import * as z from 'zod/mini';

export const tagReads = [
  /** The tags of one resource: `{"tag stage": "live"}`. Users and roles are not among those that it knows. */
  z.strictObject({
    action: z.literal('tag:GetResources'),
    parameters: z.strictObject({ ResourceARNList: z.array(z.string()).check(z.length(1)) }),
  }),
] as const;
