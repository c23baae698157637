import { restoreId } from './activity.ts';
import { actorOf, sourceOf } from './actor.ts';
import { renderSummary } from './correlation/summary.ts';
import type { DestinationName } from './destination.ts';
import type { Explanation } from './explain.ts';
import { readText } from './field.ts';
import { type Activity, type Finding, type Outcome, severityOf } from './ocsf.ts';
import { eventNameOf, eventSourceOf, isRecord } from './record.ts';
import { isRegionName } from './region-name.ts';
import type { Rule } from './rule.ts';
import { isAtLeast, type Severity } from './severity.ts';
import { oneLine, renderValue } from './template.ts';
import { utc } from './utc.ts';
import { renderWhy } from './why.ts';

/**
 * What the person on call reads, in any destination: who did what, when, from where, to which resource, why it fired,
 * what was done and what to do next. All texts are plain and on one line each, `next` on a line for each step; a destination
 * escapes them its own way.
 */
export type Alert = {
  /** The same for repeats of the same news; a destination sends it once. */
  readonly id: string;
  /** Finding and its responses share it. */
  readonly thread: string;
  readonly kind: 'finding' | 'response';
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  /** What the attacker gains, in the words of the rule. */
  readonly about?: string | undefined;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly why: readonly string[];
  readonly done: readonly string[];
  readonly next?: string | undefined;
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly rule: string;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** For whom: these whatever the severity, or everybody whose threshold it meets. */
  readonly notify?: readonly DestinationName[] | undefined;
  readonly ruleStatus: Rule['status'];
  /** What a person can decide on: a response that waits. */
  readonly approval?: ApprovalAsked | undefined;
  /** It tells what was decided on such a response, and what came of it. */
  readonly isAnswer?: boolean;
};

/** Names a plan that waits, and until when (ms since 1970); destinations make buttons or a link of it. */
export type ApprovalAsked = { readonly commandUid: string; readonly digest: string; readonly expiresAt: number };

/** Whether an alert goes to a destination: the rule's own word first, then the destination's least severity. */
export const isFor = (alert: Alert, destination: DestinationName, least: Severity): boolean => {
  if (alert.ruleStatus === 'experimental') return false;
  if (alert.notify !== undefined) return alert.notify.includes(destination);
  // Whatever the severity: a question that nobody reads would only expire, and whoever was asked hears what was decided,
  // since the buttons of the question stay where somebody decided another way.
  if (alert.approval !== undefined || alert.isAnswer === true) return true;
  return isAtLeast(alert.severity, least);
};

/** Account and region are texts of the record, and a destination may send them as they are. */
const placeOf = ({ cloud }: Finding | Activity): Pick<Alert, 'account' | 'region'> => ({
  account: cloud.account === undefined ? undefined : oneLine(cloud.account.uid, 40),
  region: cloud.region === undefined ? undefined : oneLine(cloud.region, 40),
});

const plainLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => oneLine(line, 1_000))
    .join('\n');

const maxWhy = 12;

/** The alert of a finding. */
export const alertOfFinding = (finding: Finding): Alert => {
  const record = finding.evidences[0]?.data ?? {};
  const { trailwire } = finding.unmapped;
  const actor = actorOf(record);
  const source = sourceOf(record);
  const agent = readText(record, 'userAgent');
  const error = readText(record, 'errorCode');
  const { account, region } = placeOf(finding);
  // What Trailwire says of itself was called by nobody.
  const isCall = isRecord(record);
  const resources = (finding.resources ?? []).map(({ type, name }) => `${name} (${type})`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ...(isCall
      ? ([
          ['Who', actor.arn === undefined ? actor.label : `${actor.label}, ${oneLine(actor.arn)}`],
          [
            'What',
            `${eventSourceOf(record)} ${eventNameOf(record)}${error === undefined ? '' : `, refused: ${error}`}`,
          ],
          ['When', whenOf(finding)],
          ['From', [source.ip ?? source.name ?? 'unknown', agent].filter((part) => part !== undefined).join(', ')],
        ] as const)
      : ([['When', whenOf(finding)]] as const)),
    ['Resource', resources.length === 0 ? undefined : renderValue(resources)],
    ['Where', [account, region].filter((part) => part !== undefined).join(', ')],
    ['Credential', actor.accessKeyId],
    ['Techniques', finding.finding_info.attacks?.map(renderTechnique).join(', ')],
  ];
  const explanation = trailwire.explanation as Explanation | undefined;
  return {
    id: finding.finding_info.uid,
    thread: finding.finding_info.uid,
    kind: 'finding',
    severity: severityOf(finding),
    title: oneLine(finding.finding_info.title),
    message: oneLine(finding.message, 1_000),
    about: finding.finding_info.desc,
    facts: facts.flatMap(([label, value]) => (value ? [{ label, value: oneLine(value, 400) }] : [])),
    why: [
      ...(trailwire.correlation === undefined ? [] : renderSummary(trailwire.correlation)),
      ...(explanation === undefined ? [] : renderWhy(explanation)),
    ]
      .slice(0, maxWhy)
      .map((line) => oneLine(line, 300)),
    done:
      trailwire.remediate.length === 0
        ? ['Nothing: the rule names no response']
        : trailwire.remediate.map((name) => `${name} is asked for; what becomes of it is told apart`),
    next: finding.remediation === undefined ? undefined : plainLines(finding.remediation.desc),
    links: linksOf(finding, record),
    rule: finding.finding_info.analytic.uid,
    ...placeOf(finding),
    notify: trailwire.notify,
    ruleStatus: trailwire.rule_status,
  };
};

const whenOf = ({ time, unmapped }: Finding): string => {
  const { correlation } = unmapped.trailwire;
  if (correlation === undefined || correlation.first_time === correlation.last_time) return utc(time);
  return `${utc(correlation.first_time)} to ${utc(correlation.last_time)}`;
};

const renderTechnique = ({
  technique,
  sub_technique,
}: NonNullable<Finding['finding_info']['attacks']>[number]): string =>
  `${(sub_technique ?? technique).uid} ${(sub_technique ?? technique).name}`;

const consoleHostOf = (region: string): string => {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
};

/** Links into the console. What comes from the record goes into one only if it has the form it should have. */
const linksOf = (finding: Finding, record: Finding['evidences'][number]['data']): Alert['links'] => {
  const { region } = finding.cloud;
  const references = (finding.remediation?.references ?? []).map((url) => ({ label: 'Reference', url }));
  if (region === undefined || !isRegionName(region)) return references;
  const trail = `https://${consoleHostOf(region)}/cloudtrailv2/home?region=${region}#/events`;
  const eventId = readText(record, 'eventID') ?? '';
  const key = readText(record, 'userIdentity.accessKeyId') ?? '';
  return [
    ...(/^[\w-]{1,64}$/.test(eventId) ? [{ label: 'Event', url: `${trail}/${eventId}` }] : []),
    ...(/^[A-Z0-9]{16,128}$/.test(key)
      ? [{ label: 'All calls with this key', url: `${trail}?AccessKeyId=${key}` }]
      : []),
    ...references,
  ];
};

const outcomeSays: Readonly<Record<Outcome, string>> = {
  refused: 'not done',
  planned: 'would be done',
  waiting: 'WAITS FOR APPROVAL',
  applied: 'done',
  verified: 'done and verified',
  're-applied': 'was not in place any more, and was DONE AGAIN',
  failed: 'FAILED',
  undone: 'taken back',
};

/** A response that a person wanted back and that is still there is another matter than one that never took hold. */
const whatBecame = ({ activity_id, unmapped }: Activity): string =>
  unmapped.trailwire.outcome !== 'undone' && activity_id === restoreId
    ? 'could NOT be taken back'
    : outcomeSays[unmapped.trailwire.outcome];

/** The alert of a response: what was done, refused or failed, and how to take it back. */
export const alertOfActivity = (activity: Activity): Alert => {
  const { trailwire } = activity.unmapped;
  const { plan, target, approval, decision } = trailwire;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Response', `${trailwire.remediation}: ${whatBecame(activity)}`],
    ['Target', target === undefined ? undefined : `${target.name} (${target.type}), ${target.arn}`],
    ['Because of', trailwire.finding_title],
    ['When', utc(activity.time)],
    ['Reason', activity.status_detail],
    ['Would call', approval?.calls.join('; ')],
    ['Does not stop', plan?.doesNotStop],
    [
      'Decided by',
      decision === undefined || decision.is === 'expired'
        ? undefined
        : `${decision.by} (${decision.is}, ${utc(decision.at)})`,
    ],
    ['Decide until', approval === undefined ? undefined : utc(approval.expires_at)],
  ];
  return {
    id: activity.metadata.uid,
    thread: activity.metadata.correlation_uid ?? activity.metadata.uid,
    kind: 'response',
    severity: severityOf(activity),
    title: oneLine(`${trailwire.remediation} ${whatBecame(activity)}`),
    message: oneLine(activity.message, 1_000),
    facts: facts.flatMap(([label, value]) => (value ? [{ label, value: oneLine(value, 400) }] : [])),
    why: [],
    done: trailwire.steps.map(({ action, outcome, error }) =>
      oneLine(`${action}: ${outcome}${error === undefined ? '' : ` (${error})`}`, 300),
    ),
    next: nextOf(activity),
    links: [],
    rule: trailwire.rule ?? 'none',
    ...placeOf(activity),
    notify: trailwire.notify,
    ruleStatus: trailwire.rule_status ?? 'stable',
    approval:
      approval === undefined
        ? undefined
        : { commandUid: activity.command_uid, digest: approval.digest, expiresAt: approval.expires_at },
    ...(decision === undefined ? {} : { isAnswer: true }),
  };
};

const nextOf = ({ command_uid: commandUid, unmapped }: Activity): string | undefined => {
  const { outcome, plan } = unmapped.trailwire;
  if (outcome === 'waiting') {
    return [
      `To approve it: ${invokeCommand('trailwire-remediate', { approve: commandUid })}`,
      `To reject it: ${invokeCommand('trailwire-remediate', { reject: commandUid })}`,
    ].join('\n');
  }
  if (!isInForce(outcome)) return undefined;
  const [cannot] = plan?.changes.flatMap(({ undo }) => undo.cannot ?? []) ?? [];
  if (cannot !== undefined) return oneLine(`It cannot be taken back: ${cannot}`, 1_000);
  return `To take it back: ${undoCommand(commandUid)}`;
};

const isInForce = (outcome: Outcome): boolean =>
  outcome === 'applied' || outcome === 'verified' || outcome === 're-applied';

/** The command that takes a response back. The id is a hash of ours, so it is safe in a shell. */
export const undoCommand = (commandUid: string): string => invokeCommand('trailwire-undo', { undo: commandUid });

const invokeCommand = (functionName: string, wish: Readonly<Record<string, string>>): string =>
  `aws lambda invoke --function-name ${functionName} --cli-binary-format raw-in-base64-out --payload '${JSON.stringify(wish)}' /dev/stdout`;
