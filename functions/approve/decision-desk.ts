import {
  type Approval,
  type ApprovalStore,
  type DecidedApproval,
  type DecisionRefusal,
  type DecisionWish,
  decide,
} from '../../engine/approval.ts';
import { onFirstUse } from '../../engine/on-first-use.ts';
import type { Telemetry } from '../log.ts';

export type DeskParts = {
  /** Called with the first request that has proved where it comes from: it loads the SDK. */
  readonly connect: () => Promise<{
    readonly approvals: Pick<ApprovalStore, 'load' | 'decide'>;
    /** Has `remediate` look at a decision. */
    readonly handOver: (commandUid: string) => Promise<void>;
  }>;
  readonly telemetry: Telemetry;
  readonly now: () => number;
};

/** Where a decision is taken, or refused and recorded, whichever way it came. */
export type DecisionDesk = {
  readonly now: () => number;
  readonly telemetry: Telemetry;
  readonly load: (commandUid: string) => Promise<Approval | undefined>;
  /** `about` goes into the log with a refusal. */
  readonly take: (wish: DecisionWish, about?: object) => Promise<DecidedApproval | DecisionRefusal>;
  readonly refuse: (refusal: DecisionRefusal, about: object) => DecisionRefusal;
};

export const createDecisionDesk = ({ connect, telemetry, now }: DeskParts): DecisionDesk => {
  const connection = onFirstUse(connect);
  const refuse: DecisionDesk['refuse'] = (refusal, about) => {
    const { refused, reason } = refusal;
    telemetry.logger.warn('decision refused', { refused, reason, ...about });
    telemetry.count('DecisionsRefused');
    return refusal;
  };
  return {
    now,
    telemetry,
    load: async (commandUid) => (await connection()).approvals.load(commandUid),
    take: async (wish, about = {}) => {
      const { approvals, handOver } = await connection();
      const decided = await decide(wish, approvals, now());
      if ('refused' in decided) return refuse(decided, { ...wish, ...about });
      telemetry.logger.info(`${decided.request.title} was ${decided.decision.is}`, { ...wish, ...about });
      telemetry.count('DecisionsTaken');
      await handOver(wish.commandUid);
      return decided;
    },
    refuse,
  };
};
