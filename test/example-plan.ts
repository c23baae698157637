import { isRefusal, type Plan } from '../engine/plan.ts';
import { planFrom } from '../engine/planning.ts';
import { remediations } from '../engine/remediations/index.ts';
import type { RemediationName } from '../engine/remediations/name.ts';
import { exampleRecord } from './example-records.ts';
import { createLocalAccount } from './local-account.ts';

/** A plan as a remediation makes it for a record, from an account where user ann and role Admin are. */
export const examplePlan = async (
  name: RemediationName = 'deactivate-access-key',
  record = exampleRecord(),
): Promise<Plan> => {
  const { read } = createLocalAccount({
    users: { ann: { AKIAIOSFODNN7EXAMPLE: 'Active', AKIAI44QH8DHBEXAMPLE: 'Active' } },
    roles: ['Admin'],
  });
  const draft = remediations[name].draft({ record, findingId: '0123456789abcdef', now: 0, knownAccounts: [] });
  const plan = isRefusal(draft) ? draft : await planFrom(name, remediations[name], draft, read);
  if (isRefusal(plan)) throw new TypeError(plan.reason);
  return plan;
};
