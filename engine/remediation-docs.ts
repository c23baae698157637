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
      'records that name several instances or none, and those that a call names which failed; instances of another region than the call; an instance in a VPC without a security group named `trailwire-isolation`, which has to be there beforehand, without any rule',
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
  'snapshot-instance': {
    refuses:
      'records that name several instances or none, and those that a call names which failed; instances of another region than the call, and those without a volume',
    undo: 'not possible: nothing was changed, and no role of Trailwire may delete evidence',
  },
  'start-config-recorder': { refuses: 'recorders of AWS services', undo: 'the recorder stopped' },
  'unshare-db-snapshot': { refuses: toOthers, undo: 'shared again with the same' },
  'unshare-image': { refuses: toOthers, undo: 'shared again with the same' },
  'unshare-snapshot': { refuses: toOthers, undo: 'shared again with the same' },
};

const listed = (actions: readonly string[]): string =>
  actions.length === 0 ? 'nothing' : actions.toSorted().join(', ');

/** The document of all remediations, in Markdown; `npm run docs` writes it. */
export const renderRemediationDocs = (): string => {
  const sections = Object.entries(remediations).map(([name, { says, usually, doesNotStop, actions }]) => {
    const { refuses, undo } = notes[name as RemediationName];
    return [
      `## ${name}\n`,
      `${says}.\n`,
      `- **Runs**: ${usually === 'auto' ? 'by itself' : 'with approval'}, where the rule does not say.`,
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
as it wants it already. Those that put right what a call did refuse calls that failed and calls whose parameters CloudTrail left out.
Undo refuses, unless forced, what somebody changed since.

## When one runs

A rule may say so: \`{ "run": "deactivate-access-key", "mode": "auto" }\`, or \`"approve"\`. Where it does not, what was opened or switched
off is put right by itself, as evidence is kept; what takes a credential, a permission or a machine from somebody who may be innocent is asked for. Even with \`auto\` a
person is asked when the event was replayed from an archive, when it is older than \`maxAgeMinutes\` (60), and in \`quietHours\`
(such as \`22-6\`, UTC; none unless you set them). A plan that waits is given up after \`approvalMinutes\` (60), counted in quiet hours from their
end. When it was approved, the guards are asked again and the account is read again; it is not run over what somebody changed meanwhile.

Nothing runs, approved or not, against these, and the alert says which it was:

| refusal | means |
|---|---|
| \`rule-status\` | the rule is not \`stable\` |
| \`service-made\` | an AWS service made the call: that says nothing of who holds the credentials |
| \`own-role\` | a role of Trailwire made the call or is the target |
| \`protected-principal\` | the caller or the target is in the list \`protected-principals\` |
| \`protected-resource\` | the target is in the list \`protected-resources\` |
| \`protected-tag\` | the target has a tag of the list \`protected-tags\`, in AWS and now |
| \`no-role\` | the target is in an account without a role for Trailwire |
| \`not-applicable\` | the response has nothing to act on in such a call |
| \`done-already\` | the account is as wanted already |
| \`limit\` | \`limitPerHour\` or \`limitPerAccount\` (5 each) responses began within the hour; one that waits counts |
| \`acted-already\` | another finding had the same response run on the same principal within five minutes |
| \`switched-off\` | somebody switched all responses off, see below |
| \`mode-off\` | the stack is in mode \`off\`, or was taken out of \`execute\` while a plan waited |
| \`rejected\`, \`expired\` | a person said no, or nobody said anything in time |
| \`decision-invalid\` | the approval is of another plan, or from after its time: somebody wrote into the table |
| \`taken-back\` | a person has taken this response back |
| \`changed-since\` | somebody changed what was planned on, before it ran or since |
| \`cannot-undo\` | what was there cannot be brought back |

## Switch all of them off

An item in the table stops every response within a minute, without a deployment: those that wait and those that would be put in force again, too.
Undo goes on working. Delete the item, and they run again.

\`\`\`
aws dynamodb put-item --table-name trailwire --item '{"id":{"S":"switch#responses"},"reason":{"S":"a rule went wild"}}'
aws dynamodb delete-item --table-name trailwire --key '{"id":{"S":"switch#responses"}}'
\`\`\``;
