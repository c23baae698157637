import type { AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { aspectOf, type State } from '../state.ts';
import { deactivation } from './access-key.ts';
import { attachedTo, bindingActions, bindUser, denyingUser } from './bind-user.ts';
import { callingUser } from './caller.ts';
import { denySessions, roleDenialActions } from './deny-all.ts';
import type { Principal } from './principal.ts';
import type { Remediation, WantedChange } from './remediation.ts';

/** One key rarely does more; policies of a role share 10,240 characters, and the report has to fit on the bus. */
const maxRoles = 10;
const maxSessions = 30;

/**
 * Contains the credential of an IAM user in the order that leaves it no way out: denies everything to the user, sets the
 * key to Inactive, then denies everything to the role sessions that the key started.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export const containCredential: Remediation = {
  actsOn: 'caller',
  usually: 'approve',
  says: 'Denies everything to the IAM user behind the call, deactivates the key and ends the role sessions it started',
  doesNotStop:
    'Sessions that the key started in the last minutes, in another region or in another account are not found (CloudTrail tells them later and elsewhere), nor those that its sessions started in turn; what the intruder created stays.',
  actions: {
    reads: [...bindingActions.reads, ...roleDenialActions.reads, 'iam:ListAccessKeys', 'cloudtrail:LookupEvents'],
    calls: [...bindingActions.calls, ...roleDenialActions.calls, 'iam:UpdateAccessKey'],
    undoCalls: [...bindingActions.undoCalls, ...roleDenialActions.undoCalls, 'iam:UpdateAccessKey'],
  },
  draft: ({ record, findingId }) => {
    const user = callingUser(record);
    if ('refused' in user) return user;
    const attached = attachedTo(user);
    const target = { type: 'user', account: user.account, arn: user.arn, name: user.name };
    const keyId = readText(record, 'userIdentity.accessKeyId') ?? '';
    if (!/^AKIA[A-Z0-9]{12,124}$/.test(keyId)) {
      return { target, reads: [attached], changes: (stateOf) => [bindUser(user, denyingUser, findingId, stateOf)] };
    }
    const deactivated = deactivation(user.name, keyId);
    const sessions: AwsRead = { action: 'cloudtrail:LookupEvents', parameters: { AccessKeyId: keyId } };
    return {
      target,
      reads: [attached, deactivated.read, sessions],
      changes: (stateOf) => [
        bindUser(user, denyingUser, findingId, stateOf),
        ...(aspectOf(stateOf(deactivated.read), keyId) === null ? [] : [deactivated]),
        ...endSessions(stateOf(sessions), user, findingId),
      ],
    };
  },
};

/** The state has the ids of sessions by the ARN of their role. */
const endSessions = (sessions: State, user: Principal, findingId: string): readonly WantedChange[] =>
  Object.entries(sessions)
    .flatMap(([arn, ids]) => {
      const [, path = ''] = arn.split(`arn:${user.partition}:iam::${user.account}:role/`);
      const name = path.slice(path.lastIndexOf('/') + 1);
      const isOurs = /^[\w+=,.@-]{1,64}$/.test(name) && !/^aws-(?:service-role|reserved)\//.test(path);
      if (!isOurs || !Array.isArray(ids)) return [];
      const condition = { StringEquals: { 'aws:userid': ids.slice(0, maxSessions) } };
      return [denySessions(name, 'TrailwireRevokeSession', findingId, condition)];
    })
    .slice(0, maxRoles);
