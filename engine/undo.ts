import { buildActivity, type Report } from './activity.ts';
import { carryOut, leftToDo, undoMovesOf } from './carry-out.ts';
import { changedSince } from './changed-since.ts';
import { inAccountOf } from './enter-account.ts';
import { RemediationError } from './errors.ts';
import type { Activity } from './ocsf.ts';
import { isRefusal, labelOf, type Plan, type Refusal } from './plan.ts';
import type { ReadState } from './planning.ts';
import type { ResponsePorts } from './response.ts';

/** A person's wish to take a response back; with `force` also over what somebody else changed since. */
export type UndoRequest = { readonly undo: string; readonly force?: boolean | undefined };

export type UndoPorts = Pick<ResponsePorts, 'now' | 'account' | 'enterAccount' | 'responses'>;

/** Puts back what was there before a response, by the id its activity carries. Throws RemediationError when there is none. */
export const undo = async (
  { undo: commandUid, force = false }: UndoRequest,
  account: string,
  ports: UndoPorts,
): Promise<Activity> => {
  const stored = await ports.responses.load(commandUid);
  if (stored === undefined) {
    throw new RemediationError(
      'REMEDIATION_UNKNOWN',
      `there is no response ${commandUid} to undo, or it is older than 90 days`,
    );
  }
  const { plan, cause } = stored;
  const about = { remediation: plan.remediation, commandUid, cause, account, target: plan.target, plan, isUndo: true };
  const tell = (report: Omit<Report, 'now' | keyof typeof about>): Activity =>
    buildActivity({ ...about, now: ports.now(), ...report });
  const what = `${plan.remediation} on ${labelOf(plan.target)}`;

  const entered = cannotUndo(plan) ?? (await inAccountOf(plan.target, cause.finding, account, ports));
  const ready = isRefusal(entered) || force ? entered : ((await overwrites(plan, entered.account.read)) ?? entered);
  if (isRefusal(ready)) {
    const { refused, reason } = ready;
    const message = `${what} was not taken back: ${reason}`;
    return tell({ outcome: 'refused', message, detail: reason, refused, steps: [] });
  }
  // First: or the look later would find it undone, and put it in force again.
  await ports.responses.markUndone(commandUid);
  const { steps, left } = await carryOut(undoMovesOf(plan), ready.account);
  return left.length === 0
    ? tell({ outcome: 'undone', message: `${what} was taken back`, steps })
    : tell({ outcome: 'failed', message: `undo of ${what} failed`, detail: leftToDo(steps, left), steps });
};

const cannotUndo = ({ changes }: Plan): Refusal | undefined => {
  const [reason] = changes.flatMap(({ undo: back }) => ('cannot' in back ? [back.cannot] : []));
  return reason === undefined ? undefined : { refused: 'cannot-undo', reason };
};

const overwrites = async (plan: Plan, read: ReadState): Promise<Refusal | undefined> => {
  const changed = await changedSince(plan, read);
  if (changed === undefined) return undefined;
  return {
    refused: 'changed-since',
    reason: `${changed} shows neither what the response left behind nor what was there before: somebody changed it; look first, then undo with "force": true`,
  };
};
