import { buildActivity, commandUidOf, type Report } from './activity.ts';
import type { Limits } from './admission.ts';
import { applyPlan } from './apply-plan.ts';
import type { ApprovalStore } from './approval.ts';
import { type AskSettings, reasonsToAsk } from './ask.ts';
import { askPerson, beginResponse, notRun } from './begin-response.ts';
import type { AccountPorts } from './carry-out.ts';
import { type EnterAccount, inAccountOf } from './enter-account.ts';
import { messageOf } from './errors.ts';
import { callerOf, type GuardSettings, guard } from './guard.ts';
import type { Activity, Finding } from './ocsf.ts';
import { isRefusal, labelOf, type Plan, type Refusal, type Target } from './plan.ts';
import { planFrom, readOnce } from './planning.ts';
import { refuseByTag } from './protected-tags.ts';
import { remediations } from './remediations/index.ts';
import type { RemediationName } from './remediations/name.ts';
import type { Draft, Situation } from './remediations/remediation.ts';
import { causeOf, type ResponseStore } from './stored-response.ts';
import type { WindowStore } from './window-store.ts';

export type ResponseSettings = GuardSettings &
  AskSettings &
  Limits & {
    /** Ids of accounts that one's own may share with. */
    readonly knownAccounts: readonly string[];
  };

/** What a response needs of the world. */
export type ResponsePorts = {
  readonly now: () => number;
  readonly store: WindowStore;
  readonly account: AccountPorts;
  /** Absent where responses stay in the account that they run in. */
  readonly enterAccount?: EnterAccount | undefined;
  readonly responses: ResponseStore;
  readonly approvals: ApprovalStore;
  /** Why people have switched all responses off, if they have: a switch that works without a deployment. */
  readonly switchedOff: () => Promise<string | undefined>;
  /** Has a response looked at again after the wait of that round; rounds are counted from 0. */
  readonly checkLater: (commandUid: string, round: number) => Promise<void>;
  /** Has a plan that waits looked at after so many milliseconds: was it decided on, is its time over? */
  readonly settleLater: (commandUid: string, waitMs: number) => Promise<void>;
};

/** A machine without an account, such as `serve`: it can only say whom a response would act on. */
export type NoAccount = Pick<ResponsePorts, 'now'> & { readonly account: undefined };

type Case = {
  readonly name: RemediationName;
  readonly finding: Finding;
  readonly draft: Draft | Refusal;
  /** A rule names a response for users and one for roles; that one of them does not apply is no news for anybody. */
  readonly isQuiet: boolean;
  readonly settings: ResponseSettings;
};

/** What remediations know of a finding; `now` is milliseconds since 1970. */
export const situationOf = (
  { evidences, finding_info }: Finding,
  { knownAccounts }: Pick<ResponseSettings, 'knownAccounts'>,
  now: number,
): Situation => ({ record: evidences[0]?.data ?? {}, findingId: finding_info.uid, now, knownAccounts });

/** Plans, guards, runs and reads back every remediation a finding asks for; one activity each, whatever comes of it. */
export const respond = async (
  finding: Finding,
  settings: ResponseSettings,
  ports: ResponsePorts | NoAccount,
): Promise<readonly Activity[]> => {
  const { mode } = settings;
  const situation = situationOf(finding, settings, ports.now());
  const drafts = finding.unmapped.trailwire.remediate.map((name) => ({
    name,
    draft: remediations[name].draft(situation),
  }));
  const isAnswered = drafts.some(({ draft }) => !isRefusal(draft));
  const activities: Activity[] = [];
  for (const { name, draft } of drafts) {
    const isQuiet = mode === 'off' || (isRefusal(draft) && isAnswered);
    activities.push(await respondWith({ name, finding, draft, isQuiet, settings }, ports));
  }
  return activities;
};

const respondWith = async (each: Case, ports: ResponsePorts | NoAccount): Promise<Activity> => {
  const { name, finding, draft, isQuiet, settings } = each;
  const record = finding.evidences[0]?.data ?? {};
  const { rule_status: ruleStatus, replay_name: replayName, run_modes: modes } = finding.unmapped.trailwire;
  const remediation = remediations[name];
  const caller = callerOf(record);
  const commandUid = commandUidOf(name, finding.finding_info.uid);
  const about = { remediation: name, commandUid, cause: causeOf(finding), account: settings.account, isQuiet };
  const tell = (report: Omit<Report, 'now' | keyof typeof about>): Activity =>
    buildActivity({ ...about, now: ports.now(), ...report });
  const refuse = ({ refused, reason }: Refusal, target?: Target): Activity =>
    tell({
      outcome: 'refused',
      message: `${name} was not run: ${reason}`,
      detail: reason,
      refused,
      target,
      steps: [],
    });

  if (isRefusal(draft)) return refuse(draft);
  const isAllowed = (target: Target): Refusal | undefined => guard({ target, caller, ruleStatus }, settings);
  const refusal = isAllowed(draft.target);
  if (refusal !== undefined) return refuse(refusal, draft.target);
  const mode = modes?.[name] ?? remediation.usually;
  const reasons = reasonsToAsk({ mode, time: finding.time, replayName }, settings, ports.now());
  const approved = reasons.length === 0 ? '' : ' once a person approves it';
  const wouldAct = `${name} would act on ${labelOf(draft.target)}${approved}; responses are in mode "plan"`;
  if (ports.account === undefined) {
    return tell({ outcome: 'planned', message: wouldAct, target: draft.target, steps: [] });
  }

  const switchedOff = settings.mode === 'execute' ? await ports.switchedOff() : undefined;
  if (switchedOff !== undefined) return refuse({ refused: 'switched-off', reason: switchedOff }, draft.target);
  const earlier = settings.mode === 'execute' ? await ports.responses.load(commandUid) : undefined;
  if (earlier?.undone === true) {
    return refuse({ refused: 'taken-back', reason: 'a person has taken this response back' }, draft.target);
  }
  let plan: Plan | Refusal;
  let entered: ResponsePorts | Refusal;
  try {
    entered = await inAccountOf(draft.target, about.cause.finding, settings.account, ports);
    if (isRefusal(entered)) return refuse(entered, draft.target);
    const read = readOnce(entered.account.read);
    plan = earlier?.plan ?? (await planFrom(name, remediation, draft, read));
    if (!isRefusal(plan)) plan = (await refuseByTag(plan.target, settings.protectedTags, read)) ?? plan;
  } catch (error) {
    const message = `${name} on ${labelOf(draft.target)} could not be planned, nothing was changed; act by hand`;
    return tell({ outcome: 'failed', message, detail: messageOf(error), target: draft.target, steps: [] });
  }
  if (isRefusal(plan)) return refuse(plan, draft.target);
  const { target } = plan;
  const stillRefused = isAllowed(target);
  if (stillRefused !== undefined) return refuse(stillRefused, target);
  if (settings.mode !== 'execute') {
    return tell({ outcome: 'planned', message: wouldAct, target, plan, steps: notRun(plan) });
  }

  const candidate = { commandUid, name, actsOn: remediation.actsOn, target, caller };
  const stored = earlier ?? (await beginResponse(candidate, { plan, cause: about.cause, reasons }, settings, ports));
  if (isRefusal(stored)) return refuse(stored, target);
  const report =
    stored.ask === undefined
      ? await applyPlan(commandUid, stored, entered)
      : await askPerson(commandUid, stored, stored.ask, ports);
  return tell({ target, plan: stored.plan, ...report });
};
