import type { AwsCall, AwsRead } from '../aws-call.ts';
import type { Plan, Refusal } from '../plan.ts';
import type { CloudTrailRecord } from '../record.ts';

/** What a remediation knows of the finding it answers. */
export type Situation = {
  readonly record: CloudTrailRecord;
  /** The finding's id: names what the plan creates, so that undo removes that and nothing else. */
  readonly findingId: string;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
};

/** A response on the account, as a pure decision: it plans, others act. */
export type Remediation = {
  readonly says: string;
  /** Every action its plans can contain, undo and checks included: the permissions it needs. */
  readonly actions: readonly (AwsCall | AwsRead)['action'][];
  readonly plan: (situation: Situation) => Plan | Refusal;
};

export const notApplicable = (reason: string): Refusal => ({ refused: 'not-applicable', reason });
