import { buildActivity, commandUidOf, type Report } from './activity.ts';
import { type AwsCall, type AwsRead, awsCallSchema } from './aws-call.ts';
import { createConditionCompiler } from './compile.ts';
import { messageOf, RemediationError } from './errors.ts';
import { type GuardSettings, guard } from './guard.ts';
import type { Activity, Finding, Step } from './ocsf.ts';
import { type Check, isRefusal, type Plan, type Refusal } from './plan.ts';
import { remediations } from './remediations/index.ts';
import type { RemediationName } from './remediations/name.ts';
import type { WindowStore } from './window-store.ts';

/** What a response needs of the world. `serve` has none of `read` and `execute`: it only plans. */
export type ResponsePorts = {
  readonly now: () => number;
  readonly store: WindowStore;
  /** Answers a read; `{}` for what does not exist. */
  readonly read: (read: AwsRead) => Promise<unknown>;
  /** Makes one call on the account, or throws. */
  readonly execute: (call: AwsCall) => Promise<void>;
  /** Keeps a plan before it runs, so that it can be undone whatever happens next. */
  readonly savePlan: (commandUid: string, plan: Plan) => Promise<void>;
  readonly loadPlan: (commandUid: string) => Promise<Plan | undefined>;
};

const hourMs = 3_600_000;
const compileCheck = createConditionCompiler({ conditions: new Map(), lists: new Map() });

/** Plans, guards, runs and verifies every remediation a finding asks for; one activity each, whatever comes of it. */
export const respond = async (
  finding: Finding,
  settings: GuardSettings,
  ports: ResponsePorts,
): Promise<readonly Activity[]> => {
  const record = finding.evidences[0]?.data ?? {};
  const situation = { record, findingId: finding.finding_info.uid, now: ports.now() };
  const plans = finding.unmapped.trailwire.remediate.map((name) => ({
    name,
    plan: remediations[name].plan(situation),
  }));
  const isAnswered = plans.some(({ plan }) => !isRefusal(plan));
  const activities: Activity[] = [];
  for (const { name, plan } of plans) {
    // A rule names a response for users and one for roles; that one of them does not apply is no news for anybody.
    const isQuiet = settings.mode === 'off' || (isRefusal(plan) && isAnswered);
    activities.push(await respondWith(name, plan, isQuiet, finding, settings, ports));
  }
  return activities;
};

const respondWith = async (
  name: RemediationName,
  plan: Plan | Refusal,
  isQuiet: boolean,
  finding: Finding,
  settings: GuardSettings,
  ports: ResponsePorts,
): Promise<Activity> => {
  const record = finding.evidences[0]?.data ?? {};
  const { rule_status: ruleStatus, replay_name: replayName } = finding.unmapped.trailwire;
  const commandUid = commandUidOf(name, finding.finding_info.uid);
  const tell = (
    report: Pick<Report, 'outcome' | 'message' | 'steps'> & { plan: Plan | Refusal; detail?: string },
  ): Activity =>
    buildActivity({
      remediation: name,
      commandUid,
      now: ports.now(),
      finding,
      account: settings.account,
      isQuiet,
      ...report,
    });
  const refuse = (refusal: Refusal, steps: readonly Step[] = []): Activity =>
    tell({
      outcome: 'refused',
      message: `${name} was not run: ${refusal.reason}`,
      detail: refusal.reason,
      plan: refusal,
      steps,
    });

  if (isRefusal(plan)) return refuse(plan);
  const refusal = guard({ plan, record, ruleStatus, replayName }, settings);
  if (refusal !== undefined) return refuse(refusal);
  const target = `${plan.target.type} ${plan.target.name}`;
  if (settings.mode === 'plan') {
    const steps = plan.calls.map(({ action }): Step => ({ action, outcome: 'not-run' }));
    return tell({
      outcome: 'planned',
      message: `${name} would act on ${target}; responses are in mode "plan"`,
      plan,
      steps,
    });
  }

  const before = await runChecks(plan.checks, ports);
  const confirmed = `${name} acted on ${target} and the account confirms it`;
  if (before.every(({ outcome }) => outcome === 'holds')) {
    // A run that acted and died before it could tell comes again: people must learn of it, and of the way back.
    const earlier = await ports.loadPlan(commandUid);
    if (earlier !== undefined) return tell({ outcome: 'verified', message: confirmed, plan: earlier, steps: before });
    return refuse({ refused: 'done-already', reason: `${target} is already in the wanted state` }, before);
  }
  const hour = Math.floor(ports.now() / hourMs);
  const withinLimit = await ports.store.take(
    `responses/${hour}`,
    settings.limitPerHour,
    (hour + 2) * hourMs,
    ports.now(),
  );
  if (!withinLimit) {
    const reason = `${settings.limitPerHour} responses ran within this hour already; a person has to look`;
    return refuse({ refused: 'limit', reason }, before);
  }
  await ports.savePlan(commandUid, plan);
  const { steps, held } = await runPlan(plan.calls, plan.checks, ports);
  return held
    ? tell({ outcome: 'verified', message: confirmed, plan, steps })
    : tell({
        outcome: 'failed',
        message: `${name} did not take hold on ${target}; act by hand`,
        detail: failureOf(steps),
        plan,
        steps,
      });
};

/** Takes a response back by the id its activity carries. Throws RemediationError when there is no such response. */
export const undo = async (commandUid: string, account: string, ports: ResponsePorts): Promise<Activity> => {
  const plan = await ports.loadPlan(commandUid);
  if (plan === undefined) {
    throw new RemediationError(
      'REMEDIATION_UNKNOWN',
      `there is no response ${commandUid} to undo, or it is older than 90 days`,
    );
  }
  const { steps, held } = await runPlan(plan.undo, plan.undoChecks, ports);
  const target = `${plan.target.type} ${plan.target.name}`;
  const report = { remediation: plan.remediation, commandUid, now: ports.now(), account, plan, steps };
  return held
    ? buildActivity({ ...report, outcome: 'undone', message: `${plan.remediation} on ${target} was taken back` })
    : buildActivity({
        ...report,
        outcome: 'failed',
        message: `undo of ${plan.remediation} on ${target} failed`,
        detail: failureOf(steps),
      });
};

const runPlan = async (calls: readonly AwsCall[], checks: readonly Check[], ports: ResponsePorts) => {
  const made: Step[] = [];
  for (const call of calls) {
    if (made.some(({ outcome }) => outcome === 'failed')) made.push({ action: call.action, outcome: 'not-run' });
    else made.push(await runCall(call, ports));
  }
  const checked = await runChecks(checks, ports);
  return {
    steps: [...made, ...checked],
    held: [...made, ...checked].every(({ outcome }) => outcome === 'done' || outcome === 'holds'),
  };
};

const runCall = async (call: AwsCall, ports: ResponsePorts): Promise<Step> => {
  try {
    await ports.execute(awsCallSchema.parse(call));
    return { action: call.action, outcome: 'done' };
  } catch (error) {
    return { action: call.action, outcome: 'failed', error: messageOf(error) };
  }
};

const runChecks = async (checks: readonly Check[], ports: ResponsePorts): Promise<Step[]> =>
  Promise.all(
    checks.map(async ({ read, holds }): Promise<Step> => {
      try {
        const answer = await ports.read(read);
        return { action: read.action, outcome: compileCheck(holds)(answer) ? 'holds' : 'does-not-hold' };
      } catch (error) {
        return { action: read.action, outcome: 'failed', error: messageOf(error) };
      }
    }),
  );

const failureOf = (steps: readonly Step[]): string =>
  steps
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'does-not-hold')
    .map(({ action, outcome, error }) => `${action} ${error ?? outcome}`)
    .join('; ');
