import { buildActivity, type Report } from './activity.ts';
import { carryOut, leftToDo, lookAt, movesOf } from './carry-out.ts';
import { inAccountOf } from './enter-account.ts';
import { RemediationError } from './errors.ts';
import type { Activity } from './ocsf.ts';
import { isRefusal, labelOf } from './plan.ts';
import type { ResponsePorts, ResponseSettings } from './response.ts';

/** A response to be looked at again; rounds are counted from 0. */
export type RecheckRequest = { readonly check: string; readonly round: number };

/**
 * Seconds before each look. IAM takes some seconds to spread a change, in which an intruder may still undo it, and in rare
 * cases minutes. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export const recheckWaits: readonly number[] = [15, 300, 900];

/**
 * Looks whether a response still holds, and puts it in force again where it does not. A response that a person took back
 * is left alone. Throws RemediationError when there is no such response.
 */
export const recheck = async (
  { check: commandUid, round }: RecheckRequest,
  settings: Pick<ResponseSettings, 'mode' | 'account'>,
  ports: ResponsePorts,
): Promise<readonly Activity[]> => {
  const stored = await ports.responses.load(commandUid);
  if (stored === undefined) {
    throw new RemediationError('REMEDIATION_UNKNOWN', `there is no response ${commandUid} to look at again`);
  }
  if (stored.undone) return [];
  if (recheckWaits[round + 1] !== undefined) await ports.checkLater(commandUid, round + 1);

  const { plan, cause } = stored;
  const { target } = plan;
  const what = `${plan.remediation} on ${labelOf(target)}`;
  const about = { remediation: plan.remediation, commandUid, cause, account: settings.account, target, plan };
  const tell = (report: Omit<Report, 'now' | keyof typeof about>): readonly Activity[] => [
    buildActivity({ ...about, now: ports.now(), ...report }),
  ];
  const look = `look ${round + 1} of ${recheckWaits.length}`;

  const moves = movesOf(plan);
  const entered = await inAccountOf(target, cause.finding, settings.account, ports);
  // It was let in when it acted: the message comes again, and is parked with an alarm in the end.
  if (isRefusal(entered)) throw new RemediationError('REMEDIATION_CALL_FAILED', entered.reason);
  const seen = await lookAt(moves, entered.account);
  const lost = moves.filter((_, index) => seen[index]?.outcome !== 'holds');
  // What people were told of already, and what stayed as they were told: on the bus for the record, no second alarm.
  if (lost.length === 0) {
    return tell({ outcome: 'verified', message: `${what} still holds`, detail: look, steps: seen, isQuiet: true });
  }
  if (settings.mode !== 'execute' || (await ports.switchedOff()) !== undefined) {
    const detail = `${look}; responses are switched off, it is not put back; ${leftToDo(
      seen,
      lost.map(({ call }) => call),
    )}`;
    return tell({ outcome: 'failed', message: `${what} does not hold any more; act by hand`, detail, steps: seen });
  }
  const { steps, left, failed, acted } = await carryOut(lost, entered.account);
  if (failed) {
    const detail = `${look}; ${leftToDo(steps, left)}`;
    return tell({ outcome: 'failed', message: `${what} does not hold and could not be put back`, detail, steps });
  }
  if (!stored.carriedOut) await ports.responses.markCarriedOut(commandUid);
  // Seen late rather than undone: nothing had to be called.
  if (!acted) {
    return tell({ outcome: 'verified', message: `${what} holds`, detail: look, steps, isQuiet: true });
  }
  const missing = lost.map(({ call }) => call.action).join(', ');
  const again = left.length === 0 ? '' : '; the account does not show it yet';
  return tell({
    outcome: 're-applied',
    message: `${what} was not in place, undone by somebody or failed at first; it was put in force again${again}`,
    detail: `${look}; missing was ${missing}`,
    steps,
  });
};
