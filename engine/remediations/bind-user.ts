import type { AwsRead } from '../aws-call.ts';
import type { State } from '../state.ts';
import { callingUser } from './caller.ts';
import { denyAll } from './deny-all.ts';
import type { Principal } from './principal.ts';
import type { Remediation, WantedChange } from './remediation.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities */
const attachedPolicies = 10;

/** A policy of AWS, and an inline policy of ours with the gist of it for users that no further policy can be attached to. */
export type Binding = {
  readonly managed: 'AWSCompromisedKeyQuarantineV3' | 'AWSDenyAll';
  readonly inline: { readonly name: string; readonly document: string };
};

/** Everything is denied. */
export const denyingUser: Binding = {
  managed: 'AWSDenyAll',
  inline: { name: 'TrailwireDenyAll', document: denyAll() },
};

export const bindingActions = {
  reads: ['iam:ListAttachedUserPolicies', 'iam:GetUserPolicy'],
  calls: ['iam:AttachUserPolicy', 'iam:PutUserPolicy'],
  undoCalls: ['iam:DetachUserPolicy', 'iam:DeleteUserPolicy'],
} as const satisfies Remediation['actions'];

/** What has to be read before a user can be bound. */
export const attachedTo = ({ name }: Principal): AwsRead => ({
  action: 'iam:ListAttachedUserPolicies',
  parameters: { UserName: name },
});

/** The change that binds a user by a policy. */
export const bindUser = (
  user: Principal,
  { managed, inline }: Binding,
  findingId: string,
  stateOf: (read: AwsRead) => State,
): WantedChange => {
  const attached = attachedTo(user);
  const state = stateOf(attached);
  const PolicyArn = `arn:${user.partition}:iam::aws:policy/${managed}`;
  if (Object.keys(state).length < attachedPolicies || Object.hasOwn(state, PolicyArn)) {
    const parameters = { UserName: user.name, PolicyArn };
    return {
      read: attached,
      to: { [PolicyArn]: true },
      call: { action: 'iam:AttachUserPolicy', parameters },
      undo: { action: 'iam:DetachUserPolicy', parameters },
    };
  }
  const parameters = { UserName: user.name, PolicyName: `${inline.name}-${findingId.slice(0, 12)}` };
  return {
    read: { action: 'iam:GetUserPolicy', parameters },
    to: { document: inline.document },
    call: { action: 'iam:PutUserPolicy', parameters: { ...parameters, PolicyDocument: inline.document } },
    undo: { action: 'iam:DeleteUserPolicy', parameters },
  };
};

/** The draft that binds the IAM user behind a call, and does nothing else. */
export const draftBinding =
  (binding: Binding): Remediation['draft'] =>
  ({ record, findingId }) => {
    const user = callingUser(record);
    if ('refused' in user) return user;
    return {
      target: { type: 'user', account: user.account, arn: user.arn, name: user.name },
      reads: [attachedTo(user)],
      changes: (stateOf) => [bindUser(user, binding, findingId, stateOf)],
    };
  };
