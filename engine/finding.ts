import { type Actor, actorOf, sourceOf } from './actor.ts';
import { attackOf } from './attack.ts';
import type { Correlated } from './correlation/correlator.ts';
import { placesOfSummary, type Summary, summarize } from './correlation/summary.ts';
import type { Explanation } from './explain.ts';
import { readText } from './field.ts';
import type { Identity } from './identity.ts';
import type { Finding } from './ocsf.ts';
import { ocsfVersion, product, severityCaption } from './ocsf-terms.ts';
import { accountOf, type CloudTrailRecord, eventNameOf, eventSourceOf } from './record.ts';
import { resourcesOf } from './resources.ts';
import type { AnyRule } from './rule.ts';
import { severityId } from './severity.ts';
import { oneLine, renderTemplate } from './template.ts';
import { shortenExplanation } from './why.ts';

export type Match = {
  readonly rule: AnyRule;
  readonly record: CloudTrailRecord;
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly eventTime: number;
  readonly explanation?: Explanation | undefined;
  readonly replayName?: string | undefined;
  /** Where the key stayed hot over the edge of its window: how many actions the window before had. */
  readonly continues?: number | undefined;
  /** The matches that make the finding together, where one alone does not. The record is the one that completed it. */
  readonly correlated?: Correlated | undefined;
};

const awsAccount = (uid: string) => ({ uid, type_id: 10, type: 'AWS Account' });

const created = {
  activity_id: 1,
  activity_name: 'Create',
  type_uid: 200401,
  type_name: 'Detection Finding: Create',
} as const;
const updated = {
  activity_id: 2,
  activity_name: 'Update',
  type_uid: 200402,
  type_name: 'Detection Finding: Update',
} as const;

/** Builds the OCSF Detection Finding of a match; everything in it comes from the rule and the record. */
export const buildFinding = (match: Match): Finding => {
  const { rule, record, identity, eventTime, explanation, replayName, continues, correlated } = match;
  const summary = correlated === undefined ? undefined : summarize(correlated);
  const places = summary === undefined ? record : { ...record, correlation: placesOfSummary(summary) };
  const [firstTime, lastTime] = [summary?.first_time ?? eventTime, summary?.last_time ?? eventTime];
  const actor = actorOf(record);
  const account = accountOf(record);
  const region = readText(record, 'awsRegion');
  const title = titleOf(rule);
  const eventId = readText(record, 'eventID');
  const originalTime = readText(record, 'eventTime');
  const resources = resourcesOf(record);
  return {
    class_uid: 2004,
    class_name: 'Detection Finding',
    category_uid: 2,
    category_name: 'Findings',
    ...(continues === undefined ? created : updated),
    severity_id: severityId(rule.severity),
    severity: severityCaption(rule.severity),
    status_id: 1,
    status: 'New',
    is_alert: rule.status !== 'experimental',
    time: eventTime,
    start_time: firstTime,
    end_time: lastTime,
    message: oneLine(renderTemplate(rule.message ?? defaultMessage(title), places), 1_000),
    metadata: {
      version: ocsfVersion,
      product,
      profiles: ['cloud'],
      uid: identity.id,
      event_code: eventNameOf(record),
      ...(originalTime === undefined ? {} : { original_time: originalTime }),
      ...(eventId === undefined ? {} : { original_event_uid: eventId }),
      labels: rule.tags,
    },
    finding_info: {
      uid: identity.id,
      title,
      ...(rule.description === undefined ? {} : { desc: rule.description }),
      created_time: eventTime,
      first_seen_time: firstTime,
      last_seen_time: lastTime,
      analytic: { type_id: 1, type: 'Rule', uid: rule.id, name: title },
      ...(rule.attack.length === 0 ? {} : { attacks: rule.attack.map(attackOf) }),
      data_sources: ['AWS CloudTrail'],
      ...(summary === undefined ? {} : relatedEventsOf(summary)),
    },
    cloud: {
      provider: 'AWS',
      ...(account === undefined ? {} : { account: awsAccount(account) }),
      ...(region === undefined ? {} : { region }),
    },
    evidences: [evidenceOf(record, actor)],
    ...(resources.length === 0
      ? {}
      : { resources: resources.map(({ type, name, isArn }) => ({ type, name, ...(isArn ? { uid: name } : {}) })) }),
    observables: observablesOf(record, actor),
    ...(rule.runbook === undefined && rule.references.length === 0
      ? {}
      : {
          remediation: {
            desc: renderTemplate(rule.runbook ?? 'See the references.', places),
            references: rule.references,
          },
        }),
    unmapped: {
      trailwire: {
        rule_status: rule.status,
        ...(rule.respond.notify === undefined ? {} : { notify: rule.respond.notify }),
        remediate: rule.respond.remediate.map(({ run }) => run),
        ...runModesOf(rule),
        ...(explanation === undefined ? {} : { explanation: shortenExplanation(explanation) }),
        dedup: {
          key: oneLine(identity.key, 500),
          window_ms: identity.window === undefined ? 0 : identity.window.end - identity.window.start,
          ...(identity.window === undefined ? {} : { previous_uid: identity.window.previousId }),
        },
        ...(replayName === undefined ? {} : { replay_name: replayName }),
        compliance: rule.compliance,
        false_positives: rule.falsePositives,
        ...(continues === undefined ? {} : { continues: { count: continues } }),
        ...(summary === undefined ? {} : { correlation: summary }),
      },
    },
  };
};

/** What the rule says of how its responses run; where it says nothing, the response itself does. */
const runModesOf = ({ respond }: AnyRule): Pick<Finding['unmapped']['trailwire'], 'run_modes'> => {
  const said = respond.remediate.flatMap(({ run, mode }) => (mode === undefined ? [] : [[run, mode] as const]));
  return said.length === 0 ? {} : { run_modes: Object.fromEntries(said) };
};

const relatedEventsOf = ({ evidence, count }: Summary): object => ({
  related_events: evidence.map(({ uid, time, event }) => ({ uid, type: event, created_time: time })),
  related_events_count: count,
});

/** The title, or the id as words. */
const titleOf = (rule: AnyRule): string => {
  if (rule.title !== undefined) return rule.title;
  const words = rule.id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const defaultMessage = (title: string): string => `${title}: {eventName} by {userIdentity.arn} in {awsRegion}`;

/** OCSF user.type_id: 1 User, 2 Admin (root), 4 Service, 99 Other with the CloudTrail type as caption. */
const userType = ({ type }: Actor): { type_id: number; type: string } => {
  if (type === 'Root') return { type_id: 2, type: 'Admin' };
  if (type === 'IAMUser') return { type_id: 1, type: 'User' };
  if (type === 'AWSService') return { type_id: 4, type: 'Service' };
  return { type_id: 99, type: oneLine(type, 40) };
};

const evidenceOf = (record: CloudTrailRecord, actor: Actor): Finding['evidences'][number] => {
  const source = sourceOf(record);
  const userAgent = readText(record, 'userAgent');
  const error = readText(record, 'errorCode');
  const errorMessage = readText(record, 'errorMessage');
  const requestId = readText(record, 'requestID');
  return {
    actor: {
      user: {
        ...userType(actor),
        name: actor.label,
        ...(actor.arn === undefined ? {} : { uid: actor.arn }),
        ...(actor.principalId === undefined ? {} : { uid_alt: actor.principalId }),
        ...(actor.account === undefined ? {} : { account: awsAccount(actor.account) }),
        ...(actor.accessKeyId === undefined
          ? {}
          : { programmatic_credentials: [{ uid: actor.accessKeyId, type: 'AWS access key' }] }),
      },
      ...(actor.roleArn === undefined ? {} : { session: { issuer: actor.roleArn } }),
      ...(actor.service === undefined ? {} : { application: { name: actor.service } }),
    },
    api: {
      operation: eventNameOf(record),
      service: { name: eventSourceOf(record) },
      ...(requestId === undefined ? {} : { request: { uid: requestId } }),
      ...(error === undefined && errorMessage === undefined
        ? {}
        : {
            response: {
              ...(error === undefined ? {} : { error }),
              ...(errorMessage === undefined ? {} : { error_message: oneLine(errorMessage, 1_000) }),
            },
          }),
    },
    ...(source.ip === undefined
      ? source.name === undefined
        ? {}
        : { src_endpoint: { svc_name: source.name } }
      : { src_endpoint: { ip: source.ip } }),
    ...(userAgent === undefined ? {} : { http_request: { user_agent: userAgent } }),
    data: { ...record },
  };
};

const observablesOf = (record: CloudTrailRecord, actor: Actor): readonly object[] => {
  const { ip } = sourceOf(record);
  const userAgent = readText(record, 'userAgent');
  return [
    ...(ip === undefined ? [] : [{ type_id: 2, type: 'IP Address', name: 'evidences[0].src_endpoint.ip', value: ip }]),
    ...(actor.accessKeyId === undefined
      ? []
      : [
          {
            type_id: 19,
            type: 'User Credential ID',
            name: 'evidences[0].actor.user.programmatic_credentials[0].uid',
            value: actor.accessKeyId,
          },
        ]),
    ...(userAgent === undefined
      ? []
      : [
          {
            type_id: 16,
            type: 'HTTP User-Agent',
            name: 'evidences[0].http_request.user_agent',
            value: oneLine(userAgent, 1_024),
          },
        ]),
  ];
};
