import * as z from 'zod/mini';

/** What a rule can name in `respond.remediate`; `index.ts` has one remediation for each. */
export const remediationNameSchema = z.enum([
  'block-bucket-public-access',
  'close-function-url',
  'contain-credential',
  'deactivate-access-key',
  'deactivate-new-key',
  'delete-created-login-profile',
  'deny-user',
  'detach-admin-policy',
  'enable-guardduty',
  'enable-security-hub',
  'isolate-instance',
  'keep-kms-key',
  'quarantine-user',
  'remove-console-password',
  'remove-function-permission',
  'remove-public-statements',
  'remove-trusted-principal',
  'restart-trail',
  'restore-policy-version',
  'restore-trail-selectors',
  'revoke-role-sessions',
  'revoke-security-group-rules',
  'revoke-session',
  'snapshot-instance',
  'start-config-recorder',
  'unshare-db-snapshot',
  'unshare-image',
  'unshare-snapshot',
]);
export type RemediationName = z.infer<typeof remediationNameSchema>;
