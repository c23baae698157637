import { describe, expect, it } from 'vitest';
import { buildActivity, commandUidOf } from '../../engine/activity.ts';
import { type Alert, alertOfActivity, alertOfFinding, isFor } from '../../engine/alert.ts';
import { digestOf, requestOf } from '../../engine/approval.ts';
import { createDetector } from '../../engine/detector.ts';
import type { Activity, Finding } from '../../engine/ocsf.ts';
import { ruleSchema } from '../../engine/rule.ts';
import { causeOf } from '../../engine/stored-response.ts';
import { contentOf } from '../content-of.ts';
import { exampleFinding } from '../example-finding.ts';
import { examplePlan } from '../example-plan.ts';
import { account, exampleInsight, exampleRecord, identities, nested } from '../example-records.ts';

/** As it comes over the bus: through JSON. */
const overTheBus = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const alertOf = (record: object = {}, rule: object = {}): Alert =>
  alertOfFinding(overTheBus(exampleFinding(rule, exampleRecord(record))));
const factsOf = ({ facts }: Alert): Readonly<Record<string, string>> =>
  Object.fromEntries(facts.map(({ label, value }) => [label, value]));

describe('the alert of a finding', () => {
  it('says who did what, when, from where, to which resource, in which account, and with which credential', () => {
    const alert = alertOf({ errorCode: 'AccessDenied' });
    expect(factsOf(alert)).toMatchObject({
      Who: `ann (IAM user), arn:aws:iam::${account}:user/ann`,
      What: 'iam.amazonaws.com CreateAccessKey, refused: AccessDenied',
      When: '2026-10-14 08:41:07 UTC',
      From: '198.51.100.23, aws-cli/2.31.0',
      Resource: 'bob (AWS::IAM::User), AKIAI44QH8DHBEXAMPLE (AWS::IAM::AccessKey)',
      Where: `${account}, us-east-1`,
      Credential: 'AKIAIOSFODNN7EXAMPLE',
    });
    expect(alert).toMatchObject({
      kind: 'finding',
      severity: 'high',
      title: 'Access key created for another user',
      message: `arn:aws:iam::${account}:user/ann created an access key for bob`,
      rule: 'iam-access-key-created-for-other-user',
      account,
      region: 'us-east-1',
      ruleStatus: 'stable',
    });
  });

  it('names the ATT&CK technique', () => {
    expect(alertOf().facts.map(({ value }) => value)).toContain('T1098.001 Additional Cloud Credentials');
  });

  it('says why it fired, in lines', async () => {
    const rule = ruleSchema.parse({
      id: 'iam-access-key-created',
      conditions: {
        all: [
          { fact: 'eventName', operator: 'equal', value: 'CreateAccessKey' },
          { fact: 'errorCode', operator: 'exists', value: false },
        ],
      },
    });
    const detector = createDetector(contentOf([rule]));
    const { findings } = await detector.detect({ record: exampleRecord() }, 0);
    const { why } = alertOfFinding(overTheBus(findings[0] as Finding));
    expect(why).toHaveLength(2);
    expect(why[0]).toMatch(/eventName.*"CreateAccessKey"/);
    expect(why[1]).toMatch(/errorCode.*missing/);
  });

  it('says what is being done, and what to do next, a line for each step', () => {
    expect(alertOf().done).toEqual([expect.stringContaining('deactivate-access-key')]);
    expect(alertOf().next).toBe(`1. Ask arn:aws:iam::${account}:user/ann.\n2. Deactivate the key.`);
    expect(alertOf({}, { runbook: '1. Ask {userIdentity.userName}. 2. Deactivate the key.' }).next).toBe(
      '1. Ask ann.\n2. Deactivate the key.',
    );
    expect(alertOf({}, { respond: { remediate: [] } }).done).toEqual(['Nothing: the rule names no response']);
  });

  it('says what the attacker gains, and points to the references where there is no runbook', () => {
    const references = ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html'];
    expect(alertOf({}, { runbook: undefined }).about).toBe('Whoever holds the key acts as that user.');
    expect(alertOf({}, { runbook: undefined, references }).next).toBe('See the references.');
    expect(alertOf({}, { runbook: undefined }).next).toBeUndefined();
  });

  it('has the same id for the same finding, and its responses are in its thread', () => {
    const finding = exampleFinding();
    expect(alertOfFinding(finding)).toMatchObject({ id: finding.finding_info.uid, thread: finding.finding_info.uid });
    expect(alertOfActivity(activityOf('verified', finding)).thread).toBe(finding.finding_info.uid);
  });

  it('leaves out what the record does not say', () => {
    const alert = alertOfFinding(
      exampleFinding(
        { attack: [] },
        { eventSource: 'iam.amazonaws.com', eventName: 'ListUsers', eventTime: '2026-10-14T08:00:00Z' },
      ),
    );
    expect(factsOf(alert)).toEqual({
      Who: 'unknown (unknown)',
      What: 'iam.amazonaws.com ListUsers',
      When: '2026-10-14 08:00:00 UTC',
      From: 'unknown',
    });
    expect(alert.links).toEqual([]);
  });

  it('says of an Insight what it is about', () => {
    const alert = alertOfFinding(exampleFinding({}, exampleInsight()));
    expect(factsOf(alert)).toMatchObject({ What: 'iam.amazonaws.com CreateAccessKey' });
  });

  it('counts the resources that it does not name', () => {
    const resources = Array.from({ length: 9 }, (_, index) => ({
      ARN: `arn:aws:s3:::bucket-${index}`,
      type: 'AWS::S3::Bucket',
    }));
    expect(factsOf(alertOf({ resources, requestParameters: null, responseElements: null })).Resource).toMatch(
      /bucket-4 \(AWS::S3::Bucket\) and 4 more$/,
    );
  });
});

describe('the links of an alert', () => {
  const eventId = '00000000-0000-4000-8000-0000000000ee';
  const urlsOf = (record: object) => alertOf(record).links.map(({ url }) => url);

  it('lead to the event, to all calls with the key, and to the references of the rule', () => {
    const { links } = alertOf({}, { references: ['https://example.com/keys'] });
    expect(links).toEqual([
      {
        label: 'Event',
        url: `https://us-east-1.console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/${eventId}`,
      },
      {
        label: 'All calls with this key',
        url: 'https://us-east-1.console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events?AccessKeyId=AKIAIOSFODNN7EXAMPLE',
      },
      { label: 'Reference', url: 'https://example.com/keys' },
    ]);
  });

  it.each([
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
    ['ap-southeast-2', 'https://ap-southeast-2.console.aws.amazon.com/'],
    ['mx-central-1', 'https://mx-central-1.console.aws.amazon.com/'],
  ])('of %s lead to the console of its partition, whoever called', (awsRegion, console) => {
    for (const userIdentity of [identities.userWithKey, identities.service]) {
      const [url] = urlsOf({ awsRegion, userIdentity });
      expect(url?.startsWith(console)).toBe(true);
    }
  });

  it.each([
    'evil.example/',
    'us-east-1.evil.example',
    'us-east-1/../..',
    'US-EAST-1',
    'us-east-1\n',
    'global',
    `us-${'a'.repeat(1_000)}-1`,
    `${'a-'.repeat(100_000)}1`,
    '',
    7,
    undefined,
  ])('are not made of an invented region (%#)', (awsRegion) => {
    expect(alertOf({ awsRegion }).links).toEqual([]);
  });

  it.each(['../../iam/home#/users', 'a?b=c&d', 'x"onclick="y', `${eventId} `, '\ud800', 'e'.repeat(1_000_000), ['a']])(
    'do not take an event id that is none (%#)',
    (eventID) => {
      expect(urlsOf({ eventID })).toEqual([expect.stringContaining('#/events?AccessKeyId=AKIAIOSFODNN7EXAMPLE')]);
    },
  );

  it.each(['AKIA&region=x', 'akiaiosfodnn7example', '\udfff', 'A'.repeat(1_000_000), ''])(
    'do not take a key id that is none (%#)',
    (accessKeyId) => {
      expect(urlsOf({ userIdentity: { ...identities.userWithKey, accessKeyId } })).toEqual([
        expect.stringContaining(`#/events/${eventId}`),
      ]);
    },
  );
});

const plan = await examplePlan();
const { target } = plan;
const activityOf = (
  outcome: Activity['unmapped']['trailwire']['outcome'],
  finding: Finding = exampleFinding(),
  more: object = {},
): Activity =>
  overTheBus(
    buildActivity({
      remediation: 'deactivate-access-key',
      commandUid: commandUidOf('deactivate-access-key', 'finding'),
      outcome,
      message: 'What became of it.',
      target,
      plan,
      steps: [
        { action: 'iam:UpdateAccessKey', outcome: 'done' },
        { action: 'iam:ListAccessKeys', outcome: 'failed', error: 'AccessDenied: no' },
      ],
      now: Date.parse('2026-10-14T08:42:00Z'),
      cause: causeOf(finding),
      account,
      ...more,
    }),
  );

describe('the alert of a response', () => {
  it('says what was done to whom, because of what, and what it does not stop', () => {
    const alert = alertOfActivity(activityOf('verified'));
    expect(alert).toMatchObject({
      kind: 'response',
      severity: 'high',
      title: 'deactivate-access-key done and verified',
      message: 'What became of it.',
      done: ['iam:UpdateAccessKey: done', 'iam:ListAccessKeys: failed (AccessDenied: no)'],
      rule: 'iam-access-key-created-for-other-user',
      account,
      region: 'us-east-1',
      ruleStatus: 'stable',
    });
    expect(factsOf(alert)).toMatchObject({
      Response: 'deactivate-access-key: done and verified',
      Target: `AKIAIOSFODNN7EXAMPLE (access-key), arn:aws:iam::${account}:user/ann`,
      'Because of': 'Access key created for another user',
      When: '2026-10-14 08:42:00 UTC',
      'Does not stop': expect.stringContaining('Sessions already derived from this key'),
    });
  });

  it('says how to take it back, by a command that can be pasted', () => {
    const command = commandUidOf('deactivate-access-key', 'finding');
    expect(alertOfActivity(activityOf('verified')).next).toBe(
      `To take it back: aws lambda invoke --function-name trailwire-undo --cli-binary-format raw-in-base64-out --payload '{"undo":"${command}"}' /dev/stdout`,
    );
    for (const outcome of ['applied', 're-applied'] as const) {
      expect(alertOfActivity(activityOf(outcome)).next).toContain(`{"undo":"${command}"}`);
    }
    expect(alertOfActivity(activityOf('planned')).next).toBeUndefined();
  });

  it('says that it cannot be taken back, and why, where that is so', async () => {
    const plan = await examplePlan();
    const cannot = 'nobody but its owner knew the password';
    const changes = plan.changes.map((change) => ({ ...change, undo: { cannot } }));
    expect(alertOfActivity(activityOf('applied', undefined, { plan: { ...plan, changes } })).next).toBe(
      `It cannot be taken back: ${cannot}`,
    );
  });

  it('asks for a decision: what would be called, until when, and how to decide; whatever the severity', async () => {
    const plan = await examplePlan();
    const cause = causeOf(exampleFinding({ severity: 'low' }));
    const expiresAt = Date.parse('2026-10-14T09:42:00Z');
    const ask = { digest: digestOf(plan), reasons: ['the response runs with approval only'], expiresAt, caller: {} };
    const request = requestOf(plan, cause, ask);
    const alert = alertOfActivity(
      activityOf('waiting', undefined, { request, plan, cause, detail: ask.reasons.join('; ') }),
    );
    const commandUid = commandUidOf('deactivate-access-key', 'finding');
    expect(alert.approval).toEqual({ commandUid, digest: ask.digest, expiresAt });
    expect(factsOf(alert)).toMatchObject({
      Reason: 'the response runs with approval only',
      'Would call': 'iam:UpdateAccessKey {"UserName":"ann","AccessKeyId":"AKIAIOSFODNN7EXAMPLE","Status":"Inactive"}',
      'Decide until': '2026-10-14 09:42:00 UTC',
    });
    expect(alert.next?.split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^To approve it: aws lambda invoke .*'{"approve":"${commandUid}"}' /dev/stdout$`),
      ),
      expect.stringMatching(new RegExp(`^To reject it: aws lambda invoke .*'{"reject":"${commandUid}"}' /dev/stdout$`)),
    ]);
    expect(isFor(alert, 'sns', 'critical')).toBe(true);
    expect(isFor({ ...alert, notify: ['slack'] }, 'sns', 'low')).toBe(false);
  });

  it('says who decided', () => {
    const decision = {
      is: 'approved',
      by: 'ann (Slack T1/U1)',
      at: Date.parse('2026-10-14T09:42:00Z'),
      digest: '',
    } as const;
    expect(factsOf(alertOfActivity(activityOf('applied', undefined, { decision })))).toMatchObject({
      'Decided by': 'ann (Slack T1/U1) (approved, 2026-10-14 09:42:00 UTC)',
    });
    const nobody = { ...decision, is: 'expired', by: 'nobody' } as const;
    expect(factsOf(alertOfActivity(activityOf('refused', undefined, { decision: nobody })))).not.toHaveProperty(
      'Decided by',
    );
  });

  it.each([
    ['approved', 'applied'],
    ['rejected', 'refused'],
    ['expired', 'refused'],
  ] as const)('tells whoever was asked that it was %s, whatever the severity', (is, outcome) => {
    const cause = causeOf(exampleFinding({ severity: 'low' }));
    const decision = { is, by: 'somebody with the link of the e-mail', at: 0, digest: '' };
    const alert = alertOfActivity(activityOf(outcome, undefined, { cause, decision }));
    expect(isFor(alert, 'slack', 'critical')).toBe(true);
    expect(isFor({ ...alert, notify: ['sns'] }, 'slack', 'low')).toBe(false);
    expect(isFor(alertOfActivity(activityOf(outcome, undefined, { cause })), 'slack', 'critical')).toBe(false);
  });

  it.each([
    ['waiting', 'deactivate-access-key WAITS FOR APPROVAL'],
    ['refused', 'deactivate-access-key not done'],
    ['planned', 'deactivate-access-key would be done'],
    ['applied', 'deactivate-access-key done'],
    ['re-applied', 'deactivate-access-key was not in place any more, and was DONE AGAIN'],
    ['failed', 'deactivate-access-key FAILED'],
    ['undone', 'deactivate-access-key taken back'],
  ] as const)('tells %s in its title', (outcome, title) => {
    expect(alertOfActivity(activityOf(outcome)).title).toBe(title);
  });

  it.each(['failed', 'refused'] as const)(
    'tells a response that is still there from one that never was (%s)',
    (outcome) => {
      expect(alertOfActivity(activityOf(outcome, undefined, { isUndo: true })).title).toBe(
        'deactivate-access-key could NOT be taken back',
      );
    },
  );

  it('gives the reason of a refusal', () => {
    const detail = '5 responses ran within this hour already';
    const more = { refused: 'limit', target: undefined, plan: undefined, detail };
    const alert = alertOfActivity(activityOf('refused', undefined, more));
    expect(factsOf(alert)).toMatchObject({ Reason: detail });
    expect(factsOf(alert)).not.toHaveProperty('Target');
  });
});

describe('what attackers wrote', () => {
  const hostile = 'ann\nACTION: all clear\u001b[2J\u202e\u2028\u0000\ud800';
  const texts = ({ title, message, facts, why, done, next, links, rule, account: inAccount, region }: Alert) => [
    ...[title, message, rule, inAccount ?? '', region ?? ''],
    ...facts.map(({ value }) => value),
    ...[...why, ...done, ...(next?.split('\n') ?? []), ...links.map(({ url }) => url)],
  ];
  const expectClean = (alert: Alert): void => {
    for (const text of texts(alert)) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(text.isWellFormed()).toBe(true);
      expect(text.length).toBeLessThanOrEqual(1_000);
    }
  };
  const everywhere = (value: unknown) => ({
    ...{ awsRegion: value, sourceIPAddress: value, userAgent: value, errorCode: value, eventID: value },
    ...{ recipientAccountId: value, requestParameters: { userName: value, bucketName: value } },
    userIdentity: { ...identities.userWithKey, arn: value, userName: value, accessKeyId: value, accountId: value },
    resources: [{ ARN: value, type: value }],
  });
  const detectIn = async (record: object): Promise<Alert> => {
    const rule = ruleSchema.parse({
      id: 'iam-access-key-created',
      conditions: { all: [{ fact: 'userAgent', operator: 'exists', value: true }] },
      message: '{userAgent} {requestParameters.userName} {userIdentity.arn}',
      runbook: '1. Ask {userAgent}.\n2. Look at {requestParameters}.',
    });
    const detector = createDetector(contentOf([rule]));
    const { findings } = await detector.detect({ record: exampleRecord(record) }, 0);
    return alertOfFinding(overTheBus(findings[0] as Finding));
  };

  it.each<[string, unknown]>([
    ['control and bidi characters', hostile],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['half characters', '💥'.repeat(5_000)],
    ['a list of texts', [hostile, hostile]],
    ['numbers', 7],
    ['objects', { toString: hostile, a: nested(200) }],
  ])('%s come out as short, plain lines', async (_, value) => {
    expectClean(await detectIn(everywhere(value)));
  });

  it('cannot add a line to the runbook', async () => {
    const { next } = await detectIn({ userAgent: 'curl\n2. Delete the trail.' });
    expect(next?.split('\n')).toHaveLength(2);
  });

  it('comes out plain in the alert of a response too', () => {
    const alert = alertOfActivity(
      activityOf('failed', exampleFinding({}, exampleRecord(everywhere(hostile))), {
        message: hostile,
        detail: hostile,
        steps: [{ action: 'iam:UpdateAccessKey', outcome: 'failed', error: hostile.repeat(1_000) }],
      }),
    );
    expectClean(alert);
  });
});

describe('whom an alert is for', () => {
  const severities = ['informational', 'low', 'medium', 'high', 'critical'] as const;
  const told = (rule: object, least: (typeof severities)[number]) => ({
    sns: isFor(alertOf({}, rule), 'sns', least),
    slack: isFor(alertOf({}, rule), 'slack', least),
  });

  it.each(severities)('one of severity %s is for whoever wants at most that', (severity) => {
    for (const least of severities) {
      const expected = severities.indexOf(severity) >= severities.indexOf(least);
      expect(told({ severity }, least)).toEqual({ sns: expected, slack: expected });
    }
  });

  it('the rule has the first word: these and no others, whatever the severity', () => {
    const respond = { notify: ['slack'] };
    expect(told({ severity: 'low', respond }, 'critical')).toEqual({ sns: false, slack: true });
    expect(told({ severity: 'critical', respond }, 'low')).toEqual({ sns: false, slack: true });
    expect(told({ severity: 'critical', respond: { notify: [] } }, 'low')).toEqual({ sns: false, slack: false });
  });

  it('an experimental rule alerts nobody, whatever it says', () => {
    const experimental = { status: 'experimental', severity: 'critical' };
    expect(told(experimental, 'informational')).toEqual({ sns: false, slack: false });
    expect(told({ ...experimental, respond: { notify: ['slack'] } }, 'low')).toEqual({ sns: false, slack: false });
  });

  it('a rule under test alerts', () => {
    expect(told({ status: 'test' }, 'medium')).toEqual({ sns: true, slack: true });
  });

  it('a response is for whom its finding is for', () => {
    const finding = exampleFinding({ respond: { notify: ['slack'], remediate: [{ run: 'deactivate-access-key' }] } });
    const alert = alertOfActivity(activityOf('verified', finding));
    expect(isFor(alert, 'slack', 'critical')).toBe(true);
    expect(isFor(alert, 'sns', 'low')).toBe(false);
  });

  it('a quiet response is for nobody', () => {
    const alert = alertOfActivity(activityOf('refused', exampleFinding(), { isQuiet: true }));
    expect(isFor(alert, 'slack', 'informational')).toBe(false);
  });
});
