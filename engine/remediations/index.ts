import { deactivateAccessKey } from './deactivate-access-key.ts';
import type { RemediationName } from './name.ts';
import { quarantineUser } from './quarantine-user.ts';
import type { Remediation } from './remediation.ts';
import { revokeRoleSessions } from './revoke-role-sessions.ts';

/** Every remediation a rule can name in `respond.remediate`. */
export const remediations = {
  'deactivate-access-key': deactivateAccessKey,
  'quarantine-user': quarantineUser,
  'revoke-role-sessions': revokeRoleSessions,
} as const satisfies Record<RemediationName, Remediation>;
