import { deadLetterQueues } from '../dead-letter.ts';
import { plural } from '../plural.ts';
import { awsCommand } from '../shell-word.ts';
import { inEachRegion, roleOf } from './check.ts';
import type { RegionComplaint } from './complaint.ts';
import { deployAgain } from './deploy.ts';
import { forwardDeadLetters, parts } from './parts.ts';
import type { RegionSnapshot } from './snapshot.ts';
import { seenOr } from './snapshot.ts';

/** Looks at responses wait up to 15 minutes by design, and six more when one fails. */
const longestWaitSeconds = 1_800;
/** A log file that fails waits an hour and a half for the next try, three times. */
const longestWaits: ReadonlyMap<string, number> = new Map([['trailwire-logs', 18_000]]);

/** What does not happen without a queue. */
const without: Readonly<Record<(typeof parts.worked)[number], string>> = {
  'trailwire-checks': 'Responses are not looked at again: what an intruder undoes stays undone.',
  'trailwire-decisions': 'What people decide about responses is not carried out.',
};

/** Nothing lies in the queues that should not, or for longer than it should. */
export const checkQueues = inEachRegion((region): readonly RegionComplaint[] => {
  const queues = seenOr(region.queues, undefined);
  const role = roleOf(region);
  if (queues === undefined || role === undefined || role === 'nothing') return [];
  const deadLetters = role === 'detects' ? parts.deadLetters : [forwardDeadLetters];
  const worked = role === 'detects' ? parts.worked : [];
  const has = (name: string): boolean => queues.some((queue) => queue.name === name);
  return [
    ...deadLetters
      .filter((name) => !has(name))
      .map((name) => queueMissing(name, 'Events that cannot be handed over are lost without a trace.')),
    ...worked.filter((name) => !has(name)).map((name) => queueMissing(name, without[name])),
    ...queues.flatMap(({ name, messages }) => {
      const waiting = seenOr(messages, 0);
      if (!isDeadLetters(name) || waiting === 0) return [];
      return [deadLettersIn(name, waiting, region)];
    }),
    ...queues.flatMap(({ name }) => {
      const age = seenOr(region.activity, undefined)?.oldest.get(name) ?? 0;
      return isDeadLetters(name) || age <= (longestWaits.get(name) ?? longestWaitSeconds)
        ? []
        : [messagesWaiting(name, age, region)];
    }),
  ];
});

/** Those of the stack and of the template for members, and what is added later by the same pattern. */
const isDeadLetters = (name: string): boolean => /-(?:undelivered|failed)$/.test(name);

const queueMissing = (name: string, lost: string): RegionComplaint => ({
  check: 'queue-missing',
  severity: 'high',
  subject: name,
  says: `There is no queue ${name}.`,
  lost,
  rules: [],
  mend: [deployAgain],
});

const deadLettersIn = (name: string, waiting: number, { region, activity }: RegionSnapshot): RegionComplaint => {
  const age = seenOr(activity, undefined)?.oldest.get(name);
  const since = age === undefined ? '' : `, the oldest for ${hours(age)}`;
  return {
    check: 'dead-letters',
    severity: 'high',
    subject: name,
    says: `${plural(waiting, 'message')} ${waiting === 1 ? 'lies' : 'lie'} in ${name}${since}.`,
    lost: 'Each is an event that was not evaluated, or a finding that reached nobody.',
    rules: [],
    mend: [
      `aws sqs receive-message --queue-url "$(${awsCommand(region, 'sqs', 'get-queue-url', '--queue-name', name, '--query', 'QueueUrl', '--output', 'text')})" --message-attribute-names All --region ${region} says what failed and why`,
      ...redriveOf(name, region),
    ],
  };
};

/** `redrive` sends to functions and queues of the same account and region: what could not be forwarded belongs to none. */
const redriveOf = (name: string, region: string): readonly string[] =>
  deadLetterQueues.some((queue) => queue === name)
    ? [
        `When its cause is gone: npx trailwire redrive --queue ${name} --region ${region} --dry-run, then without --dry-run`,
      ]
    : [];

const messagesWaiting = (name: string, age: number, { region }: RegionSnapshot): RegionComplaint => ({
  check: 'messages-waiting',
  severity: 'high',
  subject: name,
  says: `A message waits in ${name} for ${hours(age)}.`,
  lost: 'What waits there is not worked on.',
  rules: [],
  mend: [
    awsCommand(
      region,
      'lambda',
      'list-event-source-mappings',
      '--query',
      'EventSourceMappings[].[EventSourceArn,FunctionArn,State]',
    ),
  ],
});

const hours = (seconds: number): string =>
  seconds < 7_200 ? plural(Math.round(seconds / 60), 'minute') : plural(Math.round(seconds / 3_600), 'hour');
