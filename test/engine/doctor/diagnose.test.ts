import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../engine/doctor/check-names.ts';
import { diagnose } from '../../../engine/doctor/diagnose.ts';
import { expectedOf } from '../../../engine/doctor/expected-of.ts';
import { parts } from '../../../engine/doctor/parts.ts';
import type { DeployedFunction, ManagementSelection, RegionSnapshot } from '../../../engine/doctor/snapshot.ts';
import {
  everything,
  expected,
  findingBusPolicy,
  forwardingRegion,
  region,
  rule,
  snapshot,
  subscriptions,
  trail,
} from './healthy.ts';

const complaintsOf = (...regions: readonly RegionSnapshot[]) => diagnose(snapshot(...regions), expected);
const checksOf = (...regions: readonly RegionSnapshot[]) => complaintsOf(...regions).map(({ check }) => check);
const broken = (change: Partial<RegionSnapshot>) => complaintsOf(region(change));
const queuesWith = (messages: number) =>
  [...parts.deadLetters, ...parts.worked].map((name: string) => ({ name, messages: { seen: messages } }));
const selecting = (change: Partial<ManagementSelection>) =>
  trail({
    selection: { seen: { ...everything, management: everything.management.map((all) => ({ ...all, ...change })) } },
  });
const narrowed = (change: Partial<ManagementSelection>) => broken({ trails: { seen: [selecting(change)] } });

describe('a sound account', () => {
  it('has no complaint, where Trailwire detects and where it forwards', () => {
    expect(complaintsOf(region(), forwardingRegion())).toEqual([]);
  });
});

describe('trails', () => {
  it('are missed where none covers a region, more so in that of the global services', () => {
    const none = { trails: { seen: [] } } as const;
    expect(complaintsOf(region(none), forwardingRegion(none))).toMatchObject([
      { check: 'trail-missing', severity: 'critical', regions: ['us-east-1'] },
      { check: 'trail-missing', severity: 'high', regions: ['eu-west-1'] },
    ]);
  });

  it('that are stopped blind everything when no other logs', () => {
    const stopped = trail({ status: { seen: { isLogging: false } } });
    const [complaint] = broken({ trails: { seen: [stopped] } });
    expect(complaint).toMatchObject({ check: 'trail-stopped', severity: 'critical', subject: 'management-events' });
    expect(complaint?.mend).toEqual([`aws cloudtrail start-logging --name ${stopped.arn} --region us-east-1`]);
    const beside = broken({ trails: { seen: [stopped, trail({ name: 'other' })] } });
    expect(beside).toMatchObject([{ check: 'trail-stopped', severity: 'medium' }]);
    expect(beside[0]?.lost).toContain('other');
  });

  it('that are stopped everywhere are said once, with all regions', () => {
    const trails = { seen: [trail({ status: { seen: { isLogging: false } } })] };
    expect(complaintsOf(region({ trails }), forwardingRegion({ trails }))).toMatchObject([
      { check: 'trail-stopped', regions: ['us-east-1', 'eu-west-1'] },
    ]);
  });

  it('that cannot write their files are told of, with the reason', () => {
    const trails = { seen: [trail({ status: { seen: { isLogging: true, deliveryError: 'NoSuchBucket' } } })] };
    expect(broken({ trails })).toMatchObject([{ check: 'trail-delivery-failing' }]);
    expect(broken({ trails })[0]?.says).toContain('NoSuchBucket');
  });

  it('that leave out reads name the rules that need them', () => {
    expect(narrowed({ reads: false })).toMatchObject([
      { check: 'trail-narrowed', severity: 'high', subject: 'read-only events', rules: ['sts-role-assumed'] },
    ]);
  });

  it('that leave out writes name the rules that need them', () => {
    expect(narrowed({ writes: false })).toMatchObject([
      {
        check: 'trail-narrowed',
        severity: 'critical',
        subject: 'write events',
        rules: ['iam-user-created', 'kms-key-disabled', 'signin-console'],
      },
    ]);
  });

  it('that leave out a source name the rules on it', () => {
    expect(narrowed({ without: ['kms.amazonaws.com'] })).toMatchObject([
      { check: 'trail-narrowed', subject: 'kms.amazonaws.com', rules: ['kms-key-disabled'] },
    ]);
  });

  it('make up together for what one alone leaves out', () => {
    const seen = [
      selecting({ reads: false }),
      selecting({ writes: false }),
      selecting({ without: ['kms.amazonaws.com'] }),
    ];
    expect(broken({ trails: { seen } })).toEqual([]);
  });

  it('that record reads and writes apart do not make up for a source that the writes leave out', () => {
    const seen = [selecting({ writes: false }), selecting({ reads: false, without: ['kms.amazonaws.com'] })];
    const complaints = broken({ trails: { seen } });
    expect(complaints).toMatchObject([
      { check: 'trail-narrowed', subject: 'kms.amazonaws.com', rules: ['kms-key-disabled'] },
    ]);
    expect(complaints[0]?.says).toContain('Write events of kms.amazonaws.com are left out');
  });

  it('that select no management events, or by other fields, are told apart', () => {
    const trails = { seen: [trail({ selection: { seen: { ...everything, management: [] } } })] };
    expect(broken({ trails })).toMatchObject([{ check: 'trail-narrowed', severity: 'critical' }]);
    const byName = narrowed({ narrowedBy: ['eventName'] });
    expect(byName).toMatchObject([{ check: 'trail-narrowed', severity: 'high' }]);
    expect(byName[0]?.says).toContain('eventName');
  });

  it('without the data events that rules ask for are told of, and no others', () => {
    const trails = { seen: [trail({ selection: { seen: { ...everything, dataOf: [] } } })] };
    expect(broken({ trails })).toMatchObject([
      { check: 'data-events-not-recorded', severity: 'low', subject: 'AWS::S3::Object', rules: ['s3-object-read'] },
    ]);
  });
});

describe('subscriptions', () => {
  const [first] = subscriptions();
  const only = { 'detect and function': region, forwards: forwardingRegion };

  it.each(Object.entries(only))('that are not there are missed, where Trailwire is: %s', (_, of) => {
    const kind = of === region ? 'detect' : 'forward';
    const others = subscriptions(kind).slice(1);
    // Without any, a region that forwards would be one that is not watched.
    const unknown = { ...subscriptions(kind)[0], name: `trailwire-${kind}-unknown` };
    const seen = [...others, unknown] as NonNullable<typeof first>[];
    expect(complaintsOf(of({ subscriptions: { seen } }))).toMatchObject([
      { check: 'subscription-missing', severity: 'critical', rules: expect.arrayContaining(['iam-user-created']) },
    ]);
  });

  it('lack the rules that ask for what they pass, by events or by other fields', () => {
    const asking = expectedOf({
      rules: [
        rule('iam-user-created', { 'iam.amazonaws.com': ['CreateUser'] }),
        rule('any-tool-used', undefined, { all: [{ fact: 'userAgent', operator: 'prefix', value: 'tool/' }] }),
      ],
      conditions: new Map(),
      lists: new Map(),
    });
    const complaints = diagnose(snapshot(region({ subscriptions: { seen: [] } })), asking);
    expect(complaints.find(({ check }) => check === 'subscription-missing')?.rules).toEqual([
      'iam-user-created',
      'any-tool-used',
    ]);
  });

  it('that are disabled bring nothing, and those that are only enabled bring no reads', () => {
    expect(broken({ subscriptions: { seen: subscriptions('detect', { state: 'DISABLED' }) } })).toMatchObject([
      { check: 'subscription-disabled', severity: 'critical' },
    ]);
    expect(broken({ subscriptions: { seen: subscriptions('detect', { state: 'ENABLED' }) } })).toMatchObject([
      { check: 'subscription-without-reads', severity: 'high', rules: ['sts-role-assumed'] },
    ]);
  });

  it('with another pattern than their name says are told of; the order of its keys is no difference', () => {
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(first?.pattern ?? '')).reverse()));
    expect(broken({ subscriptions: { seen: subscriptions('detect', { pattern: reordered }) } })).toEqual([]);
    for (const pattern of ['{"source":["aws.never"]}', 'not JSON']) {
      expect(broken({ subscriptions: { seen: subscriptions('detect', { pattern }) } })).toMatchObject([
        { check: 'subscription-altered' },
      ]);
    }
  });

  it('must go to the function, and have somewhere for what cannot be handed over', () => {
    const to = (arn: string, hasDeadLetters = true) =>
      broken({ subscriptions: { seen: subscriptions('detect', { targets: { seen: [{ arn, hasDeadLetters }] } }) } });
    expect(to('arn:aws:lambda:us-east-1:111122223333:function:another')).toMatchObject([
      { check: 'subscription-untargeted' },
    ]);
    expect(to('arn:aws:lambda:us-east-1:111122223333:function:trailwire-detect', false)).toMatchObject([
      { check: 'subscription-without-dead-letters' },
    ]);
  });

  it('are needed on the bus of collected events as well, and may not send on from there', () => {
    const policy = JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 'events:PutEvents',
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } },
        },
      ],
    });
    const buses = {
      seen: [
        { name: 'trailwire', policy: findingBusPolicy },
        { name: 'trailwire-events', policy },
      ],
    };
    expect(broken({ buses, collecting: { seen: subscriptions() } })).toEqual([]);
    expect(broken({ buses }).map(({ check, subject }) => [check, subject.split('/')[0]])).toEqual([
      ['subscription-missing', 'trailwire-events'],
    ]);
    const onward = {
      name: 'to-the-siem',
      state: 'ENABLED',
      pattern: '{}',
      targets: { seen: [{ arn: 'arn:aws:events:eu-west-1:777788889999:event-bus/siem', hasDeadLetters: false }] },
    };
    expect(broken({ buses, collecting: { seen: [...subscriptions(), onward] } })).toMatchObject([
      { check: 'forwarded-twice', subject: 'trailwire-events/to-the-siem' },
    ]);
  });
});

describe('regions', () => {
  const unwatched = (name: string) =>
    forwardingRegion({ region: name, subscriptions: { seen: [] }, queues: { seen: [] } });

  it('that nobody watches are told of: that of global services, those of sign-ins, and the others', () => {
    const all = complaintsOf(
      unwatched('us-east-1'),
      unwatched('us-east-2'),
      unwatched('eu-west-1'),
      unwatched('eu-west-3'),
    );
    expect(all).toMatchObject([
      {
        check: 'region-not-watched',
        severity: 'critical',
        regions: ['us-east-1'],
        rules: ['iam-user-created', 'signin-console'],
      },
      { check: 'region-not-watched', severity: 'high', regions: ['us-east-2'], rules: ['signin-console'] },
      { check: 'region-not-watched', severity: 'medium', regions: ['eu-west-1', 'eu-west-3'] },
    ]);
  });

  it('of other partitions have a home of global services of their own', () => {
    expect(complaintsOf(unwatched('us-gov-west-1'))).toMatchObject([{ severity: 'critical' }]);
    expect(complaintsOf(unwatched('cn-north-1'))).toMatchObject([{ severity: 'critical' }]);
  });

  it('that cannot be used are nobody’s business', () => {
    const seen = { ...snapshot(region(), unwatched('me-south-1')), enabledRegions: { seen: ['us-east-1'] } };
    expect(diagnose(seen, expected)).toEqual([]);
  });
});

describe('buses', () => {
  const withPolicy = (policy: string | undefined) => broken({ buses: { seen: [{ name: 'trailwire', policy }] } });
  const changed = (change: object) => {
    const [statement] = JSON.parse(findingBusPolicy).Statement;
    return withPolicy(JSON.stringify({ Statement: [{ ...statement, ...change }] }));
  };

  it('of findings must be there', () => {
    expect(broken({ buses: { seen: [] } })).toMatchObject([{ check: 'bus-missing', severity: 'critical' }]);
  });

  it.each([
    ['none', () => withPolicy(undefined)],
    ['one that is no policy', () => withPolicy('{}')],
    ['one that allows', () => changed({ Effect: 'Allow' })],
    ['one about another action', () => changed({ Action: 'events:PutRule' })],
    ['one about one principal', () => changed({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } })],
    [
      'one that exempts a stranger',
      () => changed({ Condition: { ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/admin' } } }),
    ],
    [
      'one with a second condition',
      () =>
        changed({
          Condition: {
            ...JSON.parse(findingBusPolicy).Statement[0].Condition,
            Bool: { 'aws:SecureTransport': 'false' },
          },
        }),
    ],
  ])('of findings are open with a policy such as %s', (_, complaints) => {
    expect(complaints()).toMatchObject([{ check: 'bus-open', subject: 'trailwire' }]);
  });

  it('of collected events let in one organization and nobody else', () => {
    const collected = (statements: readonly object[]) =>
      broken({
        buses: {
          seen: [
            { name: 'trailwire', policy: findingBusPolicy },
            { name: 'trailwire-events', policy: JSON.stringify({ Statement: statements }) },
          ],
        },
        collecting: { seen: subscriptions() },
      }).map(({ check }) => check);
    const allow = { Effect: 'Allow', Principal: '*', Action: 'events:PutEvents' };
    expect(collected([])).toEqual(['bus-closed']);
    expect(collected([allow])).toEqual(['bus-open']);
    const wide = { ...allow, Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } };
    expect(collected([wide])).toEqual(['bus-open']);
  });
});

describe('what is deployed', () => {
  it('has its functions, and they may run', () => {
    const functions = region().functions as {
      seen: readonly { name: string; state: string; concurrency: { seen: undefined } }[];
    };
    const others = functions.seen.slice(1);
    expect(broken({ functions: { seen: others } })).toMatchObject([
      { check: 'function-missing', severity: 'critical', subject: 'trailwire-detect' },
    ]);
    const detect = { name: 'trailwire-detect', state: 'Active', concurrency: { seen: 0 } };
    expect(broken({ functions: { seen: [detect, ...others] } })).toMatchObject([{ check: 'function-stopped' }]);
  });

  it.each(parts.optionalFunctions)('may lack %s, but where it is there, it may run', (name) => {
    const { functions } = region() as { functions: { seen: readonly DeployedFunction[] } };
    const stopped = { name, state: 'Active', concurrency: { seen: 0 } };
    expect(broken({ functions: { seen: [...functions.seen, stopped] } })).toMatchObject([
      { check: 'function-stopped', severity: 'high', subject: name },
    ]);
  });

  it('has nothing in its dead-letter queues, and its other queues are worked on', () => {
    const queues = (messages: number) => ({ seen: queuesWith(messages) });
    const oldest = new Map(parts.worked.map((name) => [name as string, 7_200]));
    const activity = { seen: { hours: 24, invocations: 1, errors: 0, throttles: 0, oldest } };
    expect(broken({ queues: queues(2), activity }).map(({ check, subject }) => [check, subject])).toEqual([
      ...parts.deadLetters.map((name) => ['dead-letters', name]),
      ...parts.worked.map((name) => ['messages-waiting', name]),
    ]);
    expect(broken({ queues: { seen: [] } }).map(({ check }) => check)).toEqual(
      [...parts.deadLetters, ...parts.worked].map(() => 'queue-missing'),
    );
  });

  it('can have its dead letters sent again, but for what could not be forwarded', () => {
    for (const name of ['trailwire-undelivered', 'trailwire-failed', 'trailwire-logs-failed']) {
      const seen = [...queuesWith(0).filter((queue) => queue.name !== name), { name, messages: { seen: 1 } }];
      expect(broken({ queues: { seen } })[0]?.mend.at(-1)).toContain(
        `npx trailwire redrive --queue ${name} --region us-east-1`,
      );
    }
    const seen = [{ name: 'trailwire-forward-undelivered', messages: { seen: 1 } }];
    const [complaint] = complaintsOf(forwardingRegion({ queues: { seen } }));
    expect(complaint).toMatchObject({ check: 'dead-letters', subject: 'trailwire-forward-undelivered' });
    expect(complaint?.mend.join()).not.toContain('redrive');
  });

  it('may have log files wait for hours, as they are tried again after an hour and a half', () => {
    const logs = (age: number) => ({
      queues: { seen: [...queuesWith(0), { name: 'trailwire-logs', messages: { seen: 1 } }] },
      activity: {
        seen: { hours: 24, invocations: 1, errors: 0, throttles: 0, oldest: new Map([['trailwire-logs', age]]) },
      },
    });
    expect(broken(logs(17_000))).toEqual([]);
    expect(broken(logs(19_000))).toMatchObject([{ check: 'messages-waiting', subject: 'trailwire-logs' }]);
  });

  it('has alarms that tell somebody', () => {
    const [first, ...others] = parts.alarms.map((name) => ({ name, tells: true }));
    expect(broken({ alarms: { seen: others } })).toMatchObject([{ check: 'alarm-missing', subject: first?.name }]);
    const mute = { name: first?.name ?? '', tells: false };
    expect(broken({ alarms: { seen: [mute, ...others] } })).toMatchObject([{ check: 'alarm-mute' }]);
  });

  it('has subscribers of its topic; Slack is told of findings without, and of alarms not', () => {
    const nobody = { audience: { seen: { confirmed: 0, pending: 1 } } } as const;
    expect(broken(nobody)).toMatchObject([{ check: 'nobody-told', severity: 'critical' }]);
    const slack = { name: 'trailwire-notify-slack', state: 'Active', concurrency: { seen: undefined } };
    const functions = { seen: [...(region().functions as { seen: readonly (typeof slack)[] }).seen, slack] };
    expect(broken({ ...nobody, functions })).toMatchObject([{ check: 'nobody-told', severity: 'medium' }]);
    expect(broken({ audience: { seen: undefined } })[0]?.says).toContain('There is no topic');
  });

  it('gets events, and neither fails nor waits', () => {
    const activity = { seen: { hours: 6, invocations: 0, errors: 1, throttles: 2, oldest: new Map<string, number>() } };
    expect(broken({ activity }).map(({ check, says }) => [check, says])).toEqual([
      ['events-silent', 'No event of CloudTrail arrived within 6 hours.'],
      ['function-failing', 'trailwire-detect failed 1 time within 6 hours.'],
      ['function-throttled', 'trailwire-detect was throttled 2 times within 6 hours.'],
    ]);
  });
});

describe('what could not be looked at', () => {
  const failed = { failed: 'AccessDeniedException: not for you' };

  it('is a complaint each, and never taken for sound or for broken', () => {
    const blind = region({
      trails: failed,
      subscriptions: failed,
      collecting: failed,
      buses: failed,
      queues: failed,
      functions: failed,
      alarms: failed,
      audience: failed,
      activity: failed,
    });
    const complaints = diagnose({ ...snapshot(blind), enabledRegions: failed }, expected);
    expect(new Set(complaints.map(({ check }) => check))).toEqual(new Set(['could-not-look']));
    expect(complaints).toHaveLength(10);
    expect(complaints.every(({ says }) => says.includes('not for you'))).toBe(true);
  });

  it('within a trail, a subscription, a queue or a function hides no other fault', () => {
    const half = region({
      trails: { seen: [trail({ status: failed }), trail({ name: 'other', selection: failed })] },
      subscriptions: { seen: subscriptions('detect', { state: 'DISABLED', targets: failed }) },
      queues: { seen: [...parts.deadLetters, ...parts.worked].map((name) => ({ name, messages: failed })) },
      functions: { seen: parts.functions.map((name) => ({ name, state: 'Active', concurrency: failed })) },
    });
    const checks = checksOf(half);
    expect(checks).toContain('subscription-disabled');
    expect(checks.filter((check) => check === 'could-not-look')).toHaveLength(
      2 + expected.subscriptions.length + parts.deadLetters.length + parts.worked.length + parts.functions.length,
    );
    expect(new Set(checks)).toEqual(new Set(['subscription-disabled', 'could-not-look']));
  });
});

describe('a complaint', () => {
  it('says how to mend it in words that a shell takes as they are', () => {
    const evil = trail({
      name: 'x; rm -rf /',
      arn: "arn:aws:cloudtrail:us-east-1:1:trail/x'; rm -rf /",
      status: { seen: { isLogging: false } },
    });
    expect(broken({ trails: { seen: [evil] } })[0]?.mend).toEqual([
      `aws cloudtrail start-logging --name 'arn:aws:cloudtrail:us-east-1:1:trail/x'\\''; rm -rf /' --region us-east-1`,
    ]);
  });

  it('has one of the names that are documented', () => {
    expect(new Set(checkNames).size).toBe(checkNames.length);
  });
});
