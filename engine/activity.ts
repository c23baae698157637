import { createHash } from 'node:crypto';
import { type Activity, type Finding, type Outcome, type Step, severityOf } from './ocsf.ts';
import { ocsfVersion, product, severityCaption } from './ocsf-terms.ts';
import { isRefusal, type Plan, type Refusal } from './plan.ts';
import { severityId } from './severity.ts';

/** Names one plan for one finding: what undo asks for, and what makes a repeated delivery the same response. */
export const commandUidOf = (remediation: string, findingUid: string): string =>
  createHash('sha256').update(`${remediation}\0${findingUid}`).digest('hex').slice(0, 32);

/** OCSF's status of each outcome: 1 Success, 2 Failure, 99 Other. */
const statusOf: Readonly<Record<Outcome, { status_id: number; status: string }>> = {
  refused: { status_id: 99, status: 'Refused' },
  planned: { status_id: 99, status: 'Planned' },
  verified: { status_id: 1, status: 'Success' },
  failed: { status_id: 2, status: 'Failure' },
  undone: { status_id: 1, status: 'Success' },
};

/** OCSF's activities are tactics of D3FEND: to answer a finding is to isolate, to take the answer back is to restore. */
const isolate = { id: 1, name: 'Isolate' } as const;
const restore = { id: 3, name: 'Restore' } as const;
export const restoreId: number = restore.id;

export type Report = {
  readonly remediation: string;
  readonly commandUid: string;
  readonly outcome: Outcome;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly plan: Plan | Refusal;
  readonly steps: readonly Step[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What it answers; absent for an undo, which a person asks for. */
  readonly finding?: Finding | undefined;
  readonly account: string;
  /** On the bus for the record, but no alert. */
  readonly isQuiet?: boolean;
};

/** Builds the OCSF Remediation Activity that tells the bus, and through it people, what became of a plan. */
export const buildActivity = (report: Report): Activity => {
  const { finding, outcome, plan, now } = report;
  const { id, name } = finding === undefined ? restore : isolate;
  const notify = report.isQuiet === true ? [] : finding?.unmapped.trailwire.notify;
  const severity = finding === undefined ? 'medium' : severityOf(finding);
  const uid = createHash('sha256')
    .update(JSON.stringify([report.commandUid, outcome, report.detail]))
    .digest('hex');
  return {
    class_uid: 7001,
    class_name: 'Remediation Activity',
    category_uid: 7,
    category_name: 'Remediation',
    activity_id: id,
    activity_name: name,
    type_uid: 700_100 + id,
    type_name: `Remediation Activity: ${name}`,
    severity_id: severityId(severity),
    severity: severityCaption(severity),
    time: now,
    message: report.message,
    ...statusOf[outcome],
    ...(report.detail === undefined ? {} : { status_detail: report.detail }),
    command_uid: report.commandUid,
    metadata: {
      version: ocsfVersion,
      product,
      profiles: ['cloud'],
      uid: uid.slice(0, 32),
      ...(finding === undefined ? {} : { correlation_uid: finding.finding_info.uid }),
    },
    cloud: {
      provider: 'AWS',
      account: { uid: finding?.cloud.account?.uid ?? report.account, type_id: 10, type: 'AWS Account' },
      ...(finding?.cloud.region === undefined ? {} : { region: finding.cloud.region }),
    },
    ...(isRefusal(plan)
      ? {}
      : {
          observables: [
            { type_id: 10, type: 'Resource UID', name: 'unmapped.trailwire.plan.target.arn', value: plan.target.arn },
          ],
        }),
    unmapped: {
      trailwire: {
        remediation: report.remediation,
        outcome,
        ...(isRefusal(plan) ? { refused: plan.refused } : { plan }),
        ...(finding === undefined
          ? {}
          : {
              rule: finding.finding_info.analytic.uid,
              rule_status: finding.unmapped.trailwire.rule_status,
              finding_title: finding.finding_info.title,
            }),
        ...(notify === undefined ? {} : { notify }),
        steps: [...report.steps],
      },
    },
  };
};
