import { buildActivity, type Report } from './activity.ts';
import { claim } from './admission.ts';
import { applyPlan } from './apply-plan.ts';
import { type Decision, digestOf, sayDecision } from './approval.ts';
import { changedSince } from './changed-since.ts';
import { inAccountOf } from './enter-account.ts';
import { RemediationError } from './errors.ts';
import { guard } from './guard.ts';
import type { Activity } from './ocsf.ts';
import { isRefusal, labelOf, type Refusal } from './plan.ts';
import { refuseByTag } from './protected-tags.ts';
import { remediations } from './remediations/index.ts';
import { remediationNameSchema } from './remediations/name.ts';
import type { ResponsePorts, ResponseSettings } from './response.ts';
import type { Ask, StoredResponse } from './stored-response.ts';

/** A plan that waits, to be looked at: was it decided on, is its time over? */
export type SettleRequest = { readonly settle: string };

/** An approval that was not carried out by then is not either: people have acted by hand meanwhile. */
const staleMs = 3_600_000;

type Asked = StoredResponse & { readonly ask: Ask };

/**
 * Carries out a plan that was approved, or tells that it was rejected or that its time is over; looks again later where
 * nobody has decided. Repeats tell the same again. Throws RemediationError when nothing waits under this id.
 */
export const settle = async (
  { settle: commandUid }: SettleRequest,
  settings: ResponseSettings,
  ports: ResponsePorts,
): Promise<readonly Activity[]> => {
  const stored = await ports.responses.load(commandUid);
  if (stored?.ask === undefined) {
    throw new RemediationError('REMEDIATION_UNKNOWN', `there is no response ${commandUid} that waits for approval`);
  }
  if (stored.undone) return [];
  const asked: Asked = { ...stored, ask: stored.ask };
  const decision = await decisionOn(commandUid, asked, ports);
  if (decision === undefined) {
    await ports.settleLater(commandUid, asked.ask.expiresAt - ports.now());
    return [];
  }
  const { plan, cause } = asked;
  const { target, remediation } = plan;
  const about = { remediation, commandUid, cause, account: settings.account, target, plan, decision };
  const tell = (report: Omit<Report, 'now' | keyof typeof about>): readonly Activity[] => [
    buildActivity({ ...about, now: ports.now(), ...report }),
  ];
  const refusal = outcomeWithout(decision, asked, ports.now());
  const entered = refusal ?? (await inAccountOf(target, cause.finding, settings.account, ports));
  const ready = isRefusal(entered) ? entered : ((await mayRun(commandUid, asked, settings, entered)) ?? entered);
  if (isRefusal(ready)) {
    const { refused, reason } = ready;
    const message = `${remediation} on ${labelOf(target)} was not run: ${reason}`;
    return tell({ outcome: 'refused', message, detail: reason, refused, steps: [] });
  }
  const report = await applyPlan(commandUid, stored, ready);
  return tell({ ...report, message: `${report.message}; it was ${sayDecision(decision)}` });
};

/** The decision, which is that nobody decided once the time is over; `undefined` as long as somebody may. */
const decisionOn = async (
  commandUid: string,
  { ask }: Asked,
  { approvals, now }: ResponsePorts,
): Promise<Decision | undefined> => {
  const approval = await approvals.load(commandUid);
  if (approval?.decision !== undefined) return approval.decision;
  if (now() < ask.expiresAt) return undefined;
  const expired: Decision = { is: 'expired', by: 'nobody', at: now(), digest: ask.digest };
  if (await approvals.decide(commandUid, expired)) return expired;
  // Somebody decided at the last moment.
  return (await approvals.load(commandUid))?.decision ?? expired;
};

/** Why a decision lets nothing run. What it says of itself is compared with what only this function writes. */
const outcomeWithout = (decision: Decision, { plan, ask }: Asked, now: number): Refusal | undefined => {
  if (decision.is === 'rejected') return { refused: 'rejected', reason: `it was ${sayDecision(decision)}` };
  if (decision.is === 'expired') return { refused: 'expired', reason: 'nobody approved it in time' };
  if (decision.digest !== digestOf(plan) || decision.digest !== ask.digest) {
    return { refused: 'decision-invalid', reason: 'the approval is of another plan than the one that waits' };
  }
  if (decision.at >= ask.expiresAt) {
    return { refused: 'decision-invalid', reason: 'the approval was given after the time there was for it' };
  }
  if (now - decision.at > staleMs) {
    return { refused: 'expired', reason: `it was ${sayDecision(decision)} and could not be run for an hour` };
  }
  return undefined;
};

/** All guards again, but for those whose reasons the person has seen, and a look at the account. */
const mayRun = async (
  commandUid: string,
  { plan, cause, ask }: Asked,
  settings: ResponseSettings,
  ports: ResponsePorts,
): Promise<Refusal | undefined> => {
  const { target, remediation } = plan;
  if (settings.mode !== 'execute')
    return { refused: 'mode-off', reason: 'responses are not in mode "execute" any more' };
  const switchedOff = await ports.switchedOff();
  if (switchedOff !== undefined) return { refused: 'switched-off', reason: switchedOff };
  const refusal = guard({ target, caller: ask.caller, ruleStatus: cause.ruleStatus }, settings);
  if (refusal !== undefined) return refusal;
  const tagged = await refuseByTag(target, settings.protectedTags, ports.account.read);
  if (tagged !== undefined) return tagged;
  const changed = await changedSince(plan, ports.account.read);
  if (changed !== undefined) {
    const reason = `${changed} shows neither what was there when it was approved nor what is wanted: somebody changed it; look first`;
    return { refused: 'changed-since', reason };
  }
  const { actsOn } = remediations[remediationNameSchema.parse(remediation)];
  return claim({ commandUid, name: remediation, actsOn, target, caller: ask.caller }, ports);
};
