import type { Report } from './activity.ts';
import { type AccountPorts, carryOut, leftToDo, movesOf } from './carry-out.ts';
import { labelOf, type Plan } from './plan.ts';

type Ports = {
  readonly account: AccountPorts;
  readonly checkLater: (commandUid: string, round: number) => Promise<void>;
};

/** Carries a stored plan out, and says what came of it. */
export const applyPlan = async (
  commandUid: string,
  plan: Plan,
  ports: Ports,
): Promise<Pick<Report, 'outcome' | 'message' | 'detail' | 'steps'>> => {
  // Before the first call: if this run dies within it, the look later finds what is missing and makes up for it.
  await ports.checkLater(commandUid, 0);
  const { steps, left, failed } = await carryOut(movesOf(plan), ports.account);
  const [name, target] = [plan.remediation, labelOf(plan.target)];
  if (failed) {
    const message = `${name} did not take hold on ${target}; act by hand`;
    return { outcome: 'failed', message, detail: leftToDo(steps, left), steps };
  }
  const seen = left.length === 0 ? 'the account confirms it' : 'the account does not show it yet';
  return { outcome: 'applied', message: `${name} acted on ${target} and ${seen}`, steps };
};
