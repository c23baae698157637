import { remediations } from './remediations/index.ts';
import type { RemediationName } from './remediations/name.ts';

/** What a reader wants to know of a remediation beside what it says itself. */
type Notes = { readonly refuses: string; readonly undo: string };

const notAUser = 'root, roles, services and callers of other accounts: no user is behind them';
const notARole = 'users and root; service-linked roles and those of IAM Identity Center, which AWS protects';
const toOthers = 'what was not shared with anybody unknown: `known-accounts` are left alone';

const notes: Readonly<Record<RemediationName, Notes>> = {
  'block-bucket-public-access': {
    refuses: 'calls of S3 that neither open nor could open a bucket',
    undo: 'the settings that were there, or none',
  },
  'close-function-url': {
    refuses: 'a URL that demands authentication, and functions of other accounts and regions',
    undo: 'the URL open to everybody',
  },
  'contain-credential': {
    refuses: `${notAUser}. For a temporary key it denies the user alone`,
    undo: 'policy detached, key Active, sessions of the roles let in again until they expire',
  },
  'deactivate-access-key': { refuses: `temporary keys (ASIA), and ${notAUser}`, undo: 'the key Active' },
  'deactivate-new-key': { refuses: 'keys of root', undo: 'the key Active' },
  'delete-created-login-profile': {
    refuses: 'the password of root',
    undo: 'not possible: nobody but its owner knew the password',
  },
  'deny-user': { refuses: notAUser, undo: 'the policy detached, or the inline policy deleted' },
  'detach-admin-policy': {
    refuses: 'policies other than AdministratorAccess, IAMFullAccess and PowerUserAccess; roles that AWS protects',
    undo: 'the policy attached',
  },
  'enable-guardduty': {
    refuses: 'a detector that was deleted: a new one has neither its findings nor its settings',
    undo: 'the detector off',
  },
  'enable-security-hub': { refuses: 'nothing more', undo: 'Security Hub off' },
  'isolate-instance': {
    refuses:
      'records that name several instances or none; an instance in a VPC without a security group named `trailwire-isolation`, which has to be there beforehand, without any rule',
    undo: 'the groups that each network interface had, and the tag removed',
  },
  'keep-kms-key': {
    refuses: 'keys of other accounts and regions',
    undo: 'the key disabled, and its deletion scheduled anew with the days of the call',
  },
  'quarantine-user': { refuses: notAUser, undo: 'the policy detached, or the inline policy deleted' },
  'remove-console-password': {
    refuses: notAUser,
    undo: 'not possible: nobody but its owner knew the password',
  },
  'remove-function-permission': {
    refuses: 'functions of other accounts and regions',
    undo: 'the statement added again; not where AddPermission cannot write it',
  },
  'remove-public-statements': {
    refuses: 'a policy that the call did not open, or that was written anew since',
    undo: 'the policy that was there, byte for byte',
  },
  'remove-trusted-principal': {
    refuses: 'roles that AWS protects, and calls that let in none but `known-accounts`',
    undo: 'the trust policy that was there, byte for byte',
  },
  'restart-trail': {
    refuses: 'trails of an organization or of another region, and trails that were deleted',
    undo: 'the trail stopped',
  },
  'restore-policy-version': {
    refuses:
      'policies of AWS; a version that is not the default any more; a choice between several that may have been it',
    undo: 'the version of the call the default',
  },
  'restore-trail-selectors': {
    refuses: 'trails of an organization or of another region, and selectors of a kind that is new',
    undo: 'the selectors that were there',
  },
  'revoke-role-sessions': { refuses: notARole, undo: 'the inline policy deleted' },
  'revoke-security-group-rules': {
    refuses: 'rules that are not there any more, and more than 30 at once',
    undo: 'the rules added again, with their descriptions',
  },
  'revoke-session': { refuses: notARole, undo: 'the inline policy deleted' },
  'start-config-recorder': { refuses: 'recorders of AWS services', undo: 'the recorder stopped' },
  'unshare-db-snapshot': { refuses: toOthers, undo: 'shared again with the same' },
  'unshare-image': { refuses: toOthers, undo: 'shared again with the same' },
  'unshare-snapshot': { refuses: toOthers, undo: 'shared again with the same' },
};

const listed = (actions: readonly string[]): string =>
  actions.length === 0 ? 'nothing' : actions.toSorted().join(', ');

/** The document of all remediations, in Markdown; `npm run docs` writes it. */
export const renderRemediationDocs = (): string => {
  const sections = Object.entries(remediations).map(([name, { says, doesNotStop, actions }]) => {
    const { refuses, undo } = notes[name as RemediationName];
    return [
      `## ${name}\n`,
      `${says}.\n`,
      `- **Does not stop**: ${doesNotStop}`,
      `- **Refuses**: ${refuses}.`,
      `- **Undo restores**: ${undo}.`,
      `- **Permissions**: reads ${listed(actions.reads)}; calls ${listed(actions.calls)}; undo ${listed(actions.undoCalls)}.`,
    ].join('\n');
  });
  return `${introduction}\n\n${sections.join('\n\n')}\n`;
};

const introduction = `# Remediations

Made from the code by \`npm run docs\`. A rule names them in \`respond.remediate\`; [README](../README.md#respond) tells when one runs.

Each acts on what the record names and on nothing else, reads first what is there and keeps it, and does nothing where everything is
as it wants it already. All of them refuse protected principals, Trailwire's own roles, calls that AWS services made, replayed events,
other accounts, rules that are not \`stable\`, and what is above the limit of the hour. Those that put right what a call did refuse
calls that failed and calls whose parameters CloudTrail left out. Undo refuses, unless forced, what somebody changed since.`;
