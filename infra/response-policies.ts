import { memberRoles } from '../engine/enter-account.ts';
import { permissionsOf, type Statement } from '../engine/permissions.ts';
import type { RemediationName } from '../engine/remediations/name.ts';

/** What CloudFormation fills in. */
export const pseudo = (name: string): string => `$\{AWS::${name}}`;
const here = { partition: pseudo('Partition'), account: pseudo('AccountId'), region: pseudo('Region') };

/**
 * The CloudFormation resources that let `trailwire-remediate` and `trailwire-undo` do what the responses in use need, and
 * nothing else. Only a Trailwire that is to act can act: in the other modes neither can change the account, whatever its
 * code says.
 */
export const renderResponsePolicies = (inUse: Iterable<RemediationName>, guardsTags: boolean) => {
  const { reads, calls } = permissionsOf(inUse, here, guardsTags);
  const undo = permissionsOf(inUse, here);
  return {
    Resources: {
      ...policy('RemediateReads', 'reads', 'RemediateRole', reads),
      ...policy('UndoReads', 'reads', 'UndoRole', undo.reads),
      ...policy('RemediateChanges', 'changes', 'RemediateRole', calls, 'Executes'),
      ...policy('UndoChanges', 'changes', 'UndoRole', undo.undoCalls, 'Executes'),
      ...policy('RemediateMembers', 'members', 'RemediateRole', [entering(memberRoles.respond)], 'EntersMembers'),
      ...policy('UndoMembers', 'members', 'UndoRole', [entering(memberRoles.undo)], 'EntersMembers'),
    },
  };
};

/** The roles of member accounts demand more: the external id, and a session that says who acts and for which finding. */
const entering = (roleName: string): Statement => ({
  Sid: 'EnterMembers',
  Effect: 'Allow',
  Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
  Resource: [`arn:${here.partition}:iam::*:role/${roleName}`],
});

/** No resource where there is nothing to allow: IAM takes no policy without statements. */
const policy = (
  id: string,
  PolicyName: string,
  role: string,
  statements: readonly Statement[],
  condition?: string,
): Readonly<Record<string, object>> =>
  statements.length === 0
    ? {}
    : {
        [id]: {
          Type: 'AWS::IAM::Policy',
          ...(condition === undefined ? {} : { Condition: condition }),
          Properties: {
            PolicyName,
            Roles: [{ Ref: role }],
            PolicyDocument: { Version: '2012-10-17', Statement: withSubstitutions(statements) },
          },
        },
      };

/** A policy with every text that CloudFormation has to fill in marked as such. */
export const withSubstitutions = (value: unknown): unknown => {
  if (typeof value === 'string') return value.includes(pseudo('').slice(0, -1)) ? { 'Fn::Sub': value } : value;
  if (Array.isArray(value)) return value.map(withSubstitutions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withSubstitutions(inner)]));
};
