import { describe, expect, it } from 'vitest';
import { createEventCatalog } from '../../cli/event-catalog.ts';
import { createRequestCatalog } from '../../cli/request-catalog.ts';
import { renderProblem } from '../../engine/errors.ts';
import { lintRuleSet } from '../../engine/rule-lint.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { exampleRecord } from '../example-records.ts';

const catalog = { ...createEventCatalog(), ...createRequestCatalog() };
const succeeded = { fact: 'errorCode', operator: 'exists', value: false };
const leaf = (fact: string, operator: string, value: unknown) => ({ fact, operator, value });

/** What `check` says of a rule on these events with these conditions; its tests are not looked at. */
const lint = (events: object | undefined, ...all: readonly object[]): readonly string[] => {
  const rule = { id: 'a-rule', ...(events === undefined ? {} : { events }), conditions: { all } };
  const { ruleSet, problems } = parseRuleSet(
    Object.entries({
      'a/a-rule.json': rule,
      'a/a-rule.test.json': {
        fixture: 'a/record',
        cases: [
          { name: 'a', matches: true },
          { name: 'b', matches: false },
        ],
      },
      'fixtures/a/record.json': exampleRecord(),
    }).map(([path, content]) => ({ path, text: JSON.stringify(content) })),
  );
  return [...problems, ...lintRuleSet(ruleSet, catalog)].map((problem) =>
    renderProblem(problem).replace('a/a-rule.json: ', ''),
  );
};
const iam = (...names: readonly string[]) => ({ 'iam.amazonaws.com': names });

describe('a rule that was published and cannot fire, or not as it was meant', () => {
  it.each<[fault: string, events: object | undefined, conditions: readonly object[], says: RegExp]>([
    [
      'a domain transfer under Route 53',
      { 'route53.amazonaws.com': ['TransferDomainToAnotherAwsAccount'] },
      [succeeded],
      /has no event .* it is an event of route53domains\.amazonaws\.com/,
    ],
    [
      'a transfer lock under Route 53',
      { 'route53.amazonaws.com': ['DisableDomainTransferLock'] },
      [succeeded],
      /it is an event of route53domains/,
    ],
    [
      'a source with an underscore',
      { 'route_53.amazonaws.com': ['ChangeResourceRecordSets'] },
      [succeeded],
      /"route_53\.amazonaws\.com" is not an event source of AWS; did you mean "route53\.amazonaws\.com"/,
    ],
    ['a sign-in event under IAM', iam('EmailUpdated'), [succeeded], /it is an event of signin\.amazonaws\.com/],
    [
      'an egress rule of ElastiCache',
      { 'elasticache.amazonaws.com': ['AuthorizeCacheSecurityGroupEgress'] },
      [succeeded],
      /did you mean "AuthorizeCacheSecurityGroupIngress"/,
    ],
    [
      'another one',
      { 'elasticache.amazonaws.com': ['RevokeCacheSecurityGroupEgress'] },
      [succeeded],
      /did you mean "RevokeCacheSecurityGroupIngress"/,
    ],
    [
      'an action of IAM as an event of S3',
      { 's3.amazonaws.com': ['PutEncryptionConfiguration'] },
      [succeeded],
      /did you mean "PutBucketEncryption"/,
    ],
    [
      'the life cycle',
      { 's3.amazonaws.com': ['PutLifecycleConfiguration'] },
      [succeeded],
      /did you mean "PutBucketLifecycle"/,
    ],
    [
      'the replication',
      { 's3.amazonaws.com': ['PutReplicationConfiguration'] },
      [succeeded],
      /did you mean "PutBucketReplication"/,
    ],
    [
      'what S3 does by itself',
      { 's3.amazonaws.com': ['ReplicateObject'] },
      [succeeded],
      /s3\.amazonaws\.com has no event "ReplicateObject"/,
    ],
    [
      'a field that no record has',
      iam('DeleteSAMLProvider'),
      [leaf('status', 'equal', 'success')],
      /conditions\.all\[0\]\.fact: no record has a field "status"/,
    ],
    [
      'success as an error',
      iam('CreateUser'),
      [{ any: [leaf('errorCode', 'equal', 'Success'), succeeded] }],
      /conditions\.all\[0\]\.any\[0\]\.value: cannot occur: only a call that failed has an errorCode/,
    ],
    [
      'an ARN as a name',
      iam('UpdateLoginProfile'),
      [{ not: leaf('userIdentity.arn', 'equal', { fact: 'requestParameters.userName' }) }],
      /conditions\.all\[0\]\.not: compares an ARN with a name/,
    ],
    [
      'the name of a field as a text',
      iam('UpdateLoginProfile'),
      [{ not: leaf('userIdentity.arn', 'regex', '(?i)requestParameters\\.userName') }],
      /not\.value: is the text "requestParameters\.userName", not the field/,
    ],
    [
      'half a name',
      { 'ec2.amazonaws.com': ['ReplaceIamInstanceProfile'] },
      [succeeded],
      /did you mean "ReplaceIamInstanceProfileAssociation"/,
    ],
    [
      'a misspelt name',
      { 'organizations.amazonaws.com': ['DescribeOrgnanizationalUnit'] },
      [succeeded],
      /did you mean "DescribeOrganizationalUnit"/,
    ],
    [
      'no operation of Bedrock',
      { 'bedrock.amazonaws.com': ['DeleteModelCustomizationJob'] },
      [succeeded],
      /has no event "DeleteModelCustomizationJob"/,
    ],
    [
      'a route table under another source',
      { 'cloudtrail.amazonaws.com': ['CreateRouteTable'] },
      [succeeded],
      /it is an event of ec2\.amazonaws\.com/,
    ],
    [
      'Lambda without a date',
      { 'lambda.amazonaws.com': ['CreateFunction'] },
      [succeeded],
      /did you mean "CreateFunction20150331"/,
    ],
    [
      'Lambda without a date, deleting',
      { 'lambda.amazonaws.com': ['DeleteFunction'] },
      [succeeded],
      /did you mean "DeleteFunction20150331"/,
    ],
    ['no operation of IAM', iam('PutAccountPasswordPolicy'), [succeeded], /has no event "PutAccountPasswordPolicy"/],
    [
      'an action of IAM on versions',
      { 's3.amazonaws.com': ['DeleteObjectVersion'] },
      [succeeded],
      /has no event "DeleteObjectVersion"/,
    ],
    [
      'one version of the quarantine',
      iam('AttachUserPolicy'),
      [leaf('requestParameters.policyArn', 'equal', 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2')],
      /misses AWSCompromisedKeyQuarantine, AWSCompromisedKeyQuarantineV3; ask for the beginning/,
    ],
  ])('%s', (_, events, conditions, says) => {
    expect(lint(events, ...conditions)).toEqual([expect.stringMatching(says)]);
  });
});

describe('a field', () => {
  it.each<[events: object | undefined, fact: string, says: string]>([
    [undefined, 'userIdentity.username', 'no record has a field "userIdentity.username"; did you mean "userName"?'],
    [undefined, 'sourceIpAdress', 'no record has a field "sourceIpAdress"; did you mean "sourceIPAddress"?'],
    [
      iam('CreateUser'),
      'requestParameters.username2',
      'no request of CreateUser has a parameter "username2"; did you mean "userName"?',
    ],
    [
      iam('CreateUser', 'DeleteUser'),
      'requestParameters.policyArn',
      'no request of CreateUser, DeleteUser has a parameter "policyArn"',
    ],
    [
      { 'lambda.amazonaws.com': ['CreateFunction20150331'] },
      'requestParameters.functionNme',
      'no request of CreateFunction20150331 has a parameter "functionNme"; did you mean "functionName"?',
    ],
  ])('that is not there is refused: %j %s', (events, fact, says) => {
    expect(lint(events, leaf(fact, 'exists', true))).toEqual([`conditions.all[0].fact: ${says}`]);
  });

  it.each<[why: string, events: object | undefined, fact: string]>([
    ['one of the events has it', iam('CreateUser', 'AttachUserPolicy'), 'requestParameters.policyArn'],
    ['the service writes abbreviations in its own way', iam('DeleteSAMLProvider'), 'requestParameters.samlProviderArn'],
    ['the service adds it', { 'sts.amazonaws.com': ['AssumeRole'] }, 'requestParameters.incomingTransitiveTags'],
    [
      'EC2 writes requests of its own',
      { 'ec2.amazonaws.com': ['RunInstances'] },
      'requestParameters.instancesSet.items.imageId',
    ],
    ['S3 does', { 's3.amazonaws.com': ['PutBucketPolicy'] }, 'requestParameters.bucketPolicy.Statement.Effect'],
    [
      'API Gateway does',
      { 'apigateway.amazonaws.com': ['CreateStage'] },
      'requestParameters.createStageInput.stageName',
    ],
    ['the event is no operation', { 'signin.amazonaws.com': ['ConsoleLogin'] }, 'requestParameters.anything'],
    ['any event of the source may have it', { 'iam.amazonaws.com': '*' }, 'requestParameters.anything'],
    ['a request that is too large has it', iam('CreateUser'), 'requestParameters.omitted'],
    ['what an answer holds is not known', iam('CreateUser'), 'responseElements.anything.at.all'],
  ])('is left alone where %s', (_, events, fact) => {
    expect(lint(events, leaf(fact, 'exists', true))).toEqual([]);
  });
});

describe('a value', () => {
  it.each<[events: object | undefined, fact: string, operator: string, value: unknown, says: string]>([
    [undefined, 'userIdentity.type', 'equal', 'root', '"root" cannot occur; there is AWSAccount, '],
    [
      undefined,
      'userIdentity.sessionContext.attributes.mfaAuthenticated',
      'equal',
      false,
      'false cannot occur; there is as text, "false"',
    ],
    [undefined, 'userIdentity.arn', 'in', ['ann'], '"ann" cannot occur: the field holds an ARN, and this is none'],
    [
      iam('UpdateAccessKey'),
      'requestParameters.status',
      'equal',
      'Disabled',
      '"Disabled" cannot occur; there is Active, Inactive',
    ],
  ])('that cannot occur is refused: %j %s %s %j', (events, fact, operator, value, says) => {
    expect(lint(events, leaf(fact, operator, value))).toEqual([
      expect.stringContaining(`conditions.all[0].value: ${says}`),
    ]);
  });

  it('may be compared in any case, by its beginning, or with and without quotes', () => {
    expect(lint(undefined, leaf('userIdentity.type', 'equalsIgnoreCase', 'root'))).toEqual([]);
    expect(lint(undefined, leaf('userIdentity.arn', 'suffix', ':root'))).toEqual([]);
    expect(
      lint(undefined, leaf('userIdentity.sessionContext.attributes.mfaAuthenticated', 'in', ['true', true])),
    ).toEqual([]);
  });
});

describe('a leaf on the event', () => {
  it('is refused where "events" decides it', () => {
    expect(lint(iam('CreateUser'), leaf('eventName', 'equal', 'DeleteUser'))).toEqual([
      'conditions.all[0]: never holds for the rule\'s "events"',
    ]);
    expect(lint(iam('CreateUser'), leaf('eventSource', 'prefix', 'iam.'))).toEqual([
      'conditions.all[0]: always holds for the rule\'s "events"',
    ]);
  });

  it('is left alone where it tells some of them from others', () => {
    expect(lint(iam('CreateUser', 'DeleteUser'), leaf('eventName', 'equal', 'DeleteUser'))).toEqual([]);
    expect(lint({ 'iam.amazonaws.com': '*' }, leaf('eventName', 'prefix', 'Delete'))).toEqual([]);
    expect(lint(undefined, leaf('eventName', 'equal', 'DeleteUser'))).toEqual([]);
  });
});

describe('a branch', () => {
  const name = (operator: string, value: unknown) => leaf('userAgent', operator, value);
  it.each<[what: string, condition: object, says: string]>([
    [
      'the same twice',
      { any: [name('equal', 'a'), name('equal', 'a')] },
      '.any[1]: decides nothing: [0] holds whenever it does',
    ],
    [
      'a value that a list has',
      { any: [name('equal', 'a'), name('in', ['a', 'b'])] },
      '.any[0]: decides nothing: [1] holds whenever it does',
    ],
    [
      'a value with a beginning',
      { any: [name('prefix', 'ab'), name('equal', 'abc')] },
      '.any[1]: decides nothing: [0] holds',
    ],
    [
      'a longer beginning',
      { any: [name('prefix', 'ab'), name('prefix', 'abc')] },
      '.any[1]: decides nothing: [0] holds',
    ],
    [
      'a value that is there',
      { any: [name('exists', true), name('regex', 'a')] },
      '.any[1]: decides nothing: [0] holds',
    ],
    [
      'more of the same',
      { any: [name('equal', 'a'), { all: [name('equal', 'a'), succeeded] }] },
      '.any[1]: decides nothing: [0] holds',
    ],
    [
      'one thing and its opposite',
      { any: [name('equal', 'a'), name('notEqual', 'a')] },
      '.any: always holds: [1] is the opposite',
    ],
    ['there or not', { any: [name('exists', false), name('exists', true)] }, '.any: always holds'],
    [
      'two values at once',
      { all: [name('equal', 'a'), name('equal', 'b')] },
      ': never holds: all[0] and all[1] exclude each other',
    ],
    ['a value and another beginning', { all: [name('equal', 'a'), name('prefix', 'b')] }, ': never holds'],
    ['a value of what is missing', { all: [name('exists', false), name('suffix', 'b')] }, ': never holds'],
    ['a thing and not the same', { all: [name('equal', 'a'), { not: name('in', ['a', 'b']) }] }, ': never holds'],
    [
      'the same twice in all',
      { all: [name('suffix', 'a'), name('suffix', 'a')] },
      '.all[1]: decides nothing: the same stands before it',
    ],
  ])('is refused: %s', (_, condition, says) => {
    const [problem, ...more] = lint(undefined, succeeded, { not: condition });
    expect(problem).toContain(`conditions.all[1].not${says}`);
    expect(more).toEqual([]);
  });

  it.each<[why: string, condition: object]>([
    [
      'a list may hold both values',
      { all: [leaf('resources.type', 'equal', 'a'), leaf('resources.type', 'equal', 'b')] },
    ],
    [
      'a parameter of an unknown request may be a list',
      { all: [leaf('requestParameters.a', 'equal', 'a'), leaf('requestParameters.a', 'equal', 'b')] },
    ],
    ['different fields decide', { any: [name('equal', 'a'), leaf('awsRegion', 'equal', 'a')] }],
    ['a beginning says less than a value', { all: [name('prefix', 'a'), name('notEqual', 'abc')] }],
    ['case matters', { any: [name('equalsIgnoreCase', 'A'), name('prefix', 'a')] }],
    ['what a list holds is not known', { any: [name('in', { list: 'some' }), name('equal', 'a')] }],
  ])('is left alone where %s', (_, condition) => {
    expect(lint(undefined, { not: condition }).filter((problem) => !problem.includes('list'))).toEqual([]);
  });

  it('is refused for a parameter that holds one value, and left alone for a list', () => {
    const both = (path: string) => [leaf(path, 'equal', 'a'), leaf(path, 'equal', 'b')];
    expect(lint(iam('CreateUser'), ...both('requestParameters.userName'))).toEqual([
      expect.stringContaining('never holds'),
    ]);
    expect(lint(iam('CreateUser'), ...both('requestParameters.tags'))).toEqual([]);
  });
});
