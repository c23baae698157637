import type { AwsCall, AwsRead } from '../engine/aws-call.ts';
import type { Activity, Finding } from '../engine/ocsf.ts';
import { isRefusal, planSchema } from '../engine/plan.ts';
import { foreseen } from '../engine/planning.ts';
import { remediations } from '../engine/remediations/index.ts';
import { remediationNameSchema } from '../engine/remediations/name.ts';
import type { Remediation, Situation, WantedChange } from '../engine/remediations/remediation.ts';
import { type ResponseSettings, situationOf } from '../engine/response.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';

const indent = ' '.repeat(4);

/** What a person reads of a response that would run, or not: by what the account shows where that was read. */
export const renderPlan = (
  activity: Activity,
  finding: Finding,
  settings: ResponseSettings,
  io: Io,
): readonly string[] => {
  const { finding_info, unmapped } = finding;
  const { outcome, plan, rule, target } = activity.unmapped.trailwire;
  const remediation = remediationNameSchema.parse(activity.unmapped.trailwire.remediation);
  const field = (label: string, text: string): string => `${indent}${io.color('dim', label.padEnd(8))} ${text}`;
  const because = field('rule', `${rule}: ${oneLine(finding_info.title, 150)}`);
  if (outcome !== 'planned') {
    const reason = activity.status_detail ?? activity.message;
    return [`${io.color('bold', remediation)} would not run`, because, field('why', oneLine(reason, 500)), ''];
  }
  const { actions, doesNotStop, usually } = remediations[remediation];
  const mode = unmapped.trailwire.run_modes?.[remediation] ?? usually;
  const head = target === undefined ? remediation : `${remediation} on ${target.type} ${oneLine(target.name, 150)}`;
  const lines = [
    `${io.color('bold', head)} would run${mode === 'approve' ? ' once a person approves it' : ''}`,
    because,
    field('target', `${oneLine(target?.arn ?? '', 500)} in account ${target?.account ?? ''}`),
  ];
  const calls =
    plan === undefined
      ? renderDraft(remediations[remediation], situationOf(finding, settings, io.now()), field)
      : planSchema
          .parse(plan)
          .changes.flatMap((change) =>
            renderChange(change, `from ${JSON.stringify(change.from)} to ${JSON.stringify(change.to)}`, field),
          );
  const needs = [...actions.reads, ...actions.calls].join(', ');
  return [
    ...lines,
    ...calls,
    field('needs', needs),
    field('undo by', actions.undoCalls.join(', ') || 'nobody: it cannot be taken back'),
    field('leaves', doesNotStop),
    '',
  ];
};

type Field = (label: string, text: string) => string;

/** What is known without the account: the calls themselves where they are the same whatever it shows, else what decides. */
const renderDraft = ({ draft, says, actions }: Remediation, situation: Situation, field: Field): readonly string[] => {
  const drafted = draft(situation);
  if (isRefusal(drafted)) return [field('does', says)];
  const changes = foreseen(drafted);
  if (changes === undefined) {
    return [
      field('does', says),
      field('calls', `${actions.calls.join(', ')}: which of them, and with what, is decided by`),
      ...drafted.reads.map((read) => field('', callText(read))),
    ];
  }
  const mustShow = (drafted.needs ?? []).map(({ read, aspect }) => `${callText(read)} shows ${aspect}`);
  return [
    ...changes.flatMap((change) =>
      renderChange(change, `unless ${callText(change.read)} shows ${JSON.stringify(change.to)} already`, field),
    ),
    ...mustShow.map((condition) => field('if', condition)),
  ];
};

const renderChange = ({ call, undo }: WantedChange, when: string, field: Field): readonly string[] => [
  field('call', callText(call)),
  field('', when),
  field('undo', 'cannot' in undo ? undo.cannot : callText(undo)),
];

const callText = ({ action, parameters }: AwsCall | AwsRead): string => `${action} ${JSON.stringify(parameters)}`;
