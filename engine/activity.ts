import { createHash } from 'node:crypto';
import type { ApprovalRequest, Decision } from './approval.ts';
import type { Activity, Outcome, Step } from './ocsf.ts';
import { ocsfVersion, product, severityCaption } from './ocsf-terms.ts';
import type { Plan, RefusalCode, Target } from './plan.ts';
import { severityId } from './severity.ts';
import type { Cause } from './stored-response.ts';

/** Names one plan for one finding: what undo asks for, and what makes a repeated delivery the same response. */
export const commandUidOf = (remediation: string, findingUid: string): string =>
  createHash('sha256').update(`${remediation}\0${findingUid}`).digest('hex').slice(0, 32);

/** OCSF's status of each outcome: 1 Success, 2 Failure, 99 Other. */
const statusOf: Readonly<Record<Outcome, { status_id: number; status: string }>> = {
  refused: { status_id: 99, status: 'Refused' },
  planned: { status_id: 99, status: 'Planned' },
  waiting: { status_id: 99, status: 'Waiting for approval' },
  applied: { status_id: 1, status: 'Success' },
  verified: { status_id: 1, status: 'Success' },
  're-applied': { status_id: 1, status: 'Success' },
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
  readonly refused?: RefusalCode | undefined;
  readonly target?: Target | undefined;
  readonly plan?: Plan | undefined;
  /** What a person is asked. */
  readonly request?: ApprovalRequest | undefined;
  /** What a person has decided. */
  readonly decision?: Decision | undefined;
  readonly steps: readonly Step[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly cause: Cause;
  readonly account: string;
  /** A person asked to have the response taken back. */
  readonly isUndo?: boolean;
  /** On the bus for the record, but no alert. */
  readonly isQuiet?: boolean;
};

/** Builds the OCSF Remediation Activity that tells the bus, and through it people, what became of a plan. */
export const buildActivity = (report: Report): Activity => {
  const { cause, outcome, plan, target, refused, request, decision, now } = report;
  const { id, name } = report.isUndo === true ? restore : isolate;
  const notify = report.isQuiet === true ? [] : cause.notify;
  const severity = report.isUndo === true ? 'medium' : cause.severity;
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
      correlation_uid: cause.finding,
    },
    cloud: {
      provider: 'AWS',
      account: { uid: cause.account ?? report.account, type_id: 10, type: 'AWS Account' },
      ...(cause.region === undefined ? {} : { region: cause.region }),
    },
    ...(target === undefined
      ? {}
      : {
          observables: [
            { type_id: 10, type: 'Resource UID', name: 'unmapped.trailwire.target.arn', value: target.arn },
          ],
        }),
    unmapped: {
      trailwire: {
        remediation: report.remediation,
        outcome,
        ...(refused === undefined ? {} : { refused }),
        ...(target === undefined ? {} : { target }),
        ...(plan === undefined ? {} : { plan }),
        ...(request === undefined ? {} : { approval: approvalOf(request) }),
        ...(decision === undefined ? {} : { decision: { is: decision.is, by: decision.by, at: decision.at } }),
        rule: cause.rule,
        rule_status: cause.ruleStatus,
        finding_title: cause.title,
        ...(notify === undefined ? {} : { notify }),
        steps: [...report.steps],
      },
    },
  };
};

const approvalOf = ({ digest, expiresAt, calls }: ApprovalRequest) => ({
  digest,
  expires_at: expiresAt,
  calls: [...calls],
});
