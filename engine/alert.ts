import { actorOf, sourceOf } from './actor.ts';
import type { DestinationName } from './destination.ts';
import type { Explanation } from './explain.ts';
import { readText } from './field.ts';
import { type Activity, type Finding, type Outcome, severityOf } from './ocsf.ts';
import { eventNameOf, eventSourceOf } from './record.ts';
import type { Rule } from './rule.ts';
import { isAtLeast, type Severity } from './severity.ts';
import { oneLine } from './template.ts';
import { renderWhy } from './why.ts';

/**
 * What the person on call reads, in any destination: who did what, when, from where, to which resource, why it fired,
 * what was done and what to do next. All texts are plain and on one line each; a destination escapes them its own way.
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
};

/** Whether an alert goes to a destination: the rule's own word first, then the destination's least severity. */
export const isFor = (alert: Alert, destination: DestinationName, least: Severity): boolean => {
  if (alert.ruleStatus === 'experimental') return false;
  if (alert.notify !== undefined) return alert.notify.includes(destination);
  return isAtLeast(alert.severity, least);
};

const utc = (time: number): string => `${new Date(time).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
const maxWhy = 12;

/** The alert of a finding. */
export const alertOfFinding = (finding: Finding): Alert => {
  const record = finding.evidences[0]?.data ?? {};
  const { trailwire } = finding.unmapped;
  const actor = actorOf(record);
  const source = sourceOf(record);
  const agent = readText(record, 'userAgent');
  const error = readText(record, 'errorCode');
  const account = finding.cloud.account?.uid;
  const region = finding.cloud.region;
  const resources = (finding.resources ?? []).map(({ type, name }) => `${name} (${type})`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Who', actor.arn === undefined ? actor.label : `${actor.label}, ${oneLine(actor.arn)}`],
    ['What', `${eventSourceOf(record)} ${eventNameOf(record)}${error === undefined ? '' : `, refused: ${error}`}`],
    ['When', utc(finding.time)],
    ['From', [source.ip ?? source.name ?? 'unknown', agent].filter((part) => part !== undefined).join(', ')],
    ['Resource', resources.length === 0 ? undefined : resources.slice(0, 5).join(', ')],
    ['Where', [account, region].filter((part) => part !== undefined).join(', ')],
    ['Credential', actor.accessKeyId],
    ['Tactics', finding.finding_info.attacks?.map(renderTechnique).join(', ')],
  ];
  const explanation = trailwire.explanation as Explanation | undefined;
  return {
    id: finding.finding_info.uid,
    thread: finding.finding_info.uid,
    kind: 'finding',
    severity: severityOf(finding),
    title: oneLine(finding.finding_info.title),
    message: oneLine(finding.message, 1_000),
    facts: facts.flatMap(([label, value]) => (value ? [{ label, value: oneLine(value, 400) }] : [])),
    why: (explanation === undefined ? [] : renderWhy(explanation)).slice(0, maxWhy).map((line) => oneLine(line, 300)),
    done:
      trailwire.remediate.length === 0
        ? ['Nothing: the rule names no response']
        : trailwire.remediate.map((name) => `${name}: its outcome follows as a message of its own`),
    next: finding.remediation?.desc.replace(/ (?=\d{1,2}\. \p{Lu})/gu, '\n'),
    links: linksOf(finding, record),
    rule: finding.finding_info.analytic.uid,
    account,
    region,
    notify: trailwire.notify,
    ruleStatus: trailwire.rule_status,
  };
};

const renderTechnique = ({
  technique,
  sub_technique,
}: NonNullable<Finding['finding_info']['attacks']>[number]): string =>
  `${(sub_technique ?? technique).uid} ${(sub_technique ?? technique).name}`;

const consoleHosts: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Links into the console; every part that comes from the record is checked or encoded. */
const linksOf = (finding: Finding, record: Finding['evidences'][number]['data']): Alert['links'] => {
  const { region } = finding.cloud;
  const eventId = readText(record, 'eventID');
  const partition = readText(record, 'userIdentity.arn')?.split(':')[1] ?? 'aws';
  const references = (finding.remediation?.references ?? []).map((url) => ({ label: 'Reference', url }));
  if (region === undefined || !/^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(region) || eventId === undefined) return references;
  const host = `https://${region}.${Object.hasOwn(consoleHosts, partition) ? consoleHosts[partition] : 'console.aws.amazon.com'}`;
  const event = `${host}/cloudtrailv2/home?region=${region}#/events/${encodeURIComponent(eventId)}`;
  const key = readText(record, 'userIdentity.accessKeyId');
  const byKey = `${host}/cloudtrailv2/home?region=${region}#/events?AccessKeyId=${encodeURIComponent(key ?? '')}`;
  return [
    { label: 'Event', url: event },
    ...(key === undefined ? [] : [{ label: 'All calls with this key', url: byKey }]),
    ...references,
  ];
};

const outcomeSays: Readonly<Record<Outcome, string>> = {
  refused: 'not done',
  planned: 'would be done',
  verified: 'done and verified',
  failed: 'FAILED',
  undone: 'taken back',
};

/** The alert of a response: what was done, refused or failed, and how to take it back. */
export const alertOfActivity = (activity: Activity): Alert => {
  const { trailwire } = activity.unmapped;
  const plan = trailwire.plan;
  const target = plan === undefined ? undefined : `${plan.target.name} (${plan.target.type}), ${plan.target.arn}`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Response', `${trailwire.remediation}: ${outcomeSays[trailwire.outcome]}`],
    ['Target', target],
    ['Because of', trailwire.finding_title],
    ['When', utc(activity.time)],
    ['Reason', activity.status_detail],
    ['Does not stop', plan?.doesNotStop],
  ];
  return {
    id: activity.metadata.uid,
    thread: activity.metadata.correlation_uid ?? activity.metadata.uid,
    kind: 'response',
    severity: severityOf(activity),
    title: `${trailwire.remediation} ${outcomeSays[trailwire.outcome]}`,
    message: oneLine(activity.message, 1_000),
    facts: facts.flatMap(([label, value]) => (value ? [{ label, value: oneLine(value, 400) }] : [])),
    why: [],
    done: trailwire.steps.map(({ action, outcome, error }) =>
      oneLine(`${action}: ${outcome}${error === undefined ? '' : ` (${error})`}`, 300),
    ),
    next: trailwire.outcome === 'verified' ? `To take it back: ${undoCommand(activity.command_uid)}` : undefined,
    links: [],
    rule: trailwire.rule ?? 'none',
    account: activity.cloud.account?.uid,
    region: activity.cloud.region,
    notify: trailwire.notify,
    ruleStatus: trailwire.rule_status ?? 'stable',
  };
};

/** The command that takes a response back. The id is a hash of ours, so it is safe in a shell. */
export const undoCommand = (commandUid: string): string =>
  `aws lambda invoke --function-name trailwire-remediate --cli-binary-format raw-in-base64-out --payload '{"undo":"${commandUid}"}' /dev/stdout`;
