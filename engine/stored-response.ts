import * as z from 'zod/mini';
import { destinationNameSchema } from './destination.ts';
import { callerSchema } from './guard.ts';
import { type Finding, severityOf } from './ocsf.ts';
import { planSchema } from './plan.ts';
import { severitySchema } from './severity.ts';

const text = z.string();

/** Names a response; its activities carry it. */
export const commandUidSchema = z.string().check(z.regex(/^[0-9a-f]{32}$/, 'expected the id of a response'));

/** What of a finding its responses tell on, long after the finding itself went by. */
export const causeSchema = z.strictObject({
  finding: text,
  title: text,
  rule: text,
  ruleStatus: z.enum(['experimental', 'test', 'stable']),
  severity: severitySchema,
  notify: z.optional(z.array(destinationNameSchema)),
  account: z.optional(text),
  region: z.optional(text),
});
export type Cause = z.infer<typeof causeSchema>;

export const causeOf = (finding: Finding): Cause => {
  const { finding_info, cloud, unmapped } = finding;
  const { notify, rule_status: ruleStatus } = unmapped.trailwire;
  return {
    finding: finding_info.uid,
    title: finding_info.title,
    rule: finding_info.analytic.uid,
    ruleStatus,
    severity: severityOf(finding),
    ...(notify === undefined ? {} : { notify }),
    ...(cloud.account === undefined ? {} : { account: cloud.account.uid }),
    ...(cloud.region === undefined ? {} : { region: cloud.region }),
  };
};

/** What a plan that waits for a person was asked with. */
export const askSchema = z.strictObject({
  /** Of the plan, as the approval names it. */
  digest: text,
  reasons: z.array(text),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  /** For the guards, which are asked again before it runs. */
  caller: callerSchema,
});
export type Ask = z.infer<typeof askSchema>;

/** A response that ran, is about to, or waits for approval: enough to go on after a crash, to look again, and to take it back. */
export const storedResponseSchema = z.strictObject({
  plan: planSchema,
  cause: causeSchema,
  /** Absent where it runs by itself. */
  ask: z.optional(askSchema),
  /** A person took it back, or began to: nobody puts it in force again. */
  undone: z.boolean(),
  /** All of its calls went through once: what is missing since was taken away by somebody, not left out by a run that died. */
  carriedOut: z.boolean(),
});
export type StoredResponse = z.infer<typeof storedResponseSchema>;

export type ResponseStore = {
  /** Keeps a response that is about to run; `false` where one of this id is kept already. */
  readonly save: (commandUid: string, response: StoredResponse) => Promise<boolean>;
  readonly load: (commandUid: string) => Promise<StoredResponse | undefined>;
  readonly markUndone: (commandUid: string) => Promise<void>;
  readonly markCarriedOut: (commandUid: string) => Promise<void>;
  /** Claims a principal for one response until then (ms since 1970); `false` where another response holds it. */
  readonly claim: (principal: string, commandUid: string, until: number) => Promise<boolean>;
};
