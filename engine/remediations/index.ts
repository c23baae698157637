import { blockBucketPublicAccess } from './block-bucket-public-access.ts';
import { closeFunctionUrl } from './close-function-url.ts';
import { containCredential } from './contain-credential.ts';
import { deactivateAccessKey } from './deactivate-access-key.ts';
import { deactivateNewKey } from './deactivate-new-key.ts';
import { deleteCreatedLoginProfile } from './delete-created-login-profile.ts';
import { denyUser } from './deny-user.ts';
import { detachAdminPolicy } from './detach-admin-policy.ts';
import { enableGuardduty } from './enable-guardduty.ts';
import { enableSecurityHub } from './enable-security-hub.ts';
import { isolateInstance } from './isolate-instance.ts';
import { keepKmsKey } from './keep-kms-key.ts';
import type { RemediationName } from './name.ts';
import { quarantineUser } from './quarantine-user.ts';
import type { Remediation } from './remediation.ts';
import { removeConsolePassword } from './remove-console-password.ts';
import { removeFunctionPermission } from './remove-function-permission.ts';
import { removePublicStatements } from './remove-public-statements.ts';
import { removeTrustedPrincipal } from './remove-trusted-principal.ts';
import { restartTrail } from './restart-trail.ts';
import { restorePolicyVersion } from './restore-policy-version.ts';
import { restoreTrailSelectors } from './restore-trail-selectors.ts';
import { revokeRoleSessions } from './revoke-role-sessions.ts';
import { revokeSecurityGroupRules } from './revoke-security-group-rules.ts';
import { revokeSession } from './revoke-session.ts';
import { snapshotInstance } from './snapshot-instance.ts';
import { startConfigRecorder } from './start-config-recorder.ts';
import { unshareDbSnapshot } from './unshare-db-snapshot.ts';
import { unshareImage } from './unshare-image.ts';
import { unshareSnapshot } from './unshare-snapshot.ts';

/** Every remediation a rule can name in `respond.remediate`. */
export const remediations = {
  'block-bucket-public-access': blockBucketPublicAccess,
  'close-function-url': closeFunctionUrl,
  'contain-credential': containCredential,
  'deactivate-access-key': deactivateAccessKey,
  'deactivate-new-key': deactivateNewKey,
  'delete-created-login-profile': deleteCreatedLoginProfile,
  'deny-user': denyUser,
  'detach-admin-policy': detachAdminPolicy,
  'enable-guardduty': enableGuardduty,
  'enable-security-hub': enableSecurityHub,
  'isolate-instance': isolateInstance,
  'keep-kms-key': keepKmsKey,
  'quarantine-user': quarantineUser,
  'remove-console-password': removeConsolePassword,
  'remove-function-permission': removeFunctionPermission,
  'remove-public-statements': removePublicStatements,
  'remove-trusted-principal': removeTrustedPrincipal,
  'restart-trail': restartTrail,
  'restore-policy-version': restorePolicyVersion,
  'restore-trail-selectors': restoreTrailSelectors,
  'revoke-role-sessions': revokeRoleSessions,
  'revoke-security-group-rules': revokeSecurityGroupRules,
  'revoke-session': revokeSession,
  'snapshot-instance': snapshotInstance,
  'start-config-recorder': startConfigRecorder,
  'unshare-db-snapshot': unshareDbSnapshot,
  'unshare-image': unshareImage,
  'unshare-snapshot': unshareSnapshot,
} as const satisfies Record<RemediationName, Remediation>;
