import * as z from 'zod';
import { deactivateAccessKey } from './deactivate-access-key.ts';
import { quarantineUser } from './quarantine-user.ts';
import type { Remediation } from './remediation.ts';
import { revokeRoleSessions } from './revoke-role-sessions.ts';

/** Every remediation a rule can name in `respond.remediate`. */
export const remediations = {
  'deactivate-access-key': deactivateAccessKey,
  'quarantine-user': quarantineUser,
  'revoke-role-sessions': revokeRoleSessions,
} as const satisfies Record<string, Remediation>;

export type RemediationName = keyof typeof remediations;
export const remediationNameSchema = z.enum(Object.keys(remediations) as [RemediationName, ...RemediationName[]]);
