import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../../cli/check.ts';
import { importSigma } from '../../../cli/import-sigma.ts';
import { test as runTests } from '../../../cli/test.ts';
import { writeFiles } from '../rules-folder.ts';
import { createTerminal, temporaryFolder } from '../terminal.ts';

const logs = 'logsource: {product: aws, service: cloudtrail}';
const ruleOf = (title: string, detection: string, more = ''): string =>
  `title: ${title}\n${more}\n${logs}\ndetection:\n${detection}\n`;
const guardOff = ruleOf(
  'Guard switched off',
  '  a: {eventSource: guardduty.amazonaws.com, eventName: [deletedetector, UpdateDetector]}\n  condition: a',
  'name: guard_off\nid: 11111111-0000-4000-8000-000000000001',
);
const userMade = ruleOf(
  'User made',
  '  a: {eventSource: iam.amazonaws.com, eventName: CreateUser}\n  condition: a',
  'name: user_made',
);

const run = async (...documents: readonly string[]) => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'in/rules.yml': documents.join('---\n') });
  const out = join(folder, 'out');
  const { io, ...terminal } = createTerminal();
  const code = await importSigma(join(folder, 'in'), { out }, io);
  return {
    code,
    out,
    said: terminal.out.map((line) => line.replace(`${folder}/in/`, '')).join('\n'),
    err: terminal.err.join('\n'),
    file: (path: string) => JSON.parse(readFileSync(join(out, path), 'utf8')),
    has: (path: string) => existsSync(join(out, path)),
  };
};

/** What `check` and `test` say of a folder. */
const complaintsOf = async (rules: string): Promise<readonly string[]> => {
  const { io, out } = createTerminal();
  check({ rules }, io);
  await runTests([], { rules }, io);
  return out.filter((line) => !line.startsWith('ok '));
};

describe('import sigma', () => {
  it('makes of source and name the events of the rule, in the case in which AWS writes them', async () => {
    const { code, file } = await run(guardOff);
    expect(code).toBe(0);
    expect(file('sigma/sigma-guard-switched-off.json')).toMatchObject({
      id: 'sigma-guard-switched-off',
      status: 'experimental',
      events: { 'guardduty.amazonaws.com': ['DeleteDetector', 'UpdateDetector'] },
      conditions: { all: [{ fact: 'eventID', operator: 'exists', value: true }] },
    });
  });

  it('carries what a rule says of itself, with the author whom licences want named', async () => {
    const said = `status: stable
description: Somebody stops what watches.
author: A. Author
id: 11111111-0000-4000-8000-000000000002
level: critical
tags: [attack.persistence, attack.t1562.008, attack.t1078.004, attack.g0001, attack.t9999, cve.2026-1234]
references: ['https://example.com/a', 'http://example.com/b']
falsepositives: [Maintenance]`;
    const { file, said: told } = await run(ruleOf('All of it', '  a: {errorCode: null}\n  condition: a', said));
    expect(file('sigma/sigma-all-of-it.json')).toMatchObject({
      title: 'All of it',
      description:
        'Somebody stops what watches.\nFrom the Sigma rule 11111111-0000-4000-8000-000000000002 by A. Author.',
      severity: 'critical',
      status: 'experimental',
      attack: ['T1685.002', 'T1078.004'],
      tags: ['cve-2026-1234'],
      references: ['https://example.com/a'],
      falsePositives: ['Maintenance'],
    });
    expect(told).toContain('ATT&CK T1562.008 is now T1685.002');
    expect(told).toContain('left out: ATT&CK T9999');
    expect(told).toContain('left out: the reference "http://example.com/b"');
  });

  it('writes tests, derived from the rule, that pass "check" and "test" with full coverage', async () => {
    const detection = `  selection:
    eventSource: iam.amazonaws.com
    eventName|startswith: [Create, Attach]
    requestParameters.policyArn|contains|all: [admin, policy]
    userIdentity.arn|re: '.+:assumed-role/[a-z]{2,}-\\d+/.+'
  network:
    - sourceIPAddress|cidr: [10.0.0.0/8, 2001:db8::/32]
    - additionalEventData.count|gte: 5
  filter_a: {userAgent|startswith: terraform, readOnly: 'true'}
  filter_b: {userIdentity.userName|fieldref: requestParameters.userName}
  filter_c: {recipientAccountId|expand: '%trusted_accounts%'}
  condition: selection and 1 of network* and not 1 of filter_*`;
    const { code, out, said } = await run(ruleOf('All kinds', detection, 'level: high'));
    expect({ code, said }).toEqual({ code: 0, said: 'carried  rules.yml  sigma-all-kinds' });
    expect(await complaintsOf(out)).toEqual([]);
  });

  it('keeps several services apart, and needs no conditions where the events say all', async () => {
    const { file } = await run(
      ruleOf(
        'Two services',
        '  s_1: {eventSource: iam.amazonaws.com, eventName: CreateUser}\n  s_2: {eventSource: ec2.amazonaws.com, eventName: RunInstances, errorCode: null}\n  condition: 1 of s_*',
      ),
    );
    expect(file('sigma/sigma-two-services.json')).toMatchObject({
      events: { 'iam.amazonaws.com': ['CreateUser'], 'ec2.amazonaws.com': ['RunInstances'] },
      conditions: {
        any: [
          { all: [{ fact: 'eventSource' }, { fact: 'eventName' }] },
          {
            all: [
              { fact: 'eventSource' },
              { fact: 'eventName' },
              { fact: 'errorCode', operator: 'exists', value: false },
            ],
          },
        ],
      },
    });
  });

  it('compares a name without a source as a field, and a pattern of names within its source', async () => {
    const { file } = await run(
      ruleOf('Name alone', '  a: {eventName: ConsoleLogin}\n  condition: a'),
      ruleOf('Reads', '  a: {eventSource: ec2.amazonaws.com, eventName|startswith: Describe}\n  condition: a'),
    );
    expect(file('sigma/sigma-name-alone.json')).toMatchObject({
      conditions: { all: [{ fact: 'eventName', operator: 'equalsIgnoreCase', value: 'ConsoleLogin' }] },
    });
    expect(file('sigma/sigma-reads.json')).toMatchObject({
      events: { 'ec2.amazonaws.com': '*' },
      conditions: { all: [{ fact: 'eventName', operator: 'regex', value: '(?i)^Describe' }] },
    });
  });

  it('leaves out a name that AWS does not have and says so, and refuses a rule with no other', async () => {
    const { code, said, file } = await run(
      ruleOf('Some', '  a: {eventSource: iam.amazonaws.com, eventName: [CreateUser, MakeUser]}\n  condition: a'),
      ruleOf('None', '  a: {eventSource: s3.amazonaws.com, eventName: PutEncryptionConfiguration}\n  condition: a'),
      ruleOf(
        'Elsewhere',
        '  a: {eventSource: route53.amazonaws.com, eventName: TransferDomainToAnotherAwsAccount}\n  condition: a',
      ),
      ruleOf('Nowhere', '  a: {eventSource: route_53.amazonaws.com}\n  condition: a'),
      ruleOf('Nobody', '  a: {eventName: DescribeOrgnanizationalUnit}\n  condition: a'),
    );
    expect(code).toBe(1);
    expect(file('sigma/sigma-some.json').events).toEqual({ 'iam.amazonaws.com': ['CreateUser'] });
    expect(said).toContain('left out, since no record has it: iam.amazonaws.com has no event "MakeUser"');
    expect(said).toContain(
      '"None": no record can match: s3.amazonaws.com has no event "PutEncryptionConfiguration", perhaps s3.amazonaws.com/PutBucketEncryption',
    );
    expect(said).toContain('perhaps route53domains.amazonaws.com/TransferDomainToAnotherAwsAccount');
    expect(said).toContain('"route_53.amazonaws.com" is not an event source of AWS, perhaps "route53.amazonaws.com"');
    expect(said).toContain('no event source has "DescribeOrgnanizationalUnit"');
  });

  it('says beforehand what "check" will say', async () => {
    const { code, said } = await run(
      ruleOf('Status', '  a: {eventSource: iam.amazonaws.com, eventName: CreateUser, status: success}\n  condition: a'),
    );
    expect(code).toBe(0);
    expect(said).toContain('check will say: conditions.all[0].fact: no record has a field "status"');
  });

  it('refuses conditions that exclude each other', async () => {
    const { said } = await run(
      ruleOf(
        'Never',
        '  a: {eventSource: iam.amazonaws.com, eventName: CreateUser}\n  b: {eventName: DeleteUser}\n  condition: a and b',
      ),
    );
    expect(said).toContain('no record can match');
  });

  it('refuses what is about other logs, out of use, or no Sigma, each by name', async () => {
    const { code, said, err, has } = await run(
      ruleOf('Windows', '  a: {b: c}\n  condition: a').replace(
        'product: aws, service: cloudtrail',
        'product: windows, category: process_creation',
      ),
      ruleOf('Old', '  a: {errorCode: null}\n  condition: a', 'status: deprecated'),
      'title: Nothing\n',
      'just text\n',
      ruleOf('No condition', '  a: {errorCode: null}'),
    );
    expect(code).toBe(1);
    expect(said).toContain('is about other logs (product windows, category process_creation)');
    expect(said).toContain('its status is "deprecated"');
    expect(said).toContain('has none of "detection", "correlation" and "filter"');
    expect(said).toContain('is not a Sigma rule');
    expect(said).toContain('detection.condition: ');
    expect(err).toContain('5 Sigma documents: 0 carried, 5 refused');
    expect(has('sigma')).toBe(false);
  });

  it('says that a file is not YAML, and goes on with the others', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'in/a.yml': 'title: [', 'in/b.yml': userMade });
    const { io, out } = createTerminal();
    expect(await importSigma(join(folder, 'in'), { out: join(folder, 'out') }, io)).toBe(1);
    expect(out[0]).toContain('is not YAML');
    expect(out[1]).toContain('carried');
  });

  it('never writes over a rule that is there', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'in/a.yml': userMade, 'out/sigma/sigma-user-made.json': '{}' });
    const { io, out } = createTerminal();
    expect(await importSigma(join(folder, 'in'), { out: join(folder, 'out') }, io)).toBe(1);
    expect(out[0]).toMatch(/^refused .* is there already$/);
    expect(readFileSync(join(folder, 'out/sigma/sigma-user-made.json'), 'utf8')).toBe('{}');
  });

  it('gives equal titles ids of their own', async () => {
    const { has } = await run(userMade, userMade.replace('user_made', 'user_made_too'));
    expect([has('sigma/sigma-user-made.json'), has('sigma/sigma-user-made-2.json')]).toEqual([true, true]);
  });
});

describe('import of correlations', () => {
  const correlation = (fields: string, title = 'Often'): string => `title: ${title}\ncorrelation: {${fields}}\n`;
  const counted =
    'type: event_count, rules: [guard_off], group-by: [userIdentity.arn], timespan: 10m, condition: {gte: 3}';

  it.each([
    ['event_count', counted],
    [
      'value_count',
      'type: value_count, rules: [guard_off], group-by: [sourceIPAddress], timespan: 1h, condition: {gt: 3, field: userIdentity.userName}',
    ],
    ['temporal', 'type: temporal, rules: [guard_off, user_made], group-by: [userIdentity.arn], timespan: 5m'],
    [
      'temporal_ordered',
      'type: temporal_ordered, rules: [guard_off, user_made], group-by: [userIdentity.arn], timespan: 5m',
    ],
    [
      'aliases',
      'type: temporal, rules: [guard_off, user_made], group-by: [the_user], timespan: 5m, aliases: {the_user: {guard_off: userIdentity.userName, user_made: requestParameters.userName}}',
    ],
  ])('carries %s, with sequences that pass', async (_, fields) => {
    const { code, out, said } = await run(guardOff, userMade, correlation(fields));
    expect({ code, said: said.split('\n').filter((line) => !line.startsWith('carried')) }).toEqual({
      code: 0,
      said: [],
    });
    expect(await complaintsOf(out)).toEqual([]);
  });

  it('makes silent what is only counted, unless "generate" says otherwise', async () => {
    const silent = await run(guardOff, correlation(counted));
    expect(silent.file('sigma/sigma-guard-switched-off.json').signal).toBe(true);
    const aloud = await run(guardOff, correlation(`${counted}, generate: true`));
    expect(aloud.file('sigma/sigma-guard-switched-off.json').signal).toBeUndefined();
  });

  it('refers by id as well as by name', async () => {
    const { code } = await run(
      guardOff,
      correlation(counted.replace('guard_off', '11111111-0000-4000-8000-000000000001')),
    );
    expect(code).toBe(0);
  });

  it.each([
    ['lt: 3', counted.replace('gte: 3', 'lt: 3'), /a finding is told at once/],
    ['a range', counted.replace('gte: 3', 'gte: 3, lte: 9'), /a finding is told at once/],
    ['one match', counted.replace('gte: 3', 'gte: 1'), /a single match/],
    ['a month', counted.replace('10m', '30d'), /state is not kept for longer/],
    ['value_sum', counted.replace('event_count', 'value_sum'), /the type "value_sum"/],
    ['a stranger', counted.replace('guard_off', 'somebody'), /correlates "somebody", which is not among the files/],
    [
      'some of its rules',
      'type: temporal, rules: [guard_off, user_made], timespan: 5m, condition: {gte: 1}',
      /other than that all its rules match/,
    ],
  ])('refuses %s', async (_, fields, says) => {
    const { code, said } = await run(guardOff, userMade, correlation(fields));
    expect(code).toBe(1);
    expect(said).toMatch(says);
  });

  it('refuses what correlates a refused rule, and lets the rule it counts speak', async () => {
    const { said, file } = await run(
      guardOff,
      correlation(counted.replace('gte: 3', 'eq: 3'), 'Refused').replace('title', 'name: refused\ntitle'),
      correlation(
        'type: event_count, rules: [refused], group-by: [userIdentity.arn], timespan: 10m, condition: {gte: 2}',
        'Needs it',
      ),
    );
    expect(said).toContain('correlates "refused", which is refused');
    expect(file('sigma/sigma-guard-switched-off.json').signal).toBeUndefined();
  });
});

describe('import of filters', () => {
  const filter = (rules: string, condition: string): string =>
    `title: Not ops\n${logs}\nfilter:\n  rules: ${rules}\n  ops: {userIdentity.arn|contains: /ops-}\n  condition: ${condition}\n`;

  it('adds their condition to the rules that they name', async () => {
    const { code, file, said } = await run(guardOff, userMade, filter('[guard_off]', 'not ops'));
    expect(code).toBe(0);
    expect(said).toContain('is part of sigma-guard-switched-off');
    expect(file('sigma/sigma-guard-switched-off.json').conditions).toEqual({
      not: { fact: 'userIdentity.arn', operator: 'regex', value: '(?i)/ops-' },
    });
    expect(JSON.stringify(file('sigma/sigma-user-made.json'))).not.toContain('ops-');
  });

  it('adds those for any rule to all, and warns of one that keeps instead of leaving out', async () => {
    const { file, said } = await run(guardOff, userMade, filter('any', 'ops'));
    expect(JSON.stringify(file('sigma/sigma-user-made.json'))).toContain('ops-');
    expect(said).toContain('lets through only what it describes');
  });

  it('refuses one that speaks of a rule that is not there', async () => {
    expect((await run(guardOff, filter('[somebody]', 'not ops'))).said).toContain('speaks of "somebody"');
  });
});
