import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../cli/check.ts';
import type { TuneReport } from '../../cli/proposal.ts';
import { type TuneOptions, tune } from '../../cli/tune.ts';
import { recordOfCase } from '../../engine/rule-test.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const account = '111122223333';
const today = Date.UTC(2026, 10, 25);

/** A session of a role, each with a name of its own. */
const session = (role: string, number: number) => ({
  userIdentity: {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:run-${number}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/run-${number}`,
    accountId: account,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/${role}`, accountId: account, userName: role },
    },
  },
});

let records = 0;
/** A record of rules/fixtures at nine on a day of October, with fields set. */
const on = (day: number, fixture: string, fields: Readonly<Record<string, unknown>> = {}): object => {
  const own = { eventID: `event-${++records}`, eventTime: `2026-10-${String(day).padStart(2, '0')}T09:00:00Z` };
  const text = readFileSync(`rules/fixtures/${fixture}.json`, 'utf8');
  return recordOfCase(JSON.parse(text), { with: { ...own, ...fields }, without: [] }) as object;
};
const daily = (days: readonly number[], make: (day: number) => object): readonly object[] => days.map(make);
const sixDays = [1, 2, 5, 6, 7, 8];

const newKey = (day: number, user: string, role = 'onboarding', fields: object = {}) =>
  on(day, 'iam/create-access-key', { ...session(role, day), 'requestParameters.userName': user, ...fields });

const logOf = (...all: readonly object[]): string => {
  const file = join(temporaryFolder(), 'log.jsonl');
  writeFileSync(file, all.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return file;
};

/** An attack that no proposal here has to do with; the sample incident is slower to replay. */
const otherAttack = (): string => logOf(on(1, 'guardduty/delete-detector'));

const run = async (logs: string, options: Partial<TuneOptions> = {}) => {
  const { io, out, err } = createTerminal(() => today);
  const defaults = {
    rules: 'rules',
    format: 'json',
    minSeverity: 'medium',
    minDays: 5,
    validDays: 90,
    owner: 'ops',
    attack: otherAttack(),
  } as const;
  const code = await tune([logs], { ...defaults, ...options }, io);
  return { code, out, err };
};
const reportOf = async (logs: string, options: Partial<TuneOptions> = {}): Promise<TuneReport> =>
  JSON.parse((await run(logs, options)).out.join('\n'));

/** What the first proposal, a suppression, asks for, as JSON. */
const conditionIn = ([proposal]: TuneReport['proposals']): string => {
  if (proposal?.kind !== 'suppression') throw new Error('no suppression');
  return JSON.stringify(proposal.suppression.when);
};

const keyRule = 'iam-access-key-created-for-other-user';
const roleArn = `arn:aws:iam::${account}:role/onboarding`;
const leaf = (fact: string, value: string) => ({ fact, operator: 'equal', value });

describe('a suppression', () => {
  it('is proposed for what one principal does every other day, narrowed by all that is the same', async () => {
    const { proposals, alertsPerWeek } = await reportOf(logOf(...daily(sixDays, (day) => newKey(day, 'batch'))));
    expect(proposals).toHaveLength(1);
    expect(proposals[0]).toMatchObject({
      kind: 'suppression',
      principal: roleArn,
      suppression: { rule: keyRule, owner: 'ops', expires: '2027-02-23' },
      evidence: {
        silenced: [{ rule: keyRule, alerts: 6, of: 6 }],
        days: 6,
        first: '2026-10-01T09:00:00Z',
        last: '2026-10-08T09:00:00Z',
        traits: { agents: ['aws-cli'], networks: ['203.0.113.0/24'], resources: ['batch', 'AKIAI44QH8DHBEXAMPLE'] },
        varying: [],
      },
    });
    const [proposal] = proposals;
    expect(proposal?.evidence.events).toHaveLength(3);
    expect(proposal?.kind === 'suppression' && proposal.suppression.when).toEqual({
      all: [
        leaf('userIdentity.sessionContext.sessionIssuer.arn', roleArn),
        leaf('recipientAccountId', account),
        leaf('requestParameters.userName', 'batch'),
        leaf('awsRegion', 'us-east-1'),
        leaf('sourceIPAddress', '203.0.113.24'),
        leaf(
          'userAgent',
          'aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 lang/python#3.13.7 cfg/retry-mode#standard',
        ),
      ],
    });
    expect(alertsPerWeek).toEqual({ before: 6, after: 0 });
  });

  it('does not name the thing where it is another each time, and says so', async () => {
    const { proposals } = await reportOf(logOf(...daily(sixDays, (day) => newKey(day, `user-${day}`))));
    expect(proposals).toHaveLength(1);
    expect(proposals[0]?.evidence).toMatchObject({
      varying: ['requestParameters.userName'],
      silenced: [{ alerts: 6 }],
    });
    expect(conditionIn(proposals)).not.toContain('userName');
  });

  it('names the thing that is ordinary, and leaves what happened once to another thing alone', async () => {
    const logs = logOf(...daily(sixDays, (day) => newKey(day, 'batch')), newKey(9, 'admin'));
    const { proposals, refused } = await reportOf(logs);
    expect(proposals.map(({ evidence }) => evidence.silenced)).toEqual([[{ rule: keyRule, alerts: 6, of: 7 }]]);
    expect(JSON.stringify(proposals)).not.toContain('admin');
    expect(refused).toEqual([
      {
        what: `${keyRule} by ${roleArn}, other than what is proposed`,
        alerts: 1,
        why: 'each of 1 thing seen on fewer than 5 days',
      },
    ]);
  });

  it('is refused for what was seen on few days, however often', async () => {
    const often = Array.from({ length: 40 }, (_, index) => newKey(1 + (index % 2), `user-${index}`));
    expect(await reportOf(logOf(...often))).toMatchObject({
      proposals: [],
      refused: [{ alerts: 40, why: 'seen on 2 days, and what is ordinary on at least 5' }],
    });
  });

  it('is refused for the root user, for critical rules, and where nobody can be named', async () => {
    const root = daily(sixDays, (day) => on(day, 'root/delete-bucket'));
    const stops = daily(sixDays, (day) => on(day, 'cloudtrail/stop-logging', session('tester', day)));
    const nobody = daily(sixDays, (day) =>
      newKey(day, 'batch', '', { userIdentity: { type: 'AWSAccount', accountId: '999988887777' } }),
    );
    const { proposals, refused } = await reportOf(logOf(...root, ...stops, ...nobody));
    expect(proposals).toEqual([]);
    const why = (rule: string) => refused.find(({ what }) => what.startsWith(`${rule} by `))?.why;
    expect(why('root-used')).toBe('the root user is never ordinary');
    expect(why('cloudtrail-trail-stopped')).toBe('the rule is critical');
    expect(why(keyRule)).toBe('the records name no principal that a suppression could name');
  });

  it('is refused where it would hide an attack of a rule test, which it names', async () => {
    const asInTheFixture = daily(sixDays, (day) => on(day, 'iam/create-access-key'));
    const { proposals, refused } = await reportOf(logOf(...asInTheFixture));
    expect(proposals).toEqual([]);
    expect(refused).toMatchObject([{ what: `${keyRule} by arn:aws:iam::${account}:user/ann`, alerts: 6 }]);
    expect(refused[0]?.why).toMatch(
      /^would hide the attack ".+" of the test of iam-access-key-created-for-other-user$/,
    );
  });

  it('is refused where it would hide an alert of recorded logs of an attack', async () => {
    const usual = daily(sixDays, (day) => newKey(day, 'batch'));
    const { proposals, refused } = await reportOf(logOf(...usual), { attack: logOf(...usual.slice(0, 1)) });
    expect(proposals).toEqual([]);
    expect(refused).toMatchObject([{ why: `would hide an alert of ${keyRule} in the recorded attack` }]);
  });

  it('is made of exact values only, whatever attackers call themselves', async () => {
    const odd = 'Boto3/* (.*) {"fact": 1} [x]';
    const logs = logOf(...daily(sixDays, (day) => newKey(day, '*', 'onboarding', { userAgent: odd })));
    const { proposals } = await reportOf(logs);
    const text = conditionIn(proposals);
    expect(text).toContain(JSON.stringify(odd));
    expect([...text.matchAll(/"operator":"(\w+)"/g)].map(([, operator]) => operator)).toEqual(Array(6).fill('equal'));
  });

  it('names no value that nobody could read', async () => {
    const logs = logOf(
      ...daily(sixDays, (day) => newKey(day, 'a\u202eb', 'onboarding', { userAgent: 'x'.repeat(300) })),
    );
    const { proposals } = await reportOf(logs);
    const text = conditionIn(proposals);
    expect(text).not.toMatch(/userName|userAgent/);
  });

  it('tells what else the same principal sets off', async () => {
    const other = on(3, 'guardduty/delete-detector', session('onboarding', 3));
    const { proposals } = await reportOf(logOf(...daily(sixDays, (day) => newKey(day, 'batch')), other));
    expect(proposals[0]?.evidence.alsoSetOff).toEqual(['guardduty-detector-deleted']);
  });
});

describe('a list entry', () => {
  const share = (day: number, to: string, fields: object = {}) =>
    on(day, 'ec2/modify-snapshot-attribute', {
      ...session(`backup-${day}`, day),
      'requestParameters.createVolumePermission.add.items': [{ userId: to }],
      ...fields,
    });
  const partner = '777788889999';
  const entriesOf = ({ proposals }: TuneReport) =>
    proposals.flatMap((each) => (each.kind === 'list entry' ? [[each.list, each.value]] : []));

  it('is proposed where its value would quieten rules, with those that fall quiet', async () => {
    const report = await reportOf(logOf(...daily(sixDays, (day) => share(day, partner))));
    expect(report.proposals).toMatchObject([
      {
        kind: 'list entry',
        list: 'known-accounts',
        value: partner,
        evidence: { silenced: [{ rule: 'ec2-snapshot-shared-with-unknown-account', alerts: 6, of: 6 }], days: 6 },
      },
    ]);
    expect(report.alertsPerWeek).toEqual({ before: 6, after: 0 });
  });

  it('tells what it would add, where rules are quiet while the list is empty', async () => {
    const taken = on(3, 'sts/assume-role-from-another-account', { 'userIdentity.accountId': '999988887777' });
    const { proposals } = await reportOf(logOf(...daily(sixDays, (day) => share(day, partner)), taken));
    expect(proposals[0]?.evidence.added).toEqual([{ rule: 'sts-role-assumed-from-unknown-account', alerts: 1 }]);
  });

  it('is refused for a value seen on few days', async () => {
    const { refused } = await reportOf(logOf(...daily([1, 2], (day) => share(day, partner))));
    expect(refused).toContainEqual({
      what: `${partner} in known-accounts`,
      alerts: 2,
      why: 'seen on 2 days, and what is ordinary on at least 5',
    });
  });

  it('is refused where an attack of a rule test would come to something else', async () => {
    const report = await reportOf(logOf(...daily(sixDays, (day) => share(day, '444455556666'))));
    expect(entriesOf(report)).toEqual([]);
    const refusal = report.refused.find(({ what }) => what === '444455556666 in known-accounts');
    expect(refusal?.why).toMatch(/^would change what the attack ".+" of the test of [a-z0-9-]+ comes to$/);
  });

  const deleteFlowLogs = (day: number, fields: object = {}) =>
    on(day, 'ec2/delete-flow-logs', { ...session('runner', day), ...fields });

  it('may be a role that deploys, but none that people use', async () => {
    const byProgram = await reportOf(logOf(...daily(sixDays, (day) => deleteFlowLogs(day))));
    expect(entriesOf(byProgram)).toEqual([['automation-roles', `arn:aws:iam::${account}:role/runner`]]);
    const inConsole = { sessionCredentialFromConsole: 'true' };
    const byPeople = await reportOf(logOf(...daily(sixDays, (day) => deleteFlowLogs(day, inConsole))));
    expect(entriesOf(byPeople)).toEqual([]);
    expect(byPeople.refused).toContainEqual({
      what: `arn:aws:iam::${account}:role/runner in automation-roles`,
      alerts: 6,
      why: 'people use this role',
    });
  });
});

describe('tune', () => {
  const logs = () => logOf(...daily(sixDays, (day) => newKey(day, 'batch')));

  it('writes what the files would be beside the rules, and check accepts them', async () => {
    const out = join(temporaryFolder(), 'proposed');
    const before = readFileSync('rules/suppressions.json', 'utf8');
    const { err } = await run(logs(), { out });
    expect(err).toEqual([`${out}/suppressions.json has what rules/suppressions.json would be`]);
    expect(readFileSync('rules/suppressions.json', 'utf8')).toBe(before);
    const rules = join(temporaryFolder(), 'rules');
    cpSync('rules', rules, { recursive: true });
    cpSync(out, rules, { recursive: true });
    const terminal = createTerminal(() => today);
    expect(check({ rules }, terminal.io)).toBe(0);
    expect(terminal.err[0]).toMatch(/ 1 suppression: fine$/);
  });

  it('never writes among the rules, nor over a file', async () => {
    await expect(run(logs(), { out: 'rules/proposed' })).rejects.toThrow('rules/proposed is in rules: ');
    await expect(run(logs(), { out: 'rules' })).rejects.toThrow('rules is in rules: ');
    expect(existsSync('rules/proposed')).toBe(false);
    const out = temporaryFolder();
    await run(logs(), { out });
    await expect(run(logs(), { out })).rejects.toThrow('EEXIST');
  });

  it('shows proposals with their evidence, and refusals with their reason', async () => {
    const { out, code } = await run(logOf(...daily(sixDays, (day) => newKey(day, 'batch')), newKey(9, 'admin')), {
      format: 'text',
    });
    expect(code).toBe(0);
    expect(out).toEqual(
      expect.arrayContaining([
        'alerts a week: 6.1, and 0.9 with all that is proposed',
        `PROPOSED suppress ${keyRule} for ${roleArn}`,
        `         6 of 7 alerts of ${keyRule} (86 %)`,
        '         seen on 6 days, 2026-10-01T09:00:00Z to 2026-10-08T09:00:00Z',
        `REFUSED  ${keyRule} by ${roleArn}, other than what is proposed (1 alert): each of 1 thing seen on fewer than 5 days`,
      ]),
    );
  });

  it('proposes nothing that the sample incident is made of', async () => {
    const { proposals, refused } = await reportOf('samples/incident', { minDays: 1, attack: undefined });
    expect(proposals).toEqual([]);
    expect(refused.some(({ why }) => why.includes('in the recorded attack'))).toBe(true);
  });

  it('says the same of the same logs', async () => {
    const file = logs();
    expect((await run(file)).out).toEqual((await run(file)).out);
  });

  it('reads twice, so not from standard input; exits with 2 where nothing can be read', async () => {
    await expect(run('-')).rejects.toThrow('tune reads the logs twice');
    expect((await run('no-such-logs')).code).toBe(2);
  });
});
