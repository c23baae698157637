import type { Report } from './activity.ts';
import { type AccountPorts, carryOut, leftToDo, lookAt, movesOf } from './carry-out.ts';
import { labelOf } from './plan.ts';
import type { ResponseStore, StoredResponse } from './stored-response.ts';

type Ports = {
  readonly account: AccountPorts;
  readonly responses: Pick<ResponseStore, 'markCarriedOut'>;
  readonly checkLater: (commandUid: string, round: number) => Promise<void>;
};

type Applied = Pick<Report, 'outcome' | 'message' | 'detail' | 'refused' | 'steps'>;

/** Carries a stored plan out, and says what came of it; one that was carried out already it only looks at. */
export const applyPlan = async (
  commandUid: string,
  { plan, carriedOut }: Pick<StoredResponse, 'plan' | 'carriedOut'>,
  ports: Ports,
): Promise<Applied> => {
  const [name, target] = [plan.remediation, labelOf(plan.target)];
  const actedOn = `${name} acted on ${target} and`;
  if (carriedOut) {
    const steps = await lookAt(movesOf(plan), ports.account);
    if (steps.every(({ outcome }) => outcome === 'holds')) {
      return { outcome: 'applied', message: `${actedOn} the account confirms it`, steps };
    }
    const detail = 'it ran already, and somebody changed it since: it is not put in force a second time';
    const message = `${name} on ${target} was not run: ${detail}`;
    return { outcome: 'refused', refused: 'changed-since', message, detail, steps };
  }
  // Before the first call: if this run dies within it, the look later finds what is missing and makes up for it.
  await ports.checkLater(commandUid, 0);
  const { steps, left, failed } = await carryOut(movesOf(plan), ports.account);
  if (failed) {
    const message = `${name} did not take hold on ${target}; act by hand`;
    return { outcome: 'failed', message, detail: leftToDo(steps, left), steps };
  }
  await ports.responses.markCarriedOut(commandUid);
  const seen = left.length === 0 ? 'the account confirms it' : 'the account does not show it yet';
  return { outcome: 'applied', message: `${actedOn} ${seen}`, steps };
};
