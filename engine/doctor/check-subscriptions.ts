import { awsCommand } from '../shell-word.ts';
import { inEachRegion, roleOf } from './check.ts';
import type { RegionComplaint } from './complaint.ts';
import { deployRules } from './deploy.ts';
import { type Expected, type ExpectedSubscription, rulesLosingKind } from './expected.ts';
import { detectPrefix, forwardPrefix, parts } from './parts.ts';
import type { RegionSnapshot, Subscription, SubscriptionTarget } from './snapshot.ts';
import { seenOr } from './snapshot.ts';

/** Rules of EventBridge that bring events: on which bus, under which names, and to whom. */
type Place = {
  readonly region: string;
  readonly bus: string;
  readonly prefix: string;
  readonly isTarget: (target: SubscriptionTarget) => boolean;
  /** In words. */
  readonly target: string;
};

/** The state in which EventBridge passes calls that only read. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
const wholeState = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

const isDetect = ({ arn }: SubscriptionTarget): boolean => arn.endsWith(':function:trailwire-detect');
const isBus = ({ arn }: SubscriptionTarget): boolean => arn.includes(':event-bus/');

/** What the rules ask for is subscribed to, passes all of it, and goes where it should. */
export const checkSubscriptions = inEachRegion((region, expected): readonly RegionComplaint[] => {
  const place = placeOf(region);
  const own = place === undefined ? [] : complainOf(seenOr(region.subscriptions, undefined), place, expected);
  const collects = seenOr(region.buses, []).some(({ name }) => name === parts.collectingBus);
  if (!collects) return own;
  const collecting: Place = { ...toDetect(region), bus: parts.collectingBus };
  const collected = seenOr(region.collecting, undefined);
  return [...own, ...complainOf(collected, collecting, expected), ...forwardedTwice(collected ?? [], collecting)];
});

const toDetect = ({ region }: RegionSnapshot): Place => ({
  region,
  bus: 'default',
  prefix: detectPrefix,
  isTarget: isDetect,
  target: 'the function trailwire-detect',
});

const placeOf = (region: RegionSnapshot): Place | undefined => {
  const role = roleOf(region);
  if (role === 'detects') return toDetect(region);
  if (role !== 'forwards') return undefined;
  const target = `the bus ${parts.collectingBus}`;
  return { ...toDetect(region), prefix: forwardPrefix, isTarget: isBus, target };
};

const complainOf = (
  subscriptions: readonly Subscription[] | undefined,
  place: Place,
  expected: Expected,
): readonly RegionComplaint[] => {
  if (subscriptions === undefined) return [];
  return expected.subscriptions.flatMap((wanted) => {
    const name = `${place.prefix}${wanted.key}`;
    const found = subscriptions.find((each) => each.name === name);
    if (found === undefined) return [missing(name, wanted, place)];
    return [
      ...complainOfState(found, place, expected, wanted),
      ...(isSamePattern(found.pattern, wanted.pattern) ? [] : [altered(name, wanted, place)]),
      ...complainOfTargets(found, place, wanted),
    ];
  });
};

const subjectOf = (name: string, { bus }: Place): string => (bus === 'default' ? name : `${bus}/${name}`);

const missing = (name: string, { pattern, rules }: ExpectedSubscription, place: Place): RegionComplaint => ({
  check: 'subscription-missing',
  severity: 'critical',
  subject: subjectOf(name, place),
  says: `The subscription ${name} is not on the bus ${place.bus}.`,
  lost: 'Events that it would bring are not seen by the rules that ask for them.',
  rules,
  mend: [
    deployRules,
    putRule(name, place, JSON.stringify(pattern)),
    `and give it ${place.target} as its target, with the dead-letter queue that the other subscriptions have`,
  ],
});

const putRule = (name: string, { bus, region }: Place, pattern: string): string =>
  awsCommand(
    region,
    'events',
    'put-rule',
    '--event-bus-name',
    bus,
    '--name',
    name,
    '--state',
    wholeState,
    '--event-pattern',
    pattern,
  );

const complainOfState = (
  { name, state, pattern }: Subscription,
  place: Place,
  expected: Expected,
  wanted: ExpectedSubscription,
): readonly RegionComplaint[] => {
  if (state === wholeState) return [];
  const mend = [putRule(name, place, pattern)];
  const subject = subjectOf(name, place);
  if (state !== 'ENABLED') {
    return [
      {
        check: 'subscription-disabled',
        severity: 'critical',
        subject,
        says: `The subscription ${name} is ${state === '' ? 'in no known state' : state}.`,
        lost: 'No event passes it: what it would bring is not detected.',
        rules: wanted.rules,
        mend,
      },
    ];
  }
  const reads = rulesLosingKind(
    { ...expected, rules: expected.rules.filter(({ id }) => wanted.rules.includes(id)) },
    (_, kind) => kind.of === 'management' && kind.readOnly,
  );
  return [
    {
      check: 'subscription-without-reads',
      severity: 'high',
      subject,
      says: `The subscription ${name} is ENABLED, which leaves out calls that only read.`,
      lost: `Assuming roles, reading secrets and looking around are not detected${wanted.pattern.detail === undefined ? '' : ', as far as it would bring them'}.`,
      rules: reads,
      mend,
    },
  ];
};

const altered = (name: string, { pattern, rules }: ExpectedSubscription, place: Place): RegionComplaint => ({
  check: 'subscription-altered',
  severity: 'high',
  subject: subjectOf(name, place),
  says: `The subscription ${name} has another pattern than its name says: somebody rewrote it.`,
  lost: 'Events that the new pattern keeps out are not detected.',
  rules,
  mend: [putRule(name, place, JSON.stringify(pattern))],
});

const complainOfTargets = (
  { name, targets }: Subscription,
  place: Place,
  { rules }: ExpectedSubscription,
): readonly RegionComplaint[] => {
  const seen = seenOr(targets, undefined);
  if (seen === undefined) return [];
  const list = awsCommand(
    place.region,
    'events',
    'list-targets-by-rule',
    '--event-bus-name',
    place.bus,
    '--rule',
    name,
  );
  const subject = subjectOf(name, place);
  const right = seen.filter(place.isTarget);
  if (right.length === 0) {
    return [
      {
        check: 'subscription-untargeted',
        severity: 'critical',
        subject,
        says: `The subscription ${name} does not send to ${place.target}.`,
        lost: 'What it would bring is not detected.',
        rules,
        mend: [
          list,
          `Give it ${place.target} as its target (aws events put-targets), as the other subscriptions have.`,
        ],
      },
    ];
  }
  if (right.every(({ hasDeadLetters }) => hasDeadLetters)) return [];
  return [
    {
      check: 'subscription-without-dead-letters',
      severity: 'medium',
      subject,
      says: `The target of ${name} has no dead-letter queue.`,
      lost: 'An event that cannot be handed over within a day is lost without a trace.',
      rules: [],
      mend: [
        list,
        'Put the target again with a DeadLetterConfig (aws events put-targets), as the other subscriptions have.',
      ],
    },
  ];
};

/** An event that came from another account or region goes no further. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html */
const forwardedTwice = (subscriptions: readonly Subscription[], place: Place): readonly RegionComplaint[] =>
  subscriptions
    .filter(({ targets }) => seenOr(targets, []).some(isBus))
    .map(({ name }) => ({
      check: 'forwarded-twice',
      severity: 'medium',
      subject: subjectOf(name, place),
      says: `The rule ${name} on ${place.bus} sends events on to another bus.`,
      lost: 'EventBridge drops events of other accounts and regions there: it forwards an event once.',
      rules: [],
      mend: ['Forward from the member accounts straight to the bus that is to have the events.'],
    }));

const isSamePattern = (text: string, pattern: object): boolean => {
  try {
    return canonical(JSON.parse(text)) === canonical(pattern);
  } catch {
    // Not even JSON is certainly not what the rules ask for.
    return false;
  }
};

/** JSON with its keys in order: who stores a pattern may reorder it. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
