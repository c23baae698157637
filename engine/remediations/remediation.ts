import type { AwsCall, AwsRead } from '../aws-call.ts';
import type { Change, Refusal, Target } from '../plan.ts';
import type { CloudTrailRecord } from '../record.ts';
import type { State } from '../state.ts';
import type { RunMode } from './run-mode.ts';

/** What a remediation knows of the finding it answers. */
export type Situation = {
  readonly record: CloudTrailRecord;
  /** The finding's id: names what the plan creates, so that undo removes that and nothing else. */
  readonly findingId: string;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  /** Ids of accounts that one's own may share with. */
  readonly knownAccounts: readonly string[];
};

/** A change as a remediation wants it; what was there before is filled in from what was read. */
export type WantedChange = Omit<Change, 'from'>;

/** An aspect that a read must show, and what is said where it does not. */
export type Need = { readonly read: AwsRead; readonly aspect: string; readonly otherwise: string };

/** What the record alone says: whom to act on and what to read of the account, from which the changes follow. */
export type Draft = {
  readonly target: Target;
  readonly reads: readonly AwsRead[];
  /** What must be there, or nothing is planned: an aspect of a read. It is looked at before `changes` is asked. */
  readonly needs?: readonly Need[];
  /** For a target the record names without its path: the read whose `arn` is the whole ARN, for protected principals. */
  readonly arnFrom?: AwsRead;
  /**
   * Is asked when all `reads` were answered. Changes may name further reads. Those that do not ask for a state are the same
   * whatever the account shows, and can be told without it.
   */
  readonly changes: (stateOf: (read: AwsRead) => State) => readonly WantedChange[] | Refusal;
};

/** A response on the account, as a pure decision: it plans, others act. */
export type Remediation = {
  /** Whoever made the call, or what the call did: that is put right, and each call needs an answer of its own. */
  readonly actsOn: 'caller' | 'call';
  /**
   * Where a rule does not say. What was opened or switched off is put right by itself, as evidence is kept; what takes a
   * credential, a permission or a machine from somebody who may turn out to be innocent is asked for.
   */
  readonly usually: RunMode;
  readonly says: string;
  readonly doesNotStop: string;
  /** Every action its plans can contain, which are the permissions it needs: none is missing, none is left over. */
  readonly actions: {
    readonly reads: readonly AwsRead['action'][];
    readonly calls: readonly AwsCall['action'][];
    /** What taking it back calls, by a role of its own. */
    readonly undoCalls: readonly AwsCall['action'][];
  };
  readonly draft: (situation: Situation) => Draft | Refusal;
};

export const notApplicable = (reason: string): Refusal => ({ refused: 'not-applicable', reason });
