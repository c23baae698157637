import type { DecoratorName, OperatorName } from './operators.ts';
import type { JsonObject } from './record.ts';

/** One row of an operator's table: what the record has in the field (`undefined` for nothing) and what comes of it. */
export type OperatorExample = {
  readonly field: unknown;
  readonly value: unknown;
  readonly holds: boolean;
  readonly note?: string;
};

const missing = undefined;

/** What every operator says of ordinary fields, of a missing one and of a list. Documentation and tests are made from it. */
export const operatorExamples = {
  equal: [
    { field: 'Root', value: 'Root', holds: true },
    { field: 'root', value: 'Root', holds: false, note: 'case counts; see equalsIgnoreCase' },
    { field: 22, value: 22, holds: true },
    { field: '22', value: 22, holds: false, note: 'a text is not a number' },
    { field: 'false', value: false, holds: false, note: 'nor is it true or false; CloudTrail writes both' },
    { field: '', value: '', holds: true, note: 'an empty text is there' },
    { field: { AWS: '*' }, value: '*', holds: false, note: 'an object equals nothing; name the field inside it' },
    { field: missing, value: 'Root', holds: false, note: 'field missing' },
    { field: ['Root', 'AWSAccount'], value: 'Root', holds: true, note: 'field is a list' },
    { field: ['AWSAccount'], value: 'Root', holds: false, note: 'field is a list' },
  ],
  notEqual: [
    { field: 'IAMUser', value: 'Root', holds: true },
    { field: 'Root', value: 'Root', holds: false },
    { field: '22', value: 22, holds: true },
    { field: missing, value: 'Root', holds: true, note: 'field missing' },
    { field: ['Root', 'AWSAccount'], value: 'Root', holds: false, note: 'field is a list: no element may be it' },
    { field: ['IAMUser', 'AWSAccount'], value: 'Root', holds: true, note: 'field is a list' },
  ],
  in: [
    { field: 3389, value: [22, 3389], holds: true },
    { field: 443, value: [22, 3389], holds: false },
    { field: '22', value: [22, 3389], holds: false, note: 'a text is not a number' },
    { field: missing, value: [22, 3389], holds: false, note: 'field missing' },
    { field: [443, 22], value: [22, 3389], holds: true, note: 'field is a list' },
    { field: [443, 80], value: [22, 3389], holds: false, note: 'field is a list' },
  ],
  notIn: [
    { field: 'eu-west-1', value: ['eu-central-1', 'us-east-1'], holds: true },
    { field: 'us-east-1', value: ['eu-central-1', 'us-east-1'], holds: false },
    { field: missing, value: ['us-east-1'], holds: true, note: 'field missing' },
    { field: ['eu-west-1', 'us-east-1'], value: ['us-east-1'], holds: false, note: 'field is a list: no element' },
    { field: ['eu-west-1', 'eu-west-2'], value: ['us-east-1'], holds: true, note: 'field is a list' },
  ],
  contains: [
    { field: ['s3:GetObject', 's3:PutObject'], value: 's3:PutObject', holds: true, note: 'field is a list' },
    { field: ['s3:GetObject'], value: 's3:PutObject', holds: false, note: 'field is a list' },
    { field: 's3:PutObject', value: 's3:PutObject', holds: true, note: 'a single value counts as a list of one' },
    { field: 's3:PutObjectAcl', value: 's3:PutObject', holds: false, note: 'not a part of a text; see wildcard' },
    { field: [[80, 443], [22]], value: 22, holds: true, note: 'lists inside lists are one list' },
    { field: missing, value: 's3:PutObject', holds: false, note: 'field missing' },
  ],
  doesNotContain: [
    { field: ['s3:GetObject'], value: 's3:PutObject', holds: true, note: 'field is a list' },
    { field: ['s3:GetObject', 's3:PutObject'], value: 's3:PutObject', holds: false, note: 'field is a list' },
    { field: 's3:PutObject', value: 's3:PutObject', holds: false, note: 'a single value counts as a list of one' },
    { field: missing, value: 's3:PutObject', holds: true, note: 'field missing' },
  ],
  lessThan: [
    { field: 14, value: 15, holds: true },
    { field: 15, value: 15, holds: false },
    { field: '14', value: 15, holds: true, note: 'a text that reads as a number is one' },
    { field: '9', value: 15, holds: true, note: 'compared as a number, not letter by letter' },
    { field: '14 days', value: 15, holds: false },
    { field: '', value: 15, holds: false, note: 'an empty text is no number' },
    { field: true, value: 15, holds: false },
    { field: missing, value: 15, holds: false, note: 'field missing' },
    { field: [20, 3], value: 15, holds: true, note: 'field is a list' },
    { field: [20, 30], value: 15, holds: false, note: 'field is a list' },
  ],
  lessThanInclusive: [
    { field: 15, value: 15, holds: true },
    { field: 15.5, value: 15, holds: false },
    { field: -1, value: 15, holds: true },
    { field: '15', value: 15, holds: true, note: 'a text that reads as a number is one' },
    { field: missing, value: 15, holds: false, note: 'field missing' },
    { field: [20, 15], value: 15, holds: true, note: 'field is a list' },
  ],
  greaterThan: [
    { field: 1025, value: 1024, holds: true },
    { field: 1024, value: 1024, holds: false },
    { field: '1.5e3', value: 1024, holds: true, note: 'a text that reads as a number is one' },
    { field: 'many', value: 1024, holds: false },
    { field: missing, value: 1024, holds: false, note: 'field missing' },
    { field: [80, 8080], value: 1024, holds: true, note: 'field is a list' },
  ],
  greaterThanInclusive: [
    { field: 1024, value: 1024, holds: true },
    { field: 1023, value: 1024, holds: false },
    { field: '1024', value: 1024, holds: true, note: 'a text that reads as a number is one' },
    { field: missing, value: 0, holds: false, note: 'field missing: not zero either' },
    { field: [80, 443], value: 1024, holds: false, note: 'field is a list' },
  ],
  prefix: [
    { field: 'AIDACKCEVSQ6C2EXAMPLE', value: 'AIDA', holds: true },
    { field: 'aidackcevsq6c2example', value: 'AIDA', holds: false, note: 'case counts' },
    { field: 'DescribeTrails', value: ['Get', 'List', 'Describe'], holds: true, note: 'any text of the value' },
    { field: 443, value: '4', holds: false, note: 'a number is not a text' },
    { field: missing, value: 'AIDA', holds: false, note: 'field missing' },
    { field: ['s3:*', 'iam:PassRole'], value: 'iam:', holds: true, note: 'field is a list' },
  ],
  suffix: [
    { field: 'bastion.example.com', value: '.example.com', holds: true },
    { field: 'example.com.invalid', value: '.example.com', holds: false },
    { field: 'x-key.pem', value: ['.key', '.pem'], holds: true, note: 'any text of the value' },
    { field: missing, value: '.example.com', holds: false, note: 'field missing' },
    { field: ['a.example.com', 'b.example.org'], value: '.example.org', holds: true, note: 'field is a list' },
  ],
  equalsIgnoreCase: [
    { field: 'ALLOW', value: 'Allow', holds: true },
    { field: 'Allowed', value: 'Allow', holds: false },
    { field: 'no', value: ['yes', 'No'], holds: true, note: 'any text of the value' },
    { field: true, value: 'true', holds: false, note: 'true is not a text' },
    { field: missing, value: 'Allow', holds: false, note: 'field missing' },
    { field: ['deny', 'allow'], value: 'Allow', holds: true, note: 'field is a list' },
  ],
  ofAccount: [
    { field: '111122223333', value: '111122223333', holds: true },
    { field: 'arn:aws:iam::111122223333:role/Admin', value: ['111122223333', '444455556666'], holds: true },
    { field: 'arn:aws-cn:iam::444455556666:root', value: '111122223333', holds: false },
    {
      field: 'arn:aws:iam::111122223333:root',
      value: 'arn:aws:sts::111122223333:assumed-role/A/b',
      holds: true,
      note: 'two ARNs of one account',
    },
    { field: 'arn:aws:s3:::bucket', value: '111122223333', holds: false, note: 'an ARN without an account' },
    { field: '*', value: '111122223333', holds: false, note: 'anybody is of no account' },
    { field: 111122223333, value: '111122223333', holds: false, note: 'a number is not an account id' },
    { field: missing, value: '111122223333', holds: false, note: 'field missing' },
    {
      field: ['444455556666', 'arn:aws:iam::111122223333:root'],
      value: '111122223333',
      holds: true,
      note: 'field is a list',
    },
    { field: ['444455556666'], value: '111122223333', holds: false, note: 'field is a list' },
  ],
  wildcard: [
    { field: 'Client.UnauthorizedOperation', value: '*UnauthorizedOperation', holds: true },
    { field: 'arn:aws:iam::111122223333:role/ci/deploy', value: 'arn:aws:iam::*:role/*', holds: true },
    { field: 'arn:aws:iam::111122223333:user/deploy', value: 'arn:aws:iam::*:role/*', holds: false },
    { field: 's3:GetObject', value: 's3:Get*Object', holds: true, note: '* in the middle, for no characters' },
    {
      field: 's3:GetTheObjects',
      value: 's3:Get*Object',
      holds: false,
      note: 'the text after the last * ends the field',
    },
    { field: 's3:*', value: 's3:\\*', holds: true, note: '\\* is a star' },
    { field: 's3:Get', value: 's3:\\*', holds: false, note: '\\* is a star' },
    { field: 'EXAMPLE\\alice', value: 'EXAMPLE\\al*', holds: true, note: 'a backslash elsewhere is itself' },
    { field: 'first line\nsecond line', value: 'first*second*', holds: true, note: '* spans lines' },
    { field: 'S3:getobject', value: 's3:*', holds: false, note: 'case counts' },
    { field: 's3:a?b', value: 's3:a?b', holds: true, note: 'nothing else is special, ? neither' },
    { field: 'sts:AssumeRole', value: ['iam:*', 'sts:*'], holds: true, note: 'any text of the value' },
    { field: 22, value: '*', holds: false, note: 'a number is not a text' },
    { field: missing, value: '*', holds: false, note: 'field missing' },
    { field: ['ec2:Run', 'iam:PassRole'], value: 'iam:*', holds: true, note: 'field is a list' },
  ],
  cidr: [
    { field: '198.51.100.7', value: '198.51.100.0/24', holds: true },
    { field: '198.51.101.7', value: '198.51.100.0/24', holds: false },
    { field: '203.0.113.9', value: '203.0.113.9', holds: true, note: 'a single address' },
    { field: '192.0.2.1', value: ['198.51.100.0/24', '192.0.2.0/24'], holds: true, note: 'any range of the value' },
    { field: '2001:db8:66::9', value: '2001:db8::/32', holds: true, note: 'IPv6' },
    { field: '2001:DB8:0066:0::9', value: '2001:db8:66::9', holds: true, note: 'IPv6, however it is written' },
    { field: '2001:db9::1', value: '2001:db8::/32', holds: false, note: 'IPv6' },
    { field: '::ffff:198.51.100.7', value: '198.51.100.0/24', holds: true, note: 'IPv4-mapped IPv6' },
    { field: '2001:db8::1', value: '0.0.0.0/0', holds: false, note: 'IPv6 is in no IPv4 range' },
    {
      field: 'cloudtrail.amazonaws.com',
      value: '0.0.0.0/0',
      holds: false,
      note: 'a host name: a service made the call',
    },
    { field: 'AWS Internal', value: ['0.0.0.0/0', '::/0'], holds: false, note: 'no address' },
    { field: '198.51.100.7:443', value: '198.51.100.0/24', holds: false, note: 'no address' },
    { field: '0.0.0.0/0', value: '0.0.0.0/0', holds: false, note: 'a range is no address' },
    { field: 3325256711, value: '198.51.100.0/24', holds: false, note: 'nor is a number' },
    { field: missing, value: '0.0.0.0/0', holds: false, note: 'field missing' },
    { field: ['192.0.2.1', '198.51.100.7'], value: '198.51.100.0/24', holds: true, note: 'field is a list' },
  ],
  exists: [
    { field: 'AccessDenied', value: true, holds: true },
    { field: 'AccessDenied', value: false, holds: false },
    { field: false, value: true, holds: true, note: 'false, 0 and an empty text are there' },
    { field: 0, value: true, holds: true },
    { field: '', value: true, holds: true },
    { field: missing, value: true, holds: false, note: 'field missing' },
    { field: missing, value: false, holds: true, note: 'field missing' },
    { field: null, value: false, holds: true, note: 'CloudTrail writes null where it has nothing' },
    { field: {}, value: false, holds: true, note: 'an empty object' },
    { field: [], value: false, holds: true, note: 'an empty list' },
    { field: [null, [], {}], value: false, holds: true, note: 'a list of nothing' },
    { field: { items: [] }, value: true, holds: true, note: 'an object with a field, whatever that holds' },
    { field: ['a'], value: true, holds: true, note: 'field is a list' },
  ],
  regex: [
    { field: 'aws-cli/2.30.1 md/Kali#2026', value: 'kali|parrot', holds: false, note: 'case counts' },
    { field: 'aws-cli/2.30.1 md/Kali#2026', value: '(?i)kali|parrot', holds: true, note: '(?i): in any case' },
    { field: 'AdministratorAccess', value: 'Admin', holds: true, note: 'anywhere in the text' },
    { field: 'AdministratorAccess', value: '^Admin$', holds: false, note: '^ and $: the whole text' },
    { field: 'first\nsecond', value: '^second$', holds: false, note: '^ and $ are not those of a line' },
    { field: 'first\nsecond', value: '(?m)^second$', holds: true, note: '(?m): those of a line' },
    { field: 'first\nsecond', value: 'first.second', holds: false, note: '. is any character but a line break' },
    { field: 'first\nsecond', value: '(?s)first.second', holds: true, note: '(?s): a line break too' },
    { field: 4444, value: '4', holds: false, note: 'a number is not a text' },
    { field: missing, value: '.*', holds: false, note: 'field missing' },
    { field: ['dev', 'prod-eu'], value: '^prod-', holds: true, note: 'field is a list' },
  ],
  anyItem: [
    {
      field: [
        { fromPort: 22, cidrIp: '0.0.0.0/0' },
        { fromPort: 443, cidrIp: '198.51.100.0/24' },
      ],
      value: openPort(22),
      holds: true,
      note: 'field is a list',
    },
    {
      field: [
        { fromPort: 22, cidrIp: '198.51.100.0/24' },
        { fromPort: 443, cidrIp: '0.0.0.0/0' },
      ],
      value: openPort(22),
      holds: false,
      note: 'field is a list: one item must satisfy all of it',
    },
    {
      field: { fromPort: 22, cidrIp: '0.0.0.0/0' },
      value: openPort(22),
      holds: true,
      note: 'a single object is an item',
    },
    {
      field: '{"fromPort":22,"cidrIp":"0.0.0.0/0"}',
      value: openPort(22),
      holds: true,
      note: 'so is an object in JSON text',
    },
    {
      field: '[{"fromPort":22,"cidrIp":"198.51.100.0/24"},{"fromPort":443,"cidrIp":"0.0.0.0/0"}]',
      value: openPort(22),
      holds: true,
      note: 'a list in JSON text counts as one item; give the path to a list inside it',
    },
    { field: '0.0.0.0/0', value: openPort(22), holds: false, note: 'a text has no fields' },
    {
      field: [{ fromPort: 443 }],
      value: { not: { fact: 'cidrIp', operator: 'exists', value: true } },
      holds: true,
      note: 'any condition may stand there',
    },
    {
      field: missing,
      value: { not: { fact: 'cidrIp', operator: 'exists', value: true } },
      holds: false,
      note: 'field missing: there is no item',
    },
    { field: [], value: openPort(22), holds: false, note: 'an empty list has no item' },
  ],
} as const satisfies Record<OperatorName, readonly OperatorExample[]>;

function openPort(port: number): object {
  return {
    all: [
      { fact: 'fromPort', operator: 'equal', value: port },
      { fact: 'cidrIp', operator: 'equal', value: '0.0.0.0/0' },
    ],
  };
}

/** An example of a decorated operator, or of the same without decorator. */
export type DecoratorExample = OperatorExample & { readonly operator: string };

/** A list of `rules/lists/` that its owner has not filled yet, by the name that the examples give it. */
export const emptyList = 'empty-list';

/** What each decorator makes of an operator. */
export const decoratorExamples = {
  not: [
    { operator: 'not:prefix', field: 'AROA1', value: 'AIDA', holds: true },
    { operator: 'not:prefix', field: 'AIDA1', value: 'AIDA', holds: false },
    { operator: 'not:prefix', field: missing, value: 'AIDA', holds: true, note: 'field missing' },
    { operator: 'not:cidr', field: 'cloudtrail.amazonaws.com', value: '198.51.100.0/24', holds: true },
    { operator: 'not:prefix', field: ['AROA1', 'AIDA1'], value: 'AIDA', holds: false, note: 'field is a list' },
    { operator: 'not:everyFact:prefix', field: ['AROA1', 'AIDA1'], value: 'AIDA', holds: true },
  ],
  someFact: [
    { operator: 'someFact:prefix', field: ['AROA1', 'AIDA1'], value: 'AIDA', holds: true, note: 'the same without it' },
    { operator: 'notEqual', field: ['a', 'b'], value: 'a', holds: false, note: 'without it: no element is' },
    { operator: 'someFact:notEqual', field: ['a', 'b'], value: 'a', holds: true, note: 'with it: some element is not' },
    { operator: 'someFact:notEqual', field: ['a', 'a'], value: 'a', holds: false },
    { operator: 'someFact:notEqual', field: missing, value: 'a', holds: false, note: 'field missing: no element' },
  ],
  everyFact: [
    { operator: 'everyFact:cidr', field: ['198.51.100.7', '192.0.2.1'], value: '198.51.100.0/24', holds: false },
    { operator: 'everyFact:cidr', field: ['198.51.100.7', '198.51.100.9'], value: '198.51.100.0/24', holds: true },
    { operator: 'everyFact:cidr', field: '198.51.100.7', value: '198.51.100.0/24', holds: true, note: 'not a list' },
    { operator: 'everyFact:notEqual', field: missing, value: 'a', holds: false, note: 'field missing: no element' },
  ],
  someValue: [
    { operator: 'someValue:contains', field: ['a', 'b'], value: ['b', 'c'], holds: true },
    { operator: 'someValue:contains', field: ['a'], value: ['b', 'c'], holds: false },
    { operator: 'someValue:contains', field: missing, value: ['b', 'c'], holds: false, note: 'field missing' },
    { operator: 'notIn', field: 'a', value: { list: emptyList }, holds: true, note: 'an empty list holds nothing' },
    {
      operator: 'someValue:notEqual',
      field: 'a',
      value: { list: emptyList },
      holds: false,
      note: 'nor a value to differ from',
    },
  ],
  everyValue: [
    {
      operator: 'everyValue:contains',
      field: ['a', 'b', 'c'],
      value: ['b', 'c'],
      holds: true,
      note: 'holds all of them',
    },
    { operator: 'everyValue:contains', field: ['a', 'b'], value: ['b', 'c'], holds: false },
    { operator: 'everyValue:contains', field: missing, value: ['b', 'c'], holds: false, note: 'field missing' },
    {
      operator: 'everyValue:contains',
      field: 'a',
      value: { list: emptyList },
      holds: true,
      note: 'an empty list asks for nothing',
    },
  ],
} as const satisfies Record<DecoratorName, readonly DecoratorExample[]>;

/** Where a path leads in a record; `found` is `undefined` for nothing. */
export type PathExample = {
  readonly path: string;
  readonly record: JsonObject;
  readonly found: unknown;
  readonly note?: string;
};

const statement = '{"Statement":[{"Effect":"Allow","Action":"*"}]}';

export const pathExamples: readonly PathExample[] = [
  { path: 'userIdentity.type', record: { userIdentity: { type: 'Root' } }, found: 'Root' },
  { path: 'userIdentity.arn', record: { userIdentity: { type: 'Root' } }, found: missing },
  {
    path: 'userIdentity.type.name',
    record: { userIdentity: { type: 'Root' } },
    found: missing,
    note: 'a text has no fields',
  },
  {
    path: 'requestParameters',
    record: { requestParameters: null },
    found: missing,
    note: 'null, {} and [] are nothing',
  },
  {
    path: 'resources.ARN',
    record: { resources: [{ ARN: 'a' }, { ARN: 'b' }] },
    found: ['a', 'b'],
    note: 'every item of a list',
  },
  {
    path: 'resources.ARN',
    record: { resources: [{ ARN: 'a' }, { type: 't' }] },
    found: ['a'],
    note: 'items without it are left out',
  },
  {
    path: 'items.ports',
    record: { items: [{ ports: [22, 80] }, { ports: [443] }] },
    found: [22, 80, 443],
    note: 'lists inside lists become one list',
  },
  { path: 'items.0', record: { items: ['a'] }, found: missing, note: 'there are no indexes' },
  { path: 'policy.Statement.Action', record: { policy: statement }, found: ['*'], note: 'JSON in a text' },
  {
    path: 'policy.Statement.Action',
    record: { policy: encodeURIComponent(statement) },
    found: ['*'],
    note: 'JSON in a text, percent-encoded',
  },
  {
    path: 'policy',
    record: { policy: statement },
    found: statement,
    note: 'without a further step the text stays text',
  },
  { path: 'policy.Statement', record: { policy: '{"Statement":[' }, found: missing, note: 'damaged JSON is a text' },
  { path: 'constructor', record: {}, found: missing, note: "only the record's own fields" },
];

/** An example of `{"fact": other field}`: what the record has in `field` and in `other`. */
export type ComparisonExample = {
  readonly record: { readonly field?: unknown; readonly other?: unknown };
  readonly operator: string;
  readonly holds: boolean;
  readonly note?: string;
};

/** `{"fact": "field", "operator": ..., "value": {"fact": "other"}}`. */
export const comparisonExamples: readonly ComparisonExample[] = [
  { record: { field: 'alice', other: 'alice' }, operator: 'equal', holds: true },
  { record: { field: 'alice', other: 'bob' }, operator: 'notEqual', holds: true },
  { record: { field: 'alice' }, operator: 'equal', holds: false, note: 'other field missing' },
  { record: {}, operator: 'equal', holds: false, note: 'both missing: a missing field equals nothing' },
  { record: {}, operator: 'notEqual', holds: true },
  { record: { field: 'b', other: ['a', 'b'] }, operator: 'in', holds: true, note: 'other field is a list' },
  { record: { field: 'b', other: ['a', 'b'] }, operator: 'equal', holds: false, note: 'other field is a list: use in' },
  {
    record: { field: 'b', other: 'abc' },
    operator: 'in',
    holds: false,
    note: 'a single value counts as a list of one',
  },
  { record: { field: '9', other: '10' }, operator: 'lessThan', holds: true, note: 'numbers in texts' },
  {
    record: { field: 'i-1', other: ['i-', 'r-'] },
    operator: 'prefix',
    holds: true,
    note: 'any text of the other field',
  },
  { record: { field: { a: 1 }, other: { a: 1 } }, operator: 'equal', holds: false, note: 'an object equals nothing' },
];

/** Where an operator says something else than json-rules-engine's own of the same name, and why. */
export type StockDifference = {
  readonly operator: string;
  readonly record: { readonly field?: unknown; readonly other?: unknown };
  readonly value: unknown;
  /** What json-rules-engine's own operator says; it throws where this is `throws`. */
  readonly stock: boolean | 'throws';
  readonly holds: boolean;
  readonly why: string;
};

const otherField = { fact: 'other' };

export const stockDifferences: readonly StockDifference[] = [
  {
    operator: 'equal',
    record: { field: ['a', 'b'] },
    value: 'a',
    stock: false,
    holds: true,
    why: 'any element of a list',
  },
  {
    operator: 'notEqual',
    record: { field: ['a', 'b'] },
    value: 'a',
    stock: true,
    holds: false,
    why: 'the exact negation',
  },
  {
    operator: 'in',
    record: { field: ['a', 'b'] },
    value: ['a'],
    stock: false,
    holds: true,
    why: 'any element of a list',
  },
  {
    operator: 'notIn',
    record: { field: ['a', 'b'] },
    value: ['a'],
    stock: true,
    holds: false,
    why: 'the exact negation',
  },
  {
    operator: 'lessThan',
    record: { field: [9, 1] },
    value: 5,
    stock: false,
    holds: true,
    why: 'any element of a list',
  },
  {
    operator: 'contains',
    record: { field: 'a' },
    value: 'a',
    stock: false,
    holds: true,
    why: 'policies write a list of one as a single value',
  },
  {
    operator: 'doesNotContain',
    record: { field: 'b' },
    value: 'a',
    stock: false,
    holds: true,
    why: 'the exact negation',
  },
  { operator: 'doesNotContain', record: {}, value: 'a', stock: false, holds: true, why: 'the exact negation' },
  {
    operator: 'contains',
    record: { field: [['a']] },
    value: 'a',
    stock: false,
    holds: true,
    why: 'lists inside lists are one',
  },
  {
    operator: 'everyFact:equal',
    record: { field: 'a' },
    value: 'a',
    stock: false,
    holds: true,
    why: 'a single value counts as a list of one',
  },
  {
    operator: 'someFact:equal',
    record: { field: 'a' },
    value: 'a',
    stock: false,
    holds: true,
    why: 'a single value counts as a list of one',
  },
  {
    operator: 'equal',
    record: {},
    value: otherField,
    stock: true,
    holds: false,
    why: 'a missing field equals nothing',
  },
  {
    operator: 'in',
    record: { field: 'b', other: 'abc' },
    value: otherField,
    stock: true,
    holds: false,
    why: 'no part of a text',
  },
  {
    operator: 'in',
    record: { field: 'b' },
    value: otherField,
    stock: 'throws',
    holds: false,
    why: 'a missing list is empty',
  },
  {
    operator: 'lessThan',
    record: { field: '9', other: '10' },
    value: otherField,
    stock: false,
    holds: true,
    why: 'numbers in texts are compared as numbers',
  },
];
