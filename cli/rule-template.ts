type Exists = (path: string) => boolean;

/** Editors complete and explain every field where the schema is. */
const schema = (name: string, exists: Exists): object => (exists(name) ? { $schema: `../${name}` } : {});

/** A rule that fires when one call succeeds. `exists` tells whether a file is below the rules folder. */
export const ruleOf = (id: string, source: string, name: string, exists: Exists): object => ({
  ...schema('rule.schema.json', exists),
  id,
  severity: 'medium',
  status: 'experimental',
  events: { [source]: [name] },
  conditions: {
    all: [
      exists('conditions/succeeded.json')
        ? { condition: 'succeeded' }
        : { fact: 'errorCode', operator: 'exists', value: false },
    ],
  },
  message: `{userIdentity.arn} called ${name} in {awsRegion}`,
});

/** Cases that show its condition true and false. */
export const testOf = (fixture: string, exists: Exists): object => ({
  ...schema('rule-test.schema.json', exists),
  fixture,
  cases: [
    { name: 'the call succeeds', matches: true },
    { name: 'the call is denied', with: { errorCode: 'AccessDenied' }, matches: false },
  ],
});

/** A record of the call with everything but its parameters, which only the author knows. */
export const exampleRecordOf = (eventSource: string, eventName: string): object => ({
  eventVersion: '1.11',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLE',
    arn: 'arn:aws:iam::111122223333:user/ann',
    accountId: '111122223333',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    userName: 'ann',
  },
  eventTime: '2026-01-15T10:00:00Z',
  eventSource,
  eventName,
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.10',
  userAgent: 'aws-cli/2.31.0',
  requestParameters: null,
  responseElements: null,
  requestID: '7b0c9b3e-5f5a-4c39-8d5e-0d6f2a1b7c11',
  eventID: 'f3b7a0de-1c64-4f2a-9a51-3a3c0b9e2d10',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: '111122223333',
  eventCategory: 'Management',
});
