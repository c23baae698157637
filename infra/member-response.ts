import { memberRoles } from '../engine/enter-account.ts';
import { permissionsOf, type Statement } from '../engine/permissions.ts';
import type { RemediationName } from '../engine/remediations/name.ts';
import { pseudo, withSubstitutions } from './response-policies.ts';

/** A role of IAM is one for all regions: it acts in whichever the record names. */
const anywhereHere = { partition: pseudo('Partition'), account: pseudo('AccountId'), region: '*' };

/**
 * The CloudFormation template, for StackSets, of the roles by which responses enter a member account: one acts, one takes
 * back, each let in by the function of its direction alone, and each with what the responses in use need there.
 */
export const renderMemberResponse = (inUse: Iterable<RemediationName>, guardsTags: boolean) => {
  const { reads, calls } = permissionsOf(inUse, anywhereHere, guardsTags);
  const undo = permissionsOf(inUse, anywhereHere);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Lets the responses of Trailwire, which runs in another account, act in this one',
    Parameters: {
      TrailwireAccount: {
        Type: 'String',
        AllowedPattern: '^\\d{12}$',
        Description: 'The account that Trailwire runs in',
      },
      TrailwireRegion: { Type: 'String', Default: 'us-east-1', Description: 'The region that Trailwire runs in' },
      ExternalId: {
        Type: 'String',
        AllowedPattern: '^[\\w+=,.@:/-]{2,1224}$',
        Description: 'The same as memberExternalId of the stack of Trailwire',
      },
      Mode: {
        Type: 'String',
        Default: 'plan',
        AllowedValues: ['plan', 'execute'],
        Description: 'plan: read what is there; execute: change it, too',
      },
    },
    Conditions: { Executes: { 'Fn::Equals': [{ Ref: 'Mode' }, 'execute'] } },
    Resources: {
      ...role('Response', memberRoles.respond, 'remediate', reads),
      ...changes('Response', calls),
      ...role('ResponseUndo', memberRoles.undo, 'undo', undo.reads),
      ...changes('ResponseUndo', undo.undoCalls),
    },
  };
};

/**
 * The account is the principal and the role a condition: a role as the principal would have to exist before, and be
 * trusted anew whenever it is made anew.
 */
const role = (id: string, RoleName: string, trusted: string, reads: readonly Statement[]) => ({
  [`${id}Role`]: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      Description: `trailwire-${trusted} acts in this account by this role`,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: { 'Fn::Sub': `arn:${pseudo('Partition')}:iam::\${TrailwireAccount}:root` } },
            Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
            Condition: {
              ArnEquals: {
                'aws:PrincipalArn': {
                  'Fn::Sub': `arn:${pseudo('Partition')}:iam::\${TrailwireAccount}:role/trailwire-${trusted}-\${TrailwireRegion}`,
                },
              },
              StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' }, 'sts:SourceIdentity': RoleName },
              StringLike: { 'sts:RoleSessionName': 'trailwire-*' },
            },
          },
        ],
      },
      ...(reads.length === 0
        ? {}
        : {
            Policies: [
              { PolicyName: 'reads', PolicyDocument: { Version: '2012-10-17', Statement: withSubstitutions(reads) } },
            ],
          }),
    },
  },
});

const changes = (id: string, statements: readonly Statement[]): Readonly<Record<string, object>> =>
  statements.length === 0
    ? {}
    : {
        [`${id}Changes`]: {
          Type: 'AWS::IAM::Policy',
          Condition: 'Executes',
          Properties: {
            PolicyName: 'changes',
            Roles: [{ Ref: `${id}Role` }],
            PolicyDocument: { Version: '2012-10-17', Statement: withSubstitutions(statements) },
          },
        },
      };
