import * as z from 'zod/mini';

/** What a rule can name in `respond.remediate`; `index.ts` has one remediation for each. */
export const remediationNameSchema = z.enum(['deactivate-access-key', 'quarantine-user', 'revoke-role-sessions']);
export type RemediationName = z.infer<typeof remediationNameSchema>;
