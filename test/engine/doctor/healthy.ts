import type { Expected } from '../../../engine/doctor/expected.ts';
import { expectedOf } from '../../../engine/doctor/expected-of.ts';
import { parts } from '../../../engine/doctor/parts.ts';
import type {
  AccountSnapshot,
  RegionSnapshot,
  Selection,
  Subscription,
  Trail,
} from '../../../engine/doctor/snapshot.ts';
import type { Rule } from '../../../engine/rule.ts';
import { ruleSchema } from '../../../engine/rule.ts';

const anything: Rule['conditions'] = { all: [{ fact: 'eventID', operator: 'exists', value: true }] };
export const rule = (id: string, events: Rule['events'], conditions = anything): Rule =>
  ruleSchema.parse({ id, events, conditions });

/** Rules that ask for an event of each kind. */
export const expected: Expected = expectedOf({
  rules: [
    rule('iam-user-created', { 'iam.amazonaws.com': ['CreateUser'] }),
    rule('sts-role-assumed', { 'sts.amazonaws.com': ['AssumeRole'] }),
    rule('kms-key-disabled', { 'kms.amazonaws.com': ['DisableKey'] }),
    rule('s3-object-read', { 's3.amazonaws.com': ['GetObject'] }),
    rule('signin-console', { 'signin.amazonaws.com': ['ConsoleLogin'] }),
  ],
  conditions: new Map(),
  lists: new Map(),
});

export const account = '111122223333';

export const everything: Selection = {
  management: [{ reads: true, writes: true, without: [], narrowedBy: [] }],
  dataOf: ['AWS::S3::Object'],
};

export const trail = (change: Partial<Trail> = {}): Trail => ({
  name: 'management-events',
  arn: `arn:aws:cloudtrail:us-east-1:${account}:trail/management-events`,
  homeRegion: 'us-east-1',
  status: { seen: { isLogging: true } },
  selection: { seen: everything },
  ...change,
});

/** The subscriptions that the rules ask for, to a function or, in a member account, to the bus of collected events. */
export const subscriptions = (
  kind: 'detect' | 'forward' = 'detect',
  change: Partial<Subscription> = {},
): readonly Subscription[] =>
  expected.subscriptions.map(({ key, pattern }) => ({
    name: `trailwire-${kind}-${key}`,
    state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    pattern: JSON.stringify(pattern),
    targets: {
      seen: [
        {
          arn:
            kind === 'detect'
              ? `arn:aws:lambda:us-east-1:${account}:function:trailwire-detect`
              : 'arn:aws:events:us-east-1:444455556666:event-bus/trailwire-events',
          hasDeadLetters: true,
        },
      ],
    },
    ...change,
  }));

export const findingBusPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'OnlyTrailwirePutsEvents',
      Effect: 'Deny',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: `arn:aws:events:us-east-1:${account}:event-bus/trailwire`,
      Condition: {
        ArnNotEquals: { 'aws:PrincipalArn': [`arn:aws:iam::${account}:role/trailwire-detect-us-east-1`] },
      },
    },
  ],
});

/** A region in which Trailwire detects and nothing is wrong. */
export const region = (change: Partial<RegionSnapshot> = {}): RegionSnapshot => ({
  region: 'us-east-1',
  trails: { seen: [trail()] },
  subscriptions: { seen: subscriptions() },
  buses: { seen: [{ name: 'trailwire', policy: findingBusPolicy }] },
  collecting: { seen: [] },
  queues: { seen: [...parts.deadLetters, ...parts.worked].map((name) => ({ name, messages: { seen: 0 } })) },
  functions: { seen: parts.functions.map((name) => ({ name, state: 'Active', concurrency: { seen: undefined } })) },
  alarms: { seen: parts.alarms.map((name) => ({ name, tells: true })) },
  audience: { seen: { confirmed: 1, pending: 0 } },
  activity: { seen: { hours: 24, invocations: 12, errors: 0, throttles: 0, oldest: new Map() } },
  ...change,
});

/** A region of a member account, or another one of the central account, that forwards its events. */
export const forwardingRegion = (change: Partial<RegionSnapshot> = {}): RegionSnapshot =>
  region({
    region: 'eu-west-1',
    subscriptions: { seen: subscriptions('forward') },
    buses: { seen: [] },
    queues: { seen: [{ name: 'trailwire-forward-undelivered', messages: { seen: 0 } }] },
    functions: { seen: [] },
    alarms: { seen: [] },
    audience: { seen: undefined },
    ...change,
  });

export const snapshot = (...regions: readonly RegionSnapshot[]): AccountSnapshot => ({
  account,
  at: Date.parse('2026-10-14T10:00:00Z'),
  regions,
  enabledRegions: { seen: regions.map(({ region: name }) => name) },
});
