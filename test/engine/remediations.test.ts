import { describe, expect, it } from 'vitest';
import { awsActions } from '../../engine/aws-call.ts';
import { isRefusal, labelOf } from '../../engine/plan.ts';
import { remediations } from '../../engine/remediations/index.ts';
import { type RemediationName, remediationNameSchema } from '../../engine/remediations/name.ts';
import { describeRemediation, planOn, type RemediationCase } from '../contracts/remediation.ts';
import { account, exampleRecord, identities, otherAccount } from '../example-records.ts';
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

it('the closed list has no action that no remediation needs, nor the guard of tags', () => {
  const declared = Object.values(remediations).flatMap(({ actions }) => Object.values(actions).flat());
  expect(new Set([...declared, 'tag:GetResources'])).toEqual(new Set(awsActions));
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

const named = (actsOn: 'caller' | 'call') =>
  remediationNameSchema.options.filter((name) => remediations[name].actsOn === actsOn);
const firstCase = (name: RemediationName): RemediationCase => {
  const [first] = remediationCases[name];
  if (first === undefined) throw new TypeError(`${name} has no case`);
  return first;
};
/** What a remediation says to its first case when that is changed. */
const reasonFor = async (name: RemediationName, fields: object, states = firstCase(name).states, known?: string[]) => {
  const plan = await planOn(name, { ...firstCase(name).record, ...fields }, states, known);
  return isRefusal(plan) ? plan.reason : `planned for ${plan.target.name}`;
};
/** The request of a first case with other parameters. */
const asking = (name: RemediationName, parameters: object) => ({
  requestParameters: { ...(firstCase(name).record.requestParameters as object), ...parameters },
});

describe.each(named('call'))('%s puts right what a call did, and', (name) => {
  it('does nothing about a call that failed', async () => {
    expect(await reasonFor(name, { errorCode: 'AccessDenied' })).toBe('the call failed and changed nothing');
  });

  it('does nothing about another call', async () => {
    expect(await reasonFor(name, { eventName: 'DescribeRegions' })).toContain('not DescribeRegions');
    expect(await reasonFor(name, { eventSource: 'other.amazonaws.com' })).toContain('it answers');
  });

  it('says so when CloudTrail left the parameters out', async () => {
    const omitted = { omitted: true, originalSize: 150_000, reason: 'requestParameters too large' };
    expect(await reasonFor(name, { requestParameters: omitted })).toContain('CloudTrail left out the parameters');
  });

  it('says so when the record does not tell where the call was made', async () => {
    expect(await reasonFor(name, { recipientAccountId: undefined })).toContain('which account and region');
    expect(await reasonFor(name, { awsRegion: 'eu-west-1/../x' })).toContain('which account and region');
  });
});

describe('a remediation that cannot act says why', () => {
  const elsewhere = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${otherAccount}:${resource}`;
  it.each<[RemediationName, string, object, string]>([
    [
      'block-bucket-public-access',
      'no bucket',
      asking('block-bucket-public-access', { bucketName: '..' }),
      'the bucket',
    ],
    [
      'close-function-url',
      'a URL with authentication',
      asking('close-function-url', { authType: 'AWS_IAM' }),
      'did not open the URL',
    ],
    [
      'close-function-url',
      "another account's function",
      asking('close-function-url', { functionName: elsewhere('lambda', 'function:orders-import') }),
      'a function of this account and region',
    ],
    [
      'deactivate-new-key',
      'a key of root',
      { responseElements: { accessKey: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', status: 'Active' } } },
      'does not name the user',
    ],
    [
      'deactivate-new-key',
      'a key that was made Inactive',
      { eventName: 'UpdateAccessKey', requestParameters: { userName: 'bob', status: 'Inactive' } },
      'did not make a key Active',
    ],
    ['delete-created-login-profile', "root's password", { requestParameters: null }, 'does not name the user'],
    [
      'detach-admin-policy',
      'a policy of their own',
      asking('detach-admin-policy', { policyArn: `arn:aws:iam::${account}:policy/admin` }),
      'none of the administrator policies',
    ],
    [
      'detach-admin-policy',
      'a role of Identity Center',
      {
        eventName: 'AttachRolePolicy',
        requestParameters: {
          roleName: 'AWSReservedSSO_Admin_0123456789abcdef',
          policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
        },
      },
      'which protect it',
    ],
    ['enable-guardduty', 'no detector', asking('enable-guardduty', { detectorId: 'x' }), 'the detector'],
    ['enable-guardduty', 'a detector that was deleted', { eventName: 'DeleteDetector' }, 'it answers UpdateDetector'],
    [
      'isolate-instance',
      'a session that somebody named after an instance',
      { userIdentity: { ...identities.role, principalId: 'AROAEXAMPLEADMIN0EXAM:i-0abcd1234ef905678' } },
      'names no instance',
    ],
    [
      'isolate-instance',
      'an instance that a call only tried to reach',
      {
        userIdentity: identities.userWithKey,
        errorCode: 'Client.UnauthorizedOperation',
        requestParameters: { instanceId: 'i-0abcd1234ef905678' },
      },
      'the call failed',
    ],
    [
      'isolate-instance',
      'two instances',
      {
        userIdentity: identities.userWithKey,
        responseElements: { instancesSet: { items: [{ instanceId: 'i-0abcd1234' }, { instanceId: 'i-0abcd1235' }] } },
      },
      'names 2 instances',
    ],
    [
      'keep-kms-key',
      "another account's key",
      { responseElements: { keyId: elsewhere('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab') } },
      'a key of this account and region',
    ],
    ['keep-kms-key', 'an alias', { responseElements: null }, 'a key of this account and region'],
    [
      'remove-function-permission',
      'no statement',
      asking('remove-function-permission', { statementId: '*' }),
      'does not name the statement',
    ],
    [
      'remove-public-statements',
      'a policy that opens nothing',
      asking('remove-public-statements', { bucketPolicy: { Statement: [{ Effect: 'Deny', Principal: '*' }] } }),
      'no statement that lets anybody in',
    ],
    [
      'remove-public-statements',
      'a statement under a condition',
      asking('remove-public-statements', {
        bucketPolicy: { Statement: { Effect: 'Allow', Principal: '*', Condition: { Bool: {} } } },
      }),
      'no statement that lets anybody in',
    ],
    [
      'remove-trusted-principal',
      'its own account',
      asking('remove-trusted-principal', {
        policyDocument: JSON.stringify({ Statement: { Effect: 'Allow', Principal: { AWS: account } } }),
      }),
      'no principal of an unknown account',
    ],
    [
      'restart-trail',
      "an organization's trail",
      asking('restart-trail', { name: elsewhere('cloudtrail', 'trail/org') }),
      'a trail of this account and region',
    ],
    [
      'restart-trail',
      'a trail of another region',
      asking('restart-trail', { name: `arn:aws:cloudtrail:us-east-1:${account}:trail/main` }),
      'a trail of this account and region',
    ],
    [
      'restore-policy-version',
      'a policy of AWS',
      asking('restore-policy-version', { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
      'is no policy of account',
    ],
    [
      'revoke-security-group-rules',
      'no group',
      asking('revoke-security-group-rules', { groupId: undefined }),
      'planned for sg-0a1b2c3d4e5f60718',
    ],
    [
      'revoke-session',
      'a session with a wildcard for a name',
      { userIdentity: { ...identities.role, principalId: 'AROAEXAMPLEADMIN0EXAM:*' } },
      'does not name the session',
    ],
    [
      'start-config-recorder',
      "a service's recorder",
      asking('start-config-recorder', { configurationRecorderName: 'AWSConfigurationRecorderForSecurityHub' }),
      'belongs to a service of AWS',
    ],
    [
      'unshare-db-snapshot',
      'a snapshot that is shared with nobody new',
      asking('unshare-db-snapshot', { valuesToAdd: [account], valuesToRemove: ['all'] }),
      'with nobody unknown',
    ],
    [
      'unshare-snapshot',
      'a snapshot that is shared with nobody new',
      asking('unshare-snapshot', { createVolumePermission: { remove: { items: [{ group: 'all' }] } } }),
      'with nobody unknown',
    ],
    [
      'unshare-image',
      'an image that is shared with nobody new',
      asking('unshare-image', { launchPermission: { add: { items: [{ userId: account }] } } }),
      'with nobody unknown',
    ],
    [
      'block-bucket-public-access',
      'a directory bucket',
      asking('block-bucket-public-access', { bucketName: 'orders--use1-az4--x-s3' }),
      'a directory bucket, which cannot be public',
    ],
  ])('%s: %s', async (name, _, fields, reason) => {
    expect(await reasonFor(name, fields)).toContain(reason);
  });

  it.each<[RemediationName, RemediationCase['states'], string]>([
    ['close-function-url', {}, 'has no URL any more'],
    ['deactivate-new-key', {}, 'has no key AKIAI44QH8DHBEXAMPLE any more'],
    ['enable-guardduty', {}, 'there is no detector'],
    ['isolate-instance', {}, 'there is no instance'],
    [
      'isolate-instance',
      { 'ec2:DescribeInstances': { vpc: 'vpc-1', 'eni-0123456789abcdef0': ['sg-0a1b2c3d4e5f60718'] } },
      'vpc-1 has no security group named trailwire-isolation; create one without rules',
    ],
    ['keep-kms-key', {}, 'there is no key'],
    ['remove-function-permission', {}, 'has no statement invoke any more'],
    ['remove-public-statements', {}, 'has no policy any more'],
    ['remove-public-statements', { 's3:GetBucketPolicy': { document: '{"Statement":[]}' } }, 'none of the statements'],
    ['remove-trusted-principal', {}, 'there is no role report-writer any more'],
    ['restart-trail', {}, 'there is no trail'],
    ['restore-policy-version', { 'iam:ListPolicyVersions': { default: 'v12' } }, 'v11 is not the default'],
    ['restore-policy-version', { 'iam:ListPolicyVersions': { default: 'v11', v11: true } }, 'no version beside v11'],
    ['restore-trail-selectors', {}, 'there is no trail'],
    ['revoke-security-group-rules', {}, 'has none of the rules any more'],
    ['snapshot-instance', {}, 'there is no instance'],
    ['snapshot-instance', { 'ec2:DescribeInstances': { vpc: 'vpc-1', 'eni-0123456789abcdef0': [] } }, 'has no volume'],
    ['start-config-recorder', {}, 'there is no recorder'],
    ['unshare-snapshot', {}, 'is not shared any more'],
  ])('%s, when the account has %j', async (name, states, reason) => {
    expect(await reasonFor(name, {}, states)).toContain(reason);
  });

  it('does not choose between versions of which none is known to be the previous', async () => {
    const fields = { eventName: 'SetDefaultPolicyVersion', ...asking('restore-policy-version', { versionId: 'v3' }) };
    const states = { 'iam:ListPolicyVersions': { default: 'v3', v1: true, v2: true, v3: true } };
    expect(await reasonFor('restore-policy-version', fields, states)).toContain('v1, v2 was the default before');
  });

  it.each<RemediationName>(['unshare-image', 'unshare-snapshot', 'unshare-db-snapshot', 'remove-trusted-principal'])(
    '%s leaves alone what is shared with known accounts',
    async (name) => {
      const plan = await planOn(name, firstCase(name).record, firstCase(name).states, [otherAccount]);
      expect(JSON.stringify(isRefusal(plan) ? [] : plan.changes.map(({ call }) => call))).not.toContain(otherAccount);
    },
  );

  it('a call is never made for a name, an ARN and an account that do not fit together', () => {
    const hostile = [`arn:aws:iam::${otherAccount}:user/ann`, `arn:aws:iam::${account}:user/bob`, 'bob', otherAccount];
    for (const name of named('caller')) {
      for (const identity of [identities.userWithKey, identities.role, identities.federatedUser]) {
        const original = draftOf(name, identity);
        for (const field of ['arn', 'userName', 'accountId']) {
          for (const value of [...hostile, undefined, '', ['ann'], {}]) {
            const inSession = 'sessionContext' in identity ? identity.sessionContext : { sessionIssuer: {} };
            const changed = [
              { ...identity, [field]: value },
              {
                ...identity,
                sessionContext: { ...inSession, sessionIssuer: { ...inSession.sessionIssuer, [field]: value } },
              },
            ];
            for (const each of changed) {
              const draft = draftOf(name, each);
              // Or the field was none that this remediation reads.
              if (!isRefusal(draft)) expect(isRefusal(original) ? undefined : original.target).toEqual(draft.target);
            }
          }
        }
      }
    }
  });
});

describe('a user who has ten policies', () => {
  it.each(['quarantine-user', 'deny-user', 'contain-credential'] as const)(
    '%s binds by an inline policy',
    async (name) => {
      const [, withTen] = remediationCases[name];
      if (withTen === undefined) throw new TypeError('no case');
      const plan = await planOn(name, withTen.record, withTen.states);
      const [change] = isRefusal(plan) ? [] : plan.changes;
      expect(change).toMatchObject({
        call: { action: 'iam:PutUserPolicy' },
        undo: { action: 'iam:DeleteUserPolicy' },
      });
      // The characters that all inline policies of a user share.
      expect(String(change?.to.document).length).toBeLessThan(2_048);
    },
  );
});

describe('contain-credential', () => {
  it('denies the user, then deactivates the key, then ends the sessions of roles of the account', async () => {
    const { record, states } = firstCase('contain-credential');
    const plan = await planOn('contain-credential', record, states);
    expect(isRefusal(plan) ? [] : plan.changes.map(({ call }) => call)).toMatchObject([
      { action: 'iam:AttachUserPolicy', parameters: { PolicyArn: 'arn:aws:iam::aws:policy/AWSDenyAll' } },
      { action: 'iam:UpdateAccessKey', parameters: { Status: 'Inactive' } },
      {
        action: 'iam:PutRolePolicy',
        parameters: {
          RoleName: 'Deploy',
          PolicyDocument: expect.stringContaining('"aws:userid":["AROAEXAMPLEDEPLOYEXAM:mallory"]'),
        },
      },
    ]);
  });
});

describe('remove-trusted-principal', () => {
  it('leaves a role that would trust nobody with a policy that says so', async () => {
    const [, opened] = remediationCases['remove-trusted-principal'];
    if (opened === undefined) throw new TypeError('no case');
    const plan = await planOn('remove-trusted-principal', opened.record, opened.states);
    expect(JSON.parse(String(isRefusal(plan) ? '' : plan.changes[0]?.to.trust))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
    });
  });

  it('keeps the other principals of the statement', async () => {
    const { record, states } = firstCase('remove-trusted-principal');
    const plan = await planOn('remove-trusted-principal', record, states);
    const { Statement } = JSON.parse(String(isRefusal(plan) ? '' : plan.changes[0]?.to.trust));
    expect(Statement).toEqual([
      { Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${account}:role/Deploy`] }, Action: 'sts:AssumeRole' },
    ]);
  });
});

describe('restore-trail-selectors', () => {
  it('puts the management events first and keeps the selectors of data events', async () => {
    const { record, states } = firstCase('restore-trail-selectors');
    const plan = await planOn('restore-trail-selectors', record, states);
    expect(isRefusal(plan) ? plan : plan.changes[0]?.to).toMatchObject({
      EventSelectors: [
        { ReadWriteType: 'All', IncludeManagementEvents: true, ExcludeManagementEventSources: [] },
        { IncludeManagementEvents: false, DataResources: [{ Type: 'AWS::S3::Object' }] },
      ],
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
    const changes = isRefusal(draft) ? draft : draft.changes(() => ({}));
    expect(changes).toMatchObject([{ undo: { parameters: { PolicyName: 'TrailwireRevokeSessions-fedcba987654' } } }]);
  });
});
