import { describe, expect, it } from 'vitest';
import { awsActions } from '../../engine/aws-call.ts';
import { isRefusal, type Plan } from '../../engine/plan.ts';
import { remediations } from '../../engine/remediations/index.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { describeRemediation } from '../contracts/remediation.ts';
import { account, exampleRecord, identities } from '../example-records.ts';

for (const [name, remediation] of Object.entries(remediations)) describeRemediation(name, remediation);

const now = Date.parse('2026-10-14T09:00:00Z');
const planOf = (name: RemediationName, userIdentity: object) =>
  remediations[name].plan({ record: exampleRecord({ userIdentity }), findingId: '0123456789abcdef', now });
const mustPlan = (name: RemediationName, userIdentity: object): Plan => {
  const plan = planOf(name, userIdentity);
  if (isRefusal(plan)) throw new TypeError(plan.reason);
  return plan;
};

it('the closed list has no action that no remediation needs', () => {
  const declared = Object.values(remediations).flatMap(({ actions }) => [...actions]);
  expect(new Set(declared)).toEqual(new Set(awsActions));
});

describe('which response fits which caller', () => {
  const noUser = 'not an IAM user';
  const noRole = 'not made with a role session';
  const cases: readonly (readonly [string, object, Readonly<Record<RemediationName, string>>])[] = [
    [
      'a user with a long-term key',
      identities.userWithKey,
      {
        'deactivate-access-key': 'access-key AKIAIOSFODNN7EXAMPLE',
        'quarantine-user': 'user ann',
        'revoke-role-sessions': noRole,
      },
    ],
    [
      'a user in the console, or with a session token',
      identities.userInConsole,
      {
        'deactivate-access-key':
          'ASIAIOSFODNN7EXAMPLE is a temporary key; it has no state to change. Use quarantine-user',
        'quarantine-user': 'user ann',
        'revoke-role-sessions': noRole,
      },
    ],
    [
      'a user whose key the record does not name',
      { ...identities.userWithKey, accessKeyId: '' },
      {
        'deactivate-access-key': 'not made with a long-term access key',
        'quarantine-user': 'user ann',
        'revoke-role-sessions': noRole,
      },
    ],
    [
      'whoever asked a user for a federation token',
      identities.federatedUser,
      {
        'deactivate-access-key': 'ASIAIOSFODNN7EXAMPLE is a temporary key',
        'quarantine-user': 'user ann',
        'revoke-role-sessions': noRole,
      },
    ],
    [
      'whoever asked root for a federation token',
      identities.federatedByRoot,
      {
        'deactivate-access-key': 'the root user made the call',
        'quarantine-user': 'the root user made the call',
        'revoke-role-sessions': noRole,
      },
    ],
    [
      'a role session',
      identities.role,
      { 'deactivate-access-key': noUser, 'quarantine-user': noUser, 'revoke-role-sessions': 'role Admin' },
    ],
    [
      'a session of Identity Center, which protects its roles',
      identities.identityCenterRole,
      {
        'deactivate-access-key': noUser,
        'quarantine-user': noUser,
        'revoke-role-sessions': 'AWSReservedSSO_Admin_0123456789abcdef belongs to IAM Identity Center',
      },
    ],
    [
      'a service-linked role',
      identities.serviceLinkedRole,
      {
        'deactivate-access-key': noUser,
        'quarantine-user': noUser,
        'revoke-role-sessions': 'AWSServiceRoleForECS is a service-linked role',
      },
    ],
    [
      'root',
      identities.root,
      {
        'deactivate-access-key': 'the root user made the call',
        'quarantine-user': 'the root user made the call',
        'revoke-role-sessions': noRole,
      },
    ],
    ...(
      [
        ['an AWS service', identities.service],
        ['another account', identities.otherAccount],
        ['a user of Identity Center', identities.identityCenterUser],
        ['a SAML user', identities.samlUser],
        ['nobody', {}],
      ] as const
    ).map(
      ([who, identity]) =>
        [
          who,
          identity,
          { 'deactivate-access-key': noUser, 'quarantine-user': noUser, 'revoke-role-sessions': noRole },
        ] as const,
    ),
  ];

  it.each(cases)('%s', (_, identity, expected) => {
    for (const [name, outcome] of Object.entries(expected) as [RemediationName, string][]) {
      const plan = planOf(name, identity);
      if (isRefusal(plan)) expect(plan.reason).toContain(outcome);
      else expect(`${plan.target.type} ${plan.target.name}`).toBe(outcome);
    }
  });

  it('tells an unknown caller by its type, of any length', () => {
    const plan = planOf('quarantine-user', { type: `Martian${'n'.repeat(1_000_000)}` });
    expect(plan).toMatchObject({
      reason: expect.stringMatching(/^the caller is of type Martiann+\.\.\., not an IAM user$/),
    });
  });
});

describe('deactivate-access-key', () => {
  it('sets the key of the call to Inactive, and that one alone', () => {
    const parameters = { UserName: 'ann', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
    expect(mustPlan('deactivate-access-key', identities.userWithKey)).toMatchObject({
      target: { type: 'access-key', account, arn: `arn:aws:iam::${account}:user/ann`, name: 'AKIAIOSFODNN7EXAMPLE' },
      calls: [{ action: 'iam:UpdateAccessKey', parameters: { ...parameters, Status: 'Inactive' } }],
      undo: [{ action: 'iam:UpdateAccessKey', parameters: { ...parameters, Status: 'Active' } }],
    });
  });

  it.each(['AKIA', 'AKIAIOSFODNN7EXAMPL é', 'akiaiosfodnn7example', 'ABIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE\n'])(
    'does not take %j for a key',
    (accessKeyId) => {
      expect(planOf('deactivate-access-key', { ...identities.userWithKey, accessKeyId })).toMatchObject({
        refused: 'not-applicable',
      });
    },
  );
});

describe('quarantine-user', () => {
  it.each([
    ['aws', 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3'],
    ['aws-cn', 'arn:aws-cn:iam::aws:policy/AWSCompromisedKeyQuarantineV3'],
    ['aws-us-gov', 'arn:aws-us-gov:iam::aws:policy/AWSCompromisedKeyQuarantineV3'],
  ])('attaches the policy of AWS, in the partition %s', (partition, PolicyArn) => {
    const arn = `arn:${partition}:iam::${account}:user/staff/ann`;
    expect(mustPlan('quarantine-user', { ...identities.userInConsole, arn })).toMatchObject({
      target: { type: 'user', arn, name: 'ann' },
      calls: [{ action: 'iam:AttachUserPolicy', parameters: { UserName: 'ann', PolicyArn } }],
      undo: [{ action: 'iam:DetachUserPolicy', parameters: { UserName: 'ann', PolicyArn } }],
    });
  });
});

describe('revoke-role-sessions', () => {
  it('denies everything to sessions issued until half a minute from now', () => {
    const { calls, undo } = mustPlan('revoke-role-sessions', identities.role);
    const parameters = { RoleName: 'Admin', PolicyName: 'TrailwireRevokeSessions-0123456789ab' };
    expect(calls).toMatchObject([{ action: 'iam:PutRolePolicy', parameters }]);
    expect(undo).toEqual([{ action: 'iam:DeleteRolePolicy', parameters }]);
    const [call] = calls;
    expect(JSON.parse(call?.action === 'iam:PutRolePolicy' ? call.parameters.PolicyDocument : '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-10-14T09:00:30.000Z' } },
        },
      ],
    });
  });

  it('names its policy after the finding, so that undo removes that and nothing else', () => {
    const plan = remediations['revoke-role-sessions'].plan({
      record: exampleRecord({ userIdentity: identities.role }),
      findingId: 'fedcba9876543210',
      now,
    });
    expect(plan).toMatchObject({ undo: [{ parameters: { PolicyName: 'TrailwireRevokeSessions-fedcba987654' } }] });
  });
});
