import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { labelOf, type Plan, planSchema } from './plan.ts';
import { severitySchema } from './severity.ts';
import type { Ask, Cause } from './stored-response.ts';
import { oneLine } from './template.ts';
import { utc } from './utc.ts';

const text = z.string();

/** What a person is asked: all that they see before they decide. */
export const approvalRequestSchema = z.strictObject({
  /** Of the plan that is decided on, and of no other. */
  digest: text,
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  /** The response and whom it would act on. */
  title: text,
  arn: text,
  account: text,
  severity: severitySchema,
  /** The title of the finding, and its rule. */
  because: text,
  rule: text,
  /** Why it does not run by itself. */
  reasons: z.array(text),
  calls: z.array(text),
  doesNotStop: text,
});
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

export const decisionSchema = z.strictObject({
  is: z.enum(['approved', 'rejected', 'expired']),
  /** Who decided, as far as the way of deciding tells. */
  by: text,
  /** Milliseconds since 1970. */
  at: z.number(),
  digest: text,
});
export type Decision = z.infer<typeof decisionSchema>;

/** A plan waits (no decision), or was approved, rejected or forgotten; it never goes back or on to another. */
export const approvalSchema = z.strictObject({ request: approvalRequestSchema, decision: z.optional(decisionSchema) });
export type Approval = z.infer<typeof approvalSchema>;
export type DecidedApproval = Approval & { readonly decision: Decision };

/** Where a plan that waits and the one decision on it meet. */
export type ApprovalStore = {
  /** Asks; what was asked under an id already stays as it is. */
  readonly ask: (commandUid: string, request: ApprovalRequest) => Promise<void>;
  readonly load: (commandUid: string) => Promise<Approval | undefined>;
  /** Takes the one decision; `false` where there is one already, nobody asked, or another plan is meant. */
  readonly decide: (commandUid: string, decision: Decision) => Promise<boolean>;
};

/** Names the content of a plan: what was shown is what is approved is what runs. */
export const digestOf = (plan: Plan): string =>
  // Parsed, so that keys are in the order of the schema whatever way the plan went.
  createHash('sha256')
    .update(JSON.stringify(planSchema.parse(plan)))
    .digest('hex');

export const requestOf = (plan: Plan, cause: Cause, { digest, expiresAt, reasons }: Ask): ApprovalRequest => ({
  digest,
  expiresAt,
  title: `${plan.remediation} on ${labelOf(plan.target)}`,
  arn: plan.target.arn,
  account: plan.target.account,
  severity: cause.severity,
  because: cause.title,
  rule: cause.rule,
  reasons,
  calls: plan.changes.map(({ call }) => oneLine(`${call.action} ${JSON.stringify(call.parameters)}`, 600)),
  doesNotStop: plan.doesNotStop,
});

/** What a person wishes to decide. `digest` is that of the plan they were shown; without it, whatever the id stands for. */
export type DecisionWish = {
  readonly commandUid: string;
  readonly is: 'approved' | 'rejected';
  readonly by: string;
  readonly digest?: string | undefined;
};

/** Why a decision was not taken. The first three are found before anything is looked up, by the way the decision came. */
export const decisionRefusalCodes = [
  'forged',
  'stale',
  'unauthorised',
  'unreadable',
  'unknown',
  'tampered',
  'late',
  'duplicate',
] as const;
export type DecisionRefusal = {
  readonly refused: (typeof decisionRefusalCodes)[number];
  readonly reason: string;
  /** With a duplicate: what was decided before, whichever way. */
  readonly earlier?: DecidedApproval;
};

/** Takes a decision if it may be taken; otherwise the reason. `now` is milliseconds since 1970. */
export const decide = async (
  { commandUid, is, by, digest: shown }: DecisionWish,
  approvals: Pick<ApprovalStore, 'load' | 'decide'>,
  now: number,
): Promise<DecidedApproval | DecisionRefusal> => {
  const approval = await approvals.load(commandUid);
  if (approval === undefined) return { refused: 'unknown', reason: `no response ${commandUid} waits for approval` };
  const { request, decision: earlier } = approval;
  if (shown !== undefined && shown !== request.digest) {
    return { refused: 'tampered', reason: 'the plan is not the one that was shown' };
  }
  if (earlier !== undefined) return duplicateOf({ request, decision: earlier });
  if (now >= request.expiresAt) {
    return { refused: 'late', reason: `the time to decide ended at ${utc(request.expiresAt)}` };
  }
  const decision: Decision = { is, by: oneLine(by), at: now, digest: request.digest };
  if (await approvals.decide(commandUid, decision)) return { request, decision };
  const first = (await approvals.load(commandUid))?.decision;
  return first === undefined
    ? { refused: 'late', reason: 'the time to decide has ended' }
    : duplicateOf({ request, decision: first });
};

const duplicateOf = (earlier: DecidedApproval): DecisionRefusal => ({
  refused: 'duplicate',
  reason: `it was ${sayDecision(earlier.decision)}`,
  earlier,
});

/** `approved by ... at ...`, for people. */
export const sayDecision = ({ is, by, at }: Pick<Decision, 'is' | 'by' | 'at'>): string =>
  is === 'expired' ? `given up at ${utc(at)}: nobody decided` : `${is} by ${by} at ${utc(at)}`;
