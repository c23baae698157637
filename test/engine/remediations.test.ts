import { describe, expect, it } from 'vitest';
import { awsActions } from '../../engine/aws-call.ts';
import { isRefusal, labelOf } from '../../engine/plan.ts';
import { remediations } from '../../engine/remediations/index.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { describeRemediation, planOn, type RemediationCase } from '../contracts/remediation.ts';
import { account, exampleRecord, identities } from '../example-records.ts';
import { remediationCases } from './remediation-cases.ts';

for (const [name, cases] of Object.entries(remediationCases)) describeRemediation(name as RemediationName, cases);

const findingId = '0123456789abcdef';
const now = Date.parse('2026-10-14T09:00:00Z');
const draftOf = (name: RemediationName, userIdentity: object) =>
  remediations[name].draft({ record: exampleRecord({ userIdentity }), findingId, now, knownAccounts: [] });
const mustPlan = async (name: RemediationName, userIdentity: object, states: RemediationCase['states'] = {}) => {
  const plan = await planOn(name, exampleRecord({ userIdentity }), states);
  if (isRefusal(plan)) throw new TypeError(plan.reason);
  return plan;
};
const keysOfAnn = { 'iam:ListAccessKeys': { AKIAIOSFODNN7EXAMPLE: 'Active', AKIAI44QH8DHBEXAMPLE: 'Active' } };

it('the closed list has no action that no remediation needs', () => {
  const declared = Object.values(remediations).flatMap(({ actions }) => [...actions]);
  expect(new Set(declared)).toEqual(new Set(awsActions));
});

describe('which response fits which caller', () => {
  const noUser = 'not an IAM user';
  const noRole = 'not made with a role session';
  const cases: readonly (readonly [string, object, Readonly<Partial<Record<RemediationName, string>>>])[] = [
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
      const draft = draftOf(name, identity);
      if (isRefusal(draft)) expect(draft.reason).toContain(outcome);
      else expect(labelOf(draft.target)).toBe(outcome);
    }
  });

  it('tells an unknown caller by its type, of any length', () => {
    const draft = draftOf('quarantine-user', { type: `Martian${'n'.repeat(1_000_000)}` });
    expect(draft).toMatchObject({
      reason: expect.stringMatching(/^the caller is of type Martiann+\.\.\., not an IAM user$/),
    });
  });
});

describe('deactivate-access-key', () => {
  it('sets the key of the call to Inactive, and that one alone', async () => {
    const parameters = { UserName: 'ann', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
    expect(await mustPlan('deactivate-access-key', identities.userWithKey, keysOfAnn)).toMatchObject({
      target: { type: 'access-key', account, arn: `arn:aws:iam::${account}:user/ann`, name: 'AKIAIOSFODNN7EXAMPLE' },
      changes: [
        {
          from: { AKIAIOSFODNN7EXAMPLE: 'Active' },
          to: { AKIAIOSFODNN7EXAMPLE: 'Inactive' },
          call: { action: 'iam:UpdateAccessKey', parameters: { ...parameters, Status: 'Inactive' } },
          undo: { action: 'iam:UpdateAccessKey', parameters: { ...parameters, Status: 'Active' } },
        },
      ],
    });
  });

  it('says so when the key is there no more', async () => {
    await expect(mustPlan('deactivate-access-key', identities.userWithKey)).rejects.toThrow('ann has no key AKIA');
  });

  it.each(['AKIA', 'AKIAIOSFODNN7EXAMPL é', 'akiaiosfodnn7example', 'ABIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE\n'])(
    'does not take %j for a key',
    (accessKeyId) => {
      expect(draftOf('deactivate-access-key', { ...identities.userWithKey, accessKeyId })).toMatchObject({
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
  ])('attaches the policy of AWS, in the partition %s', async (partition, PolicyArn) => {
    const arn = `arn:${partition}:iam::${account}:user/staff/ann`;
    expect(await mustPlan('quarantine-user', { ...identities.userInConsole, arn })).toMatchObject({
      target: { type: 'user', arn, name: 'ann' },
      changes: [
        {
          call: { action: 'iam:AttachUserPolicy', parameters: { UserName: 'ann', PolicyArn } },
          undo: { action: 'iam:DetachUserPolicy', parameters: { UserName: 'ann', PolicyArn } },
        },
      ],
    });
  });
});

describe('revoke-role-sessions', () => {
  it('denies everything to sessions issued until half a minute from now', async () => {
    const { changes } = await mustPlan('revoke-role-sessions', identities.role);
    const parameters = { RoleName: 'Admin', PolicyName: 'TrailwireRevokeSessions-0123456789ab' };
    expect(changes).toMatchObject([
      {
        from: { document: null },
        call: { action: 'iam:PutRolePolicy', parameters },
        undo: { action: 'iam:DeleteRolePolicy', parameters },
      },
    ]);
    expect(JSON.parse(String(changes[0]?.to.document))).toEqual({
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
    const draft = remediations['revoke-role-sessions'].draft({
      record: exampleRecord({ userIdentity: identities.role }),
      findingId: 'fedcba9876543210',
      now,
      knownAccounts: [],
    });
    expect(draft).toMatchObject({ reads: [{ parameters: { PolicyName: 'TrailwireRevokeSessions-fedcba987654' } }] });
  });
});
