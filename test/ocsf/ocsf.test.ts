import { describe, expect, it } from 'vitest';
import { validateActivity, validateFinding } from './validators.ts';

const finding = {
  activity_id: 1,
  category_uid: 2,
  class_uid: 2004,
  finding_info: { uid: 'f-1' },
  metadata: { product: { name: 'Trailwire' }, version: '1.9.0' },
  severity_id: 4,
  time: 1_700_000_000_000,
  type_uid: 200401,
};

const remediation = {
  activity_id: 2,
  category_uid: 7,
  class_uid: 7001,
  command_uid: 'c-1',
  metadata: { product: { name: 'Trailwire' }, version: '1.9.0' },
  severity_id: 1,
  time: 1_700_000_000_000,
  type_uid: 700102,
};

const withProfile = <E extends { metadata: object }>(event: E, ...profiles: string[]) => ({
  ...event,
  metadata: { ...event.metadata, profiles },
});

const evidence = (item: object) => ({ ...finding, evidences: [item] });
const actor = (user: object) => evidence({ actor: { user } });

describe('the OCSF 1.9.0 schema of Detection Finding', () => {
  it('accepts a finding with nothing but what OCSF requires', () => {
    expect(validateFinding(finding)).toEqual([]);
  });

  it('accepts the attributes a CloudTrail finding fills', () => {
    const account = { uid: '111122223333', type_id: 10, type: 'AWS Account' };
    const event = {
      ...withProfile(finding, 'cloud'),
      activity_name: 'Create',
      class_name: 'Detection Finding',
      type_name: 'Detection Finding: Create',
      severity: 'High',
      status_id: 1,
      status: 'New',
      confidence_id: 3,
      confidence: 'High',
      is_alert: true,
      cloud: { provider: 'AWS', region: 'us-east-1', account },
      finding_info: {
        uid: 'f-1',
        title: 'CloudTrail logging stopped',
        analytic: { uid: 'cloudtrail-stopped', type_id: 1, type: 'Rule', state_id: 3, state: 'Experimental' },
        attacks: [{ tactic: { uid: 'TA0005' }, technique: { uid: 'T1562', name: 'Impair Defenses' }, version: '18' }],
        related_events: [{ uid: 'e-1', type: 'AWS API Call via CloudTrail', created_time: 1_700_000_000_000 }],
      },
      evidences: [
        {
          actor: {
            user: { type_id: 99, type: 'AssumedRole', uid: 'arn:aws:sts::111122223333:assumed-role/Ops/ana', account },
            session: { issuer: 'arn:aws:iam::111122223333:role/Ops', is_mfa: false },
            application: { name: 'cloudformation.amazonaws.com' },
            iam_role: { name: 'Ops', uid: 'arn:aws:iam::111122223333:role/Ops', account },
          },
          api: {
            operation: 'StopLogging',
            service: { name: 'cloudtrail.amazonaws.com' },
            request: { uid: 'r-1', data: { name: 'main' } },
            response: { error: 'AccessDenied', error_message: 'not authorized' },
          },
          src_endpoint: { ip: '2001:db8::1' },
          http_request: { user_agent: 'aws-cli/2.15' },
          data: { eventVersion: '1.11', nested: [null, 1, 'x'] },
        },
        { src_endpoint: { svc_name: 'cloudtrail.amazonaws.com' }, data: 'the record, as text' },
      ],
      resources: [{ uid: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main', type: 'AWS::CloudTrail::Trail' }],
      observables: [
        { name: 'evidences[0].src_endpoint.ip', type_id: 2, type: 'IP Address', value: '2001:db8::1' },
        { name: 'cloud.account.uid', type_id: 35, value: '111122223333' },
      ],
      remediation: { desc: 'Start logging again.', references: ['https://example.com/runbook'] },
      unmapped: { anything: { goes: ['here'] } },
    };
    expect(validateFinding(event)).toEqual([]);
  });

  it('accepts the notes of an analyst, and an attestation with its profile', () => {
    const event = {
      ...withProfile(finding, 'record_integrity'),
      notes: [{ comment: 'Expected: the quarterly test.', created_time: 1_700_000_000_000, owner: { name: 'ana' } }],
      attestation_list: [{ fingerprint: { algorithm_id: 3, value: 'ab', encoding_id: 1, encoding: 'Hex' } }],
    };
    expect(validateFinding(event)).toEqual([]);
  });

  it('still accepts what 1.9.0 deprecates', () => {
    const event = { ...evidence({ actor: { app_name: 'ec2.amazonaws.com' } }), comment: 'x' };
    expect(validateFinding(event)).toEqual([]);
  });

  it.each([
    ['no finding_info.uid', { ...finding, finding_info: {} }, "/finding_info must have required property 'uid'"],
    ['severity_id 7', { ...finding, severity_id: 7 }, '/severity_id must be equal to one of the allowed values'],
    ['the severity of another severity_id', { ...finding, severity: 'Low' }, '/severity must be equal to constant'],
    ['a misspelt attribute', { ...finding, severty: 'High' }, 'must NOT have unevaluated properties severty'],
    [
      'a misspelt attribute of finding_info',
      { ...finding, finding_info: { uid: 'f-1', tittle: 'x' } },
      '/finding_info must NOT have additional properties tittle',
    ],
    [
      'type_uid that is not class_uid * 100 + activity_id',
      { ...finding, type_uid: 200402 },
      '/type_uid must be equal to constant',
    ],
    ['the class of another schema', { ...finding, class_uid: 7001 }, '/class_uid must be equal to constant'],
    ['a time in text', { ...finding, time: '2026-03-16T00:00:00Z' }, '/time must be integer'],
    [
      'another version',
      { ...finding, metadata: { ...finding.metadata, version: '1.8.0' } },
      '/metadata/version must be equal to constant',
    ],
    [
      'a product without name and uid',
      { ...finding, metadata: { product: { vendor_name: 'x' }, version: '1.9.0' } },
      "/metadata/product must have required property 'name'",
    ],
    ['evidence of nothing', evidence({ name: 'x' }), "/evidences/0 must have required property 'actor'"],
    [
      'an API call without operation',
      evidence({ api: {} }),
      "/evidences/0/api must have required property 'operation'",
    ],
    [
      'a service name as address',
      evidence({ src_endpoint: { ip: 'cloudtrail.amazonaws.com' } }),
      '/evidences/0/src_endpoint/ip must match pattern',
    ],
    [
      'an address with an octet above 255',
      evidence({ src_endpoint: { ip: '203.0.113.256' } }),
      '/evidences/0/src_endpoint/ip must match pattern',
    ],
    [
      'a user without account, name and uid',
      actor({ type_id: 1 }),
      "/evidences/0/actor/user must have required property 'uid'",
    ],
    [
      'a user type that type_id does not have',
      actor({ uid: 'u', type_id: 1, type: 'IAMUser' }),
      '/evidences/0/actor/user/type must be equal to constant',
    ],
    [
      'an application without name and uid',
      evidence({ actor: { user: { uid: 'u' }, application: { type: 'AWS service' } } }),
      "/evidences/0/actor/application must have required property 'name'",
    ],
    [
      'a numeric uid that stands for the uid',
      actor({ name: 'ana', uid_numeric: 7 }),
      '/evidences/0/actor/user must have property uid when property uid_numeric is present',
    ],
    [
      'the criticality of another criticality_id',
      { ...finding, resources: [{ name: 'x', criticality_id: 4, criticality: 'Critical' }] },
      '/resources/0/criticality must be equal to constant',
    ],
    ['a note without comment', { ...finding, notes: [{}] }, "/notes/0 must have required property 'comment'"],
    ['an attestation without its profile', { ...finding, attestation_list: [] }, '/attestation_list boolean schema'],
    [
      'an attack without tactic and technique',
      { ...finding, finding_info: { uid: 'f-1', attacks: [{ version: '18' }] } },
      "/finding_info/attacks/0 must have required property 'technique'",
    ],
    [
      'an observable under another name',
      { ...finding, observables: [{ type_id: 2, type: 'Hostname' }] },
      '/observables/0/type must be equal to constant',
    ],
    ['the cloud profile without cloud', withProfile(finding, 'cloud'), "must have required property 'cloud'"],
    ['cloud without its profile', { ...finding, cloud: { provider: 'AWS' } }, '/cloud boolean schema is false'],
    [
      'a profile the class does not have',
      withProfile(finding, 'trace'),
      '/metadata/profiles/0 must be equal to one of',
    ],
    [
      'an attribute of evidences at the top',
      { ...finding, src_endpoint: { ip: '192.0.2.1' } },
      'properties src_endpoint',
    ],
  ])('refuses %s', (_, event, complaint) => {
    expect(validateFinding(event)).toContainEqual(expect.stringContaining(complaint));
  });
});

describe('the OCSF 1.9.0 schema of Remediation Activity', () => {
  it('accepts a remediation with nothing but what OCSF requires', () => {
    expect(validateActivity(remediation)).toEqual([]);
  });

  it('accepts the attributes a response fills', () => {
    const event = {
      ...withProfile(remediation, 'cloud', 'host'),
      activity_name: 'Evict',
      type_name: 'Remediation Activity: Evict',
      status_id: 3,
      status: 'Does Not Exist',
      status_code: 'NoSuchEntity',
      cloud: { provider: 'AWS', account: { uid: '111122223333' } },
      actor: { user: { uid: 'arn:aws:iam::111122223333:role/trailwire', type_id: 4, type: 'Service' } },
      api: { operation: 'UpdateAccessKey', request: { uid: 'r-1', data: { Status: 'Inactive' } } },
      countermeasures: [{ d3f_tactic: { name: 'Evict' }, d3f_technique: { uid: 'D3-AL', name: 'Account Locking' } }],
      remediation: { desc: 'Deactivate the access key.' },
      observables: [{ type_id: 10, type: 'Resource UID', value: 'arn:aws:iam::111122223333:user/ana' }],
    };
    expect(validateActivity(event)).toEqual([]);
  });

  it.each([
    ['no command_uid', { ...remediation, command_uid: undefined }, "must have required property 'command_uid'"],
    ['severity_id 7', { ...remediation, severity_id: 7 }, '/severity_id must be equal to one of the allowed values'],
    [
      'an activity_id that the class does not have',
      { ...remediation, activity_id: 7, type_uid: 700107 },
      '/activity_id must be equal',
    ],
    [
      'type_uid that is not class_uid * 100 + activity_id',
      { ...remediation, type_uid: 700101 },
      '/type_uid must be equal to constant',
    ],
    [
      'the status of another status_id',
      { ...remediation, status_id: 2, status: 'Error' },
      '/status must be equal to constant',
    ],
    ['a misspelt attribute', { ...remediation, comand_uid: 'c-1' }, 'must NOT have unevaluated properties comand_uid'],
    [
      'resources, which the class does not have',
      { ...remediation, resources: [{ uid: 'x' }] },
      'unevaluated properties resources',
    ],
    [
      'an actor without the host profile',
      { ...remediation, actor: { app_name: 'x' } },
      '/actor boolean schema is false',
    ],
    ['the incident profile', withProfile(remediation, 'incident'), '/metadata/profiles/0 must be equal to one of'],
    [
      'a countermeasure without tactic and technique',
      { ...remediation, countermeasures: [{ version: '1' }] },
      "/countermeasures/0 must have required property 'd3f_technique'",
    ],
    [
      'a remediation without description',
      { ...remediation, remediation: {} },
      "/remediation must have required property 'desc'",
    ],
  ])('refuses %s', (_, event, complaint) => {
    expect(validateActivity(event)).toContainEqual(expect.stringContaining(complaint));
  });
});
