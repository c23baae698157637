import { buildActivity, commandUidOf, type Report } from './activity.ts';
import { type AccountPorts, carryOut, leftToDo, lookAt, movesOf } from './carry-out.ts';
import { messageOf } from './errors.ts';
import { type GuardSettings, guard } from './guard.ts';
import type { Activity, Finding, Step } from './ocsf.ts';
import { isRefusal, labelOf, type Plan, type Refusal, type Target } from './plan.ts';
import { planFrom, readOnce } from './planning.ts';
import { remediations } from './remediations/index.ts';
import type { RemediationName } from './remediations/name.ts';
import type { Draft } from './remediations/remediation.ts';
import { causeOf, type ResponseStore } from './stored-response.ts';
import type { WindowStore } from './window-store.ts';

export type ResponseSettings = GuardSettings & {
  /** Ids of accounts that one's own may share with. */
  readonly knownAccounts: readonly string[];
};

/** What a response needs of the world. */
export type ResponsePorts = {
  readonly now: () => number;
  readonly store: WindowStore;
  readonly account: AccountPorts;
  readonly responses: ResponseStore;
  /** Has a response looked at again after the wait of that round; rounds are counted from 0. */
  readonly checkLater: (commandUid: string, round: number) => Promise<void>;
};

/** A machine without an account, such as `serve`: it can only say whom a response would act on. */
export type NoAccount = Pick<ResponsePorts, 'now'> & { readonly account: undefined };

const hourMs = 3_600_000;

type Case = {
  readonly name: RemediationName;
  readonly finding: Finding;
  readonly draft: Draft | Refusal;
  /** A rule names a response for users and one for roles; that one of them does not apply is no news for anybody. */
  readonly isQuiet: boolean;
  readonly settings: ResponseSettings;
};

/** Plans, guards, runs and reads back every remediation a finding asks for; one activity each, whatever comes of it. */
export const respond = async (
  finding: Finding,
  settings: ResponseSettings,
  ports: ResponsePorts | NoAccount,
): Promise<readonly Activity[]> => {
  const record = finding.evidences[0]?.data ?? {};
  const { knownAccounts, mode } = settings;
  const situation = { record, findingId: finding.finding_info.uid, now: ports.now(), knownAccounts };
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
  const { rule_status: ruleStatus, replay_name: replayName } = finding.unmapped.trailwire;
  const commandUid = commandUidOf(name, finding.finding_info.uid);
  const about = { remediation: name, commandUid, cause: causeOf(finding), account: settings.account, isQuiet };
  const tell = (report: Omit<Report, 'now' | keyof typeof about>): Activity =>
    buildActivity({ ...about, now: ports.now(), ...report });
  const refuse = ({ refused, reason }: Refusal, target?: Target, steps: readonly Step[] = []): Activity =>
    tell({
      outcome: 'refused',
      message: `${name} was not run: ${reason}`,
      detail: reason,
      refused,
      target,
      steps,
    });

  if (isRefusal(draft)) return refuse(draft);
  const isAllowed = (target: Target): Refusal | undefined =>
    guard({ target, record, ruleStatus, replayName }, settings);
  const refusal = isAllowed(draft.target);
  if (refusal !== undefined) return refuse(refusal, draft.target);
  const wouldAct = `${name} would act on ${labelOf(draft.target)}; responses are in mode "plan"`;
  if (ports.account === undefined) {
    return tell({ outcome: 'planned', message: wouldAct, target: draft.target, steps: [] });
  }

  const earlier = settings.mode === 'execute' ? await ports.responses.load(commandUid) : undefined;
  if (earlier?.undone === true) {
    return refuse({ refused: 'taken-back', reason: 'a person has taken this response back' }, draft.target);
  }
  let plan: Plan | Refusal;
  try {
    plan = earlier?.plan ?? (await planFrom(name, remediations[name], draft, readOnce(ports.account.read)));
  } catch (error) {
    const message = `${name} on ${labelOf(draft.target)} could not be planned, nothing was changed; act by hand`;
    return tell({ outcome: 'failed', message, detail: messageOf(error), target: draft.target, steps: [] });
  }
  if (isRefusal(plan)) return refuse(plan, draft.target);
  const { target } = plan;
  const stillRefused = isAllowed(target);
  if (stillRefused !== undefined) return refuse(stillRefused, target);
  if (settings.mode !== 'execute') {
    const steps = plan.changes.map(({ call }): Step => ({ action: call.action, outcome: 'not-run' }));
    return tell({ outcome: 'planned', message: wouldAct, target, plan, steps });
  }

  const actedOn = `${name} acted on ${labelOf(target)} and`;
  if (earlier?.carriedOut === true) {
    const steps = await lookAt(movesOf(plan), ports.account);
    if (steps.some(({ outcome }) => outcome !== 'holds')) {
      const reason = 'it ran already, and somebody changed it since: it is not put in force a second time';
      return refuse({ refused: 'changed-since', reason }, target, steps);
    }
    return tell({ outcome: 'applied', message: `${actedOn} the account confirms it`, target, plan, steps });
  }

  if (earlier === undefined) {
    const hour = Math.floor(ports.now() / hourMs);
    const end = (hour + 2) * hourMs;
    if (!(await ports.store.take(`responses/${hour}`, settings.limitPerHour, end, ports.now()))) {
      const reason = `${settings.limitPerHour} responses ran within this hour already; a person has to look`;
      return refuse({ refused: 'limit', reason }, target);
    }
    const isFirst = await ports.responses.save(commandUid, {
      plan,
      cause: about.cause,
      undone: false,
      carriedOut: false,
    });
    // Another delivery of the same finding came first: what it planned is what can be taken back.
    if (!isFirst) plan = (await ports.responses.load(commandUid))?.plan ?? plan;
  }
  // Before the first call: if this run dies within it, the look later finds what is missing and makes up for it.
  await ports.checkLater(commandUid, 0);
  const { steps, left, failed } = await carryOut(movesOf(plan), ports.account);
  if (failed) {
    const message = `${name} did not take hold on ${labelOf(target)}; act by hand`;
    return tell({ outcome: 'failed', message, detail: leftToDo(steps, left), target, plan, steps });
  }
  await ports.responses.markCarriedOut(commandUid);
  const seen = left.length === 0 ? 'the account confirms it' : 'the account does not show it yet';
  return tell({ outcome: 'applied', message: `${actedOn} ${seen}`, target, plan, steps });
};
