import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDetector } from '../../engine/detector.ts';
import { type Finding, findingSchema } from '../../engine/ocsf.ts';
import type { CloudTrailRecord } from '../../engine/record.ts';
import { type Rule, ruleSchema } from '../../engine/rule.ts';
import { contentOf } from '../content-of.ts';
import { exampleInsight } from '../example-records.ts';
import { validateFinding } from '../ocsf/validators.ts';

const receivedAt = Date.parse('2026-03-01T12:05:00Z');

const trailStopped = {
  id: 'cloudtrail-stopped',
  title: 'CloudTrail logging stopped',
  description: 'What happens from now on leaves no trace.',
  severity: 'high',
  attack: ['T1098.001'],
  references: ['https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopLogging.html'],
  events: { 'cloudtrail.amazonaws.com': ['StopLogging'] },
  conditions: { all: [{ fact: 'eventName', operator: 'equal', value: 'StopLogging' }] },
  message: '{userIdentity.arn} stopped {requestParameters.name}',
  runbook: 'Start {requestParameters.name} again.',
};

const detectWith = async (rule: Rule, record: CloudTrailRecord): Promise<Finding> => {
  const detector = createDetector(contentOf([rule]));
  const { findings, failures } = await detector.detect({ record }, receivedAt);
  expect(failures).toEqual([]);
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
};

const detect = (record: CloudTrailRecord, changes: object = {}): Promise<Finding> =>
  detectWith(ruleSchema.parse({ ...trailStopped, ...changes }), record);

/** As the bus carries it: JSON has no `undefined`. */
const complaintsAbout = (finding: Finding): string[] => {
  const sent: unknown = JSON.parse(JSON.stringify(finding));
  const unread = findingSchema.safeParse(sent).error?.issues ?? [];
  return [...validateFinding(sent), ...unread.map(({ path, message }) => `${path.join('.')}: ${message}`)];
};

const uidOf = ({ finding_info }: Finding): string => finding_info.uid;

const ann = {
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLEEXAMPLE000',
  arn: 'arn:aws:iam::111122223333:user/ann',
  accountId: '111122223333',
  accessKeyId: 'AKIAEXAMPLEEXAMPLE00',
  userName: 'ann',
};

const record = {
  eventVersion: '1.11',
  userIdentity: ann,
  eventTime: '2026-03-01T12:00:00Z',
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'aws-cli/2.15.0',
  requestParameters: { name: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/main' },
  responseElements: null,
  requestID: '6f3a2f2e-0000-4000-8000-000000000001',
  eventID: '6f3a2f2e-0000-4000-8000-00000000000a',
  eventType: 'AwsApiCall',
  recipientAccountId: '111122223333',
};

const identities: readonly (readonly [string, object | undefined, { label: string; type_id: number; type: string }])[] =
  [
    ['an IAM user with a long-term key', ann, { label: 'ann (IAM user)', type_id: 1, type: 'User' }],
    [
      'an IAM user with a temporary key',
      {
        ...ann,
        accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
        sessionContext: {
          sessionIssuer: {},
          webIdFederationData: {},
          attributes: { creationDate: '2026-03-01T11:00:00Z', mfaAuthenticated: 'true' },
        },
      },
      { label: 'ann (IAM user)', type_id: 1, type: 'User' },
    ],
    [
      'an assumed role',
      {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLEEXAMPLE000:ann@example.com',
        arn: 'arn:aws:sts::111122223333:assumed-role/Ops/ann@example.com',
        accountId: '111122223333',
        accessKeyId: '',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: 'AROAEXAMPLEEXAMPLE000',
            arn: 'arn:aws:iam::111122223333:role/team/Ops',
            accountId: '111122223333',
            userName: 'Ops',
          },
          attributes: { creationDate: '2026-03-01T11:00:00Z', mfaAuthenticated: 'false' },
        },
      },
      { label: 'Ops as ann@example.com (role session)', type_id: 99, type: 'AssumedRole' },
    ],
    [
      'the root user',
      {
        type: 'Root',
        principalId: '111122223333',
        arn: 'arn:aws:iam::111122223333:root',
        accountId: '111122223333',
        accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
        sessionContext: { attributes: { creationDate: '2026-03-01T11:00:00Z', mfaAuthenticated: 'true' } },
      },
      { label: 'root user of 111122223333', type_id: 2, type: 'Admin' },
    ],
    [
      'a federated user',
      {
        type: 'FederatedUser',
        principalId: '111122223333:fed',
        arn: 'arn:aws:sts::111122223333:federated-user/fed',
        accountId: '111122223333',
        accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
        sessionContext: {
          sessionIssuer: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ci', userName: 'ci' },
        },
      },
      { label: 'fed (federated by ci)', type_id: 99, type: 'FederatedUser' },
    ],
    [
      'an AWS service',
      { type: 'AWSService', invokedBy: 'config.amazonaws.com' },
      { label: 'config.amazonaws.com (AWS service)', type_id: 4, type: 'Service' },
    ],
    [
      'another account',
      { type: 'AWSAccount', principalId: 'AIDAEXAMPLEEXAMPLE000', accountId: '444455556666' },
      { label: 'account 444455556666 (another account)', type_id: 99, type: 'AWSAccount' },
    ],
    [
      'an Identity Center user',
      {
        type: 'IdentityCenterUser',
        accountId: '111122223333',
        onBehalfOf: {
          userId: '94482488-0000-4000-8000-000000000000',
          identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-0000000000',
        },
        credentialId: 'opaque',
      },
      {
        label: '94482488-0000-4000-8000-000000000000 (Identity Center user)',
        type_id: 99,
        type: 'IdentityCenterUser',
      },
    ],
    [
      'a SAML user',
      { type: 'SAMLUser', principalId: 'issuer=:ann', userName: 'ann', identityProvider: 'issuer=' },
      { label: 'ann (SAMLUser)', type_id: 99, type: 'SAMLUser' },
    ],
    [
      'an identity without type',
      { accountId: '111122223333', invokedBy: 'kms.amazonaws.com' },
      { label: 'kms.amazonaws.com (AWS service)', type_id: 4, type: 'Service' },
    ],
    ['no identity at all', undefined, { label: 'unknown (unknown)', type_id: 99, type: 'unknown' }],
  ];

describe('the finding of a record made by', () => {
  it.each(identities)(
    '%s is valid OCSF 1.9.0 and says who it was',
    async (_, userIdentity, { label, type_id, type }) => {
      const finding = await detect({ ...record, userIdentity });
      expect(complaintsAbout(finding)).toEqual([]);
      expect(finding.evidences[0]).toMatchObject({ actor: { user: { name: label, type_id, type } } });
    },
  );
});

describe('the actor of a finding', () => {
  it('has the key that was used, where one was', async () => {
    const credentials = [{ uid: 'AKIAEXAMPLEEXAMPLE00', type: 'AWS access key' }];
    const withKey = await detect(record);
    expect(withKey.evidences[0]).toMatchObject({ actor: { user: { programmatic_credentials: credentials } } });
    expect(withKey.observables).toContainEqual({
      type_id: 19,
      type: 'User Credential ID',
      name: 'evidences[0].actor.user.programmatic_credentials[0].uid',
      value: 'AKIAEXAMPLEEXAMPLE00',
    });
    const withoutKey = await detect({ ...record, userIdentity: { ...ann, accessKeyId: '' } });
    expect(withoutKey.evidences[0]).not.toHaveProperty('actor.user.programmatic_credentials');
  });

  it('has the service that acted for the user as its application, which replaces the deprecated app_name', async () => {
    const finding = await detect({
      ...record,
      userIdentity: { ...ann, invokedBy: 'cloudformation.amazonaws.com' },
      sourceIPAddress: 'cloudformation.amazonaws.com',
    });
    expect(complaintsAbout(finding)).toEqual([]);
    expect(finding.evidences[0]).toMatchObject({
      actor: { user: { uid: ann.arn }, application: { name: 'cloudformation.amazonaws.com' } },
      src_endpoint: { svc_name: 'cloudformation.amazonaws.com' },
    });
    expect(finding.evidences[0]).not.toHaveProperty('actor.app_name');
  });

  it('keeps the name of a user of any type behind the service that acted for it', async () => {
    const [, userIdentity] = identities[8] as (typeof identities)[number];
    const finding = await detect({ ...record, userIdentity: { ...userIdentity, invokedBy: 'sso.amazonaws.com' } });
    expect(finding.evidences[0]).toMatchObject({
      actor: { user: { name: 'ann (SAMLUser), through sso.amazonaws.com' } },
    });
  });

  it('has the role behind a session as the issuer of the session', async () => {
    const [, userIdentity] = identities[2] as (typeof identities)[number];
    const finding = await detect({ ...record, userIdentity });
    expect(finding.evidences[0]).toMatchObject({
      actor: { session: { issuer: 'arn:aws:iam::111122223333:role/team/Ops' } },
    });
  });
});

describe('the finding of an Insight', () => {
  it('is valid OCSF 1.9.0 and names the call whose rate changed', async () => {
    const finding = await detect(
      {
        eventVersion: '1.09',
        eventTime: '2026-03-01T12:00:00Z',
        awsRegion: 'eu-west-1',
        eventID: '6f3a2f2e-0000-4000-8000-00000000000b',
        eventType: 'AwsCloudTrailInsight',
        recipientAccountId: '111122223333',
        sharedEventID: '6f3a2f2e-0000-4000-8000-0000000000ff',
        insightDetails: {
          state: 'Start',
          eventSource: 'iam.amazonaws.com',
          eventName: 'CreateUser',
          insightType: 'ApiCallRateInsight',
          insightContext: {
            statistics: { baseline: { average: 0.0001 }, insight: { average: 12 } },
            attributions: [{ attribute: 'userIdentityArn', insight: [{ value: ann.arn, average: 12 }], baseline: [] }],
          },
        },
        eventCategory: 'Insight',
      },
      {
        events: undefined,
        conditions: { all: [{ fact: 'insightDetails.eventName', operator: 'equal', value: 'CreateUser' }] },
      },
    );
    expect(complaintsAbout(finding)).toEqual([]);
    expect(finding.evidences[0]).toMatchObject({
      api: { operation: 'CreateUser', service: { name: 'iam.amazonaws.com' } },
    });
    expect(finding.metadata).toMatchObject({ event_code: 'CreateUser' });
  });

  const insightBy = (attributions: unknown) => ({
    ...exampleInsight(),
    insightDetails: {
      state: 'Start',
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      insightType: 'ApiCallRateInsight',
      insightContext: { attributions },
    },
  });
  const byType = {
    events: undefined,
    conditions: { all: [{ fact: 'insightDetails.insightType', operator: 'equal', value: 'ApiCallRateInsight' }] },
  };

  it('has the caller with the most calls as its actor', async () => {
    const finding = await detect(
      insightBy([
        { attribute: 'userAgent', insight: [{ value: 'aws-cli', average: 9 }] },
        {
          attribute: 'userIdentityArn',
          insight: [
            { value: 'null', average: 9 },
            { value: ann.arn, average: 2 },
          ],
        },
      ]),
      byType,
    );
    expect(complaintsAbout(finding)).toEqual([]);
    expect(finding.evidences[0]).toMatchObject({
      actor: { user: { uid: ann.arn, name: expect.stringContaining('who makes most of the calls') } },
    });
  });

  it.each([
    ['none', undefined],
    ['a text', 'nobody'],
    ['no list of values', [{ attribute: 'userIdentityArn', insight: 7 }]],
    ['only null', [{ attribute: 'userIdentityArn', insight: [{ value: 'null' }] }]],
    ['not objects', [null, 'userIdentityArn']],
  ])('has an unknown actor where the attributions are %s', async (_, attributions) => {
    const finding = await detect(insightBy(attributions), byType);
    expect(complaintsAbout(finding)).toEqual([]);
    expect(finding.evidences[0]).toMatchObject({ actor: { user: { name: 'unknown (unknown)' } } });
  });
});

describe('a field that is missing or of the wrong type', () => {
  it.each([
    ['userIdentity, a string', { userIdentity: 'ann' }],
    ['userIdentity, a list', { userIdentity: [ann] }],
    ['a member of userIdentity, a number', { userIdentity: { ...ann, arn: 7, accessKeyId: {}, accountId: [] } }],
    ['sourceIPAddress, a number', { sourceIPAddress: 3_405_803_783 }],
    ['sourceIPAddress, not an address', { sourceIPAddress: '203.0.113.256' }],
    ['eventTime, not a time', { eventTime: 'yesterday' }],
    ['eventTime, a number', { eventTime: 1_772_366_400_000 }],
    ['requestParameters, null', { requestParameters: null }],
    ['requestParameters, a string', { requestParameters: 'name=main' }],
    ['userAgent, a list', { userAgent: ['a', 'b'] }],
    ['errorCode, an object', { errorCode: {}, errorMessage: 5 }],
    ['eventID and requestID, numbers', { eventID: 1, requestID: 2 }],
    ['awsRegion and recipientAccountId, numbers', { awsRegion: 1, recipientAccountId: 111_122_223_333 }],
    ['resources, a string', { resources: 'arn:aws:s3:::main' }],
    ['a resource, without ARN', { resources: [null, 'x', { type: 'AWS::S3::Bucket' }, { ARN: 5 }] }],
  ])('does not spoil the finding: %s', async (_, changes) => {
    expect(complaintsAbout(await detect({ ...record, ...changes }))).toEqual([]);
  });

  it('does not spoil the finding, whatever the identity is made of', async () => {
    const member = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string());
    const identity = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record(
        {
          type: fc.oneof(fc.constantFrom('Root', 'IAMUser', 'AssumedRole', 'Role', 'AWSService', 'AWSAccount'), member),
          arn: member,
          accountId: member,
          accessKeyId: member,
          principalId: member,
          userName: member,
          invokedBy: member,
          sessionContext: fc.oneof(fc.record({ sessionIssuer: fc.record({ arn: member, userName: member }) }), member),
          onBehalfOf: fc.oneof(fc.record({ userId: member, identityStoreArn: member }), member),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(identity, async (userIdentity) => {
        expect(complaintsAbout(await detect({ ...record, userIdentity }))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('puts the time of receipt where the event time cannot be read, and keeps what was written', async () => {
    const finding = await detect({ ...record, eventTime: 'yesterday' });
    expect(finding.time).toBe(receivedAt);
    expect(finding.metadata).toMatchObject({ original_time: 'yesterday' });
  });

  it('is left out, not written as empty text', async () => {
    const finding = await detect({ ...record, eventTime: undefined, errorMessage: 'Failed authentication' });
    expect(complaintsAbout(finding)).toEqual([]);
    expect(finding.metadata).not.toHaveProperty('original_time');
    expect(finding.evidences[0]).toHaveProperty('api.response', { error_message: 'Failed authentication' });
  });

  it('leaves out the address that is none', async () => {
    const finding = await detect({ ...record, sourceIPAddress: 3_405_803_783 });
    expect(finding.evidences[0]).not.toHaveProperty('src_endpoint');
  });
});

describe('the id of a finding', () => {
  const dedup = { dedup: { by: ['userIdentity.arn'], window: '1h' } };
  const at = (eventTime: string, eventID: string) => ({ ...record, eventTime, eventID });

  it('is the same when the same record comes again', async () => {
    expect(uidOf(await detect(record))).toBe(uidOf(await detect(structuredClone(record))));
    expect(uidOf(await detect(record, dedup))).toBe(uidOf(await detect(structuredClone(record), dedup)));
  });

  it('is that of the OCSF event too, so that a destination can drop what it has', async () => {
    const finding = await detect(record);
    expect(finding.metadata.uid).toBe(uidOf(finding));
    expect(finding.metadata).toMatchObject({ original_event_uid: record.eventID });
  });

  it('differs for another event and for another rule', async () => {
    const uid = uidOf(await detect(record));
    expect(uidOf(await detect({ ...record, eventID: '6f3a2f2e-0000-4000-8000-00000000000c' }))).not.toBe(uid);
    expect(uidOf(await detect(record, { id: 'trail-stopped' }))).not.toBe(uid);
  });

  it('is one for the copies of an event that several accounts receive', async () => {
    const shared = { ...record, sharedEventID: '6f3a2f2e-0000-4000-8000-0000000000ff' };
    const copy = { ...shared, eventID: '6f3a2f2e-0000-4000-8000-00000000000d', recipientAccountId: '444455556666' };
    expect(uidOf(await detect(copy))).toBe(uidOf(await detect(shared)));
  });

  it('is one for a record and its correction', async () => {
    const correction = {
      ...record,
      eventID: '6f3a2f2e-0000-4000-8000-00000000000e',
      addendum: { reason: 'UPDATED_DATA', originalEventID: record.eventID },
    };
    expect(uidOf(await detect(correction))).toBe(uidOf(await detect(record)));
  });

  it('is one for repeats within a dedup window, in any order', async () => {
    const first = await detect(at('2026-03-01T12:00:00Z', 'a'), dedup);
    const last = await detect(at('2026-03-01T12:59:59Z', 'b'), dedup);
    expect(uidOf(last)).toBe(uidOf(first));
    const other = await detect({ ...record, userIdentity: { ...ann, arn: `${ann.arn}a` } }, dedup);
    expect(uidOf(other)).not.toBe(uidOf(first));
  });

  it('is another in the next dedup window, which names the one before', async () => {
    const before = await detect(at('2026-03-01T12:59:59Z', 'a'), dedup);
    const after = await detect(at('2026-03-01T13:00:00Z', 'b'), dedup);
    expect(uidOf(after)).not.toBe(uidOf(before));
    expect(after.unmapped.trailwire.dedup.previous_uid).toBe(uidOf(before));
    expect(complaintsAbout(after)).toEqual([]);
  });

  it('names no finding before it where the rule has no dedup window', async () => {
    expect((await detect(record)).unmapped.trailwire.dedup).not.toHaveProperty('previous_uid');
  });
});
