import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import modelled from '../../cli/aws-events.json' with { type: 'json' };
import extra from '../../cli/aws-events-extra.json' with { type: 'json' };
import { createEventCatalog } from '../../cli/event-catalog.ts';

const catalog = createEventCatalog();

describe('names in public rules that can never fire', () => {
  it.each([
    ['route53.amazonaws.com', 'DisableDomainTransferLock', 'is an event of route53domains'],
    ['route53.amazonaws.com', 'TransferDomainToAnotherAwsAccount', 'is an event of route53domains'],
    ['iam.amazonaws.com', 'EmailUpdated', 'is a sign-in event'],
    ['elasticache.amazonaws.com', 'AuthorizeCacheSecurityGroupEgress', 'is no operation'],
    ['elasticache.amazonaws.com', 'RevokeCacheSecurityGroupEgress', 'is no operation'],
    ['s3.amazonaws.com', 'PutEncryptionConfiguration', 'is an IAM action'],
    ['s3.amazonaws.com', 'PutLifecycleConfiguration', 'is an IAM action'],
    ['s3.amazonaws.com', 'PutReplicationConfiguration', 'is an IAM action'],
    ['s3.amazonaws.com', 'ReplicateObject', 'is an IAM action'],
    ['s3.amazonaws.com', 'DeleteObjectVersion', 'is an IAM action'],
    ['ec2.amazonaws.com', 'ReplaceIamInstanceProfile', 'is half of a name'],
    ['organizations.amazonaws.com', 'DescribeOrgnanizationalUnit', 'is misspelt'],
    ['bedrock.amazonaws.com', 'DeleteModelCustomizationJob', 'is no operation'],
    ['iam.amazonaws.com', 'PutAccountPasswordPolicy', 'is no operation'],
    ['lambda.amazonaws.com', 'CreateFunction', 'has no date'],
    ['lambda.amazonaws.com', 'DeleteFunction', 'has no date'],
    ['lambda.amazonaws.com', 'UpdateFunctionCode', 'has no date'],
    ['lambda.amazonaws.com', 'AddPermission', 'has no date'],
  ])('%s has no %s, which %s', (source, name) => {
    expect(catalog.knowsSource(source)).toBe(true);
    expect(catalog.knowsEvent(source, name)).toBe(false);
  });

  it('route_53.amazonaws.com is no event source', () => {
    expect(catalog.knowsSource('route_53.amazonaws.com')).toBe(false);
    expect(catalog.closestSource('route_53.amazonaws.com')).toBe('route53.amazonaws.com');
  });

  it('S3 operations that CloudTrail writes under other names are unknown by their API name', () => {
    for (const name of ['PutPublicAccessBlock', 'PutBucketLifecycleConfiguration', 'PutObjectLockConfiguration']) {
      expect(catalog.knowsEvent('s3.amazonaws.com', name)).toBe(false);
    }
  });
});

describe('events that CloudTrail writes', () => {
  it.each([
    ['iam.amazonaws.com', 'CreateAccessKey'],
    ['cloudtrail.amazonaws.com', 'StopLogging'],
    ['monitoring.amazonaws.com', 'DeleteAlarms'],
    ['elasticfilesystem.amazonaws.com', 'DeleteFileSystem'],
    ['ses.amazonaws.com', 'PutAccountSendingAttributes'],
    ['states.amazonaws.com', 'StartExecution'],
    ['route53domains.amazonaws.com', 'DisableDomainTransferLock'],
    ['s3.amazonaws.com', 'PutBucketPublicAccessBlock'],
    ['s3.amazonaws.com', 'PutAccountPublicAccessBlock'],
    ['s3.amazonaws.com', 'PutBucketLifecycle'],
    ['s3.amazonaws.com', 'PutBucketEncryption'],
    ['lambda.amazonaws.com', 'UpdateFunctionCode20150331v2'],
    ['lambda.amazonaws.com', 'PutFunctionConcurrency20171031'],
    ['lambda.amazonaws.com', 'CreateFunctionUrlConfig'],
    ['lambda.amazonaws.com', 'Invoke'],
    ['cloudfront.amazonaws.com', 'UpdateDistribution'],
    ['cloudfront.amazonaws.com', 'CreateFunction2020_05_31'],
    ['signin.amazonaws.com', 'ConsoleLogin'],
    ['signin.amazonaws.com', 'EmailUpdated'],
    ['signin.amazonaws.com', 'CreateOAuth2Token'],
    ['sso.amazonaws.com', 'CreateToken'],
    ['sso.amazonaws.com', 'CreatePermissionSet'],
    ['sso-directory.amazonaws.com', 'AddMemberToGroup'],
    ['kms.amazonaws.com', 'DeleteKey'],
    ['organizations.amazonaws.com', 'CreateAccountResult'],
    ['ec2.amazonaws.com', 'SharedSnapshotVolumeCreated'],
    ['cloudshell.amazonaws.com', 'CreateEnvironment'],
    ['agreement-marketplace.amazonaws.com', 'AcceptAgreementRequest'],
  ])('%s has %s', (source, name) => {
    expect(catalog.knowsEvent(source, name)).toBe(true);
  });

  it('are compared with their exact case', () => {
    expect(catalog.knowsEvent('iam.amazonaws.com', 'createUser')).toBe(false);
    expect(catalog.closestEvent('iam.amazonaws.com', 'createUser')).toBe('CreateUser');
  });

  it('may be named by their beginning, when at least one event has it', () => {
    expect(catalog.knowsEvent('lambda.amazonaws.com', 'UpdateFunctionCode*')).toBe(true);
    expect(catalog.knowsEvent('lambda.amazonaws.com', 'UpdateFunctionCod3*')).toBe(false);
    expect(catalog.knowsEvent('lambda.amazonaws.com', '*')).toBe(true);
    expect(catalog.knowsEvent('iam.amazonaws.com', 'Put*Policy')).toBe(false);
  });

  it('belong to their own source only', () => {
    expect(catalog.knowsEvent('sts.amazonaws.com', 'CreateUser')).toBe(false);
    expect(catalog.knowsEvent('nowhere.amazonaws.com', 'CreateUser')).toBe(false);
    expect(catalog.knowsEvent('nowhere.amazonaws.com', 'Create*')).toBe(false);
  });

  it('are not judged where AWS names them nowhere', () => {
    expect(catalog.knowsSource('billingconsole.amazonaws.com')).toBe(true);
    expect(catalog.knowsEvent('billingconsole.amazonaws.com', 'GetBillsForBillingPeriod')).toBe(true);
  });

  it('are not confused with what every object has', () => {
    expect(catalog.knowsSource('constructor')).toBe(false);
    expect(catalog.knowsEvent('iam.amazonaws.com', 'constructor')).toBe(false);
    expect(catalog.closestEvent('s3.amazonaws.com', 'toString')).toBeUndefined();
    expect(catalog.closestSource('__proto__.amazonaws.com')).toBeUndefined();
  });
});

describe('the suggestion', () => {
  it.each([
    ['iam.amazonaws.com', 'CreatUser', 'CreateUser', 'a letter missing'],
    ['organizations.amazonaws.com', 'DescribeOrgnanizationalUnit', 'DescribeOrganizationalUnit', 'a letter too many'],
    ['ec2.amazonaws.com', 'ReplaceIamInstanceProfile', 'ReplaceIamInstanceProfileAssociation', 'half of a name'],
    ['lambda.amazonaws.com', 'CreateFunction', 'CreateFunction20150331', 'a missing date'],
    ['lambda.amazonaws.com', 'UpdateFunctionCode', 'UpdateFunctionCode20150331v2', 'a missing date and version'],
    ['lambda.amazonaws.com', 'UpdateFunctionCod*', 'UpdateFunctionCode20150331', 'a misspelt beginning'],
    ['s3.amazonaws.com', 'PutPublicAccessBlock', 'PutBucketPublicAccessBlock', 'an API name'],
    ['s3.amazonaws.com', 'PutEncryptionConfiguration', 'PutBucketEncryption', 'an IAM action'],
    ['iam.amazonaws.com', 'PutAccountPasswordPolicy', 'UpdateAccountPasswordPolicy', 'a name AWS does not use'],
  ])('for %s %s is %s: %s', (source, name, meant) => {
    expect(catalog.closestEvent(source, name)).toBe(meant);
  });

  it.each([
    ['iam.amazonaws.co', 'iam.amazonaws.com'],
    ['iam', 'iam.amazonaws.com'],
    ['aws.iam', 'iam.amazonaws.com'],
    ['IAM.amazonaws.com', 'iam.amazonaws.com'],
    ['cloudtrial.amazonaws.com', 'cloudtrail.amazonaws.com'],
    ['cloudwatch.amazonaws.com', 'monitoring.amazonaws.com'],
    ['aws.cloudwatch', 'monitoring.amazonaws.com'],
    ['stepfunctions.amazonaws.com', 'states.amazonaws.com'],
  ])('for the source %s is %s', (source, meant) => {
    expect(catalog.closestSource(source)).toBe(meant);
  });

  it('is absent where nothing is near', () => {
    expect(catalog.closestEvent('iam.amazonaws.com', 'Xyzzyplugh')).toBeUndefined();
    expect(catalog.closestEvent('nowhere.amazonaws.com', 'CreateUser')).toBeUndefined();
    expect(catalog.closestSource('nothing-of-the-kind.example.com')).toBeUndefined();
  });
});

describe('the data', () => {
  const sources = Object.entries<readonly string[]>(modelled);

  it('has one source per line, in order, so that a diff shows which services have changed', () => {
    const lines = readFileSync(new URL('../../cli/aws-events.json', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.length).toBe(sources.length + 2);
    expect(sources.map(([source]) => source)).toEqual(sources.map(([source]) => source).sort());
    for (const [source, names] of sources) expect([source, ...names]).toEqual([source, ...[...new Set(names)].sort()]);
  });

  it('has only names that a rule may write', () => {
    for (const [source, names] of [...sources, ...extra.added.map((each) => [each.source, each.events] as const)]) {
      expect(source).toMatch(/^[a-z0-9.-]+\.amazonaws\.com$/);
      for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_]+$/);
    }
  });

  it('adds by hand only what no model has', () => {
    const has = new Map(sources.map(([source, names]) => [source, new Set(names)]));
    const needless = extra.added.flatMap(({ source, events }) =>
      events.filter((event) => has.get(source)?.has(event)).map((event) => `${source} ${event}`),
    );
    expect(needless).toEqual([]);
  });

  it('knows what CloudTrail writes instead of a name it never writes', () => {
    for (const { source, names } of extra.neverWritten) {
      for (const [never, instead] of Object.entries(names)) {
        expect([source, never, catalog.knowsEvent(source, never)]).toEqual([source, never, false]);
        expect([source, instead, catalog.knowsEvent(source, instead)]).toEqual([source, instead, true]);
        expect(catalog.closestEvent(source, never)).toBe(instead);
      }
    }
  });

  it('corrects only sources that do not exist, to sources that do', () => {
    for (const [mistaken, meant] of Object.entries(extra.mistakenSources)) {
      expect([mistaken, catalog.knowsSource(mistaken)]).toEqual([mistaken, false]);
      expect([meant, catalog.knowsSource(meant)]).toEqual([meant, true]);
    }
  });

  it('gives a reason for everything kept by hand', () => {
    const reasons = [...extra.added, ...extra.neverWritten].map(({ reason }) => reason);
    for (const reason of [...reasons, ...Object.values(extra.open)]) expect(reason.length).toBeGreaterThan(10);
  });
});
