import * as z from 'zod/mini';
import { correlationTypes } from './correlation/types.ts';
import { destinationNameSchema } from './destination.ts';
import { remediationNameSchema } from './remediations/name.ts';
import { runModeSchema } from './remediations/run-mode.ts';
import { type Severity, severitySchema } from './severity.ts';

const text = z.string();
const severityIdSchema = z.int().check(z.minimum(1), z.maximum(5));

const explanation: z.ZodMiniType<unknown> = z.looseObject({ node: text, holds: z.boolean() });

/** The matches that make a finding together. Times are milliseconds since 1970. */
const correlation = z.looseObject({
  type: z.enum(correlationTypes),
  group: z.record(text, text),
  /** Matches, distinct values or rules, whichever the type counts; where `is_least` there may be more. */
  count: z.number(),
  is_least: z.boolean(),
  first_time: z.number(),
  last_time: z.number(),
  timespan: z.optional(text),
  values: z.array(text),
  /** The records that counted; `rule` where the correlation is about several. */
  evidence: z.array(
    z.looseObject({ uid: text, time: z.number(), event: text, rule: z.optional(text), value: z.optional(text) }),
  ),
});

/** What Trailwire needs of its own finding beyond OCSF; OCSF keeps a place for it (`unmapped`). */
const findingExtras = z.looseObject({
  rule_status: z.enum(['experimental', 'test', 'stable']),
  notify: z.optional(z.array(destinationNameSchema)),
  remediate: z.array(remediationNameSchema),
  run_modes: z.optional(z.partialRecord(remediationNameSchema, runModeSchema)),
  explanation: z.optional(explanation),
  dedup: z.looseObject({ key: text, previous_uid: z.optional(text), window_ms: z.number() }),
  replay_name: z.optional(text),
  correlation: z.optional(correlation),
  compliance: z.record(text, z.array(text)),
  false_positives: z.array(text),
});

const technique = z.looseObject({ uid: text, name: text });

/** An OCSF Detection Finding (class 2004) as Trailwire writes and reads it. https://schema.ocsf.io/classes/detection_finding */
export const findingSchema = z.looseObject({
  class_uid: z.literal(2004),
  activity_id: z.union([z.literal(1), z.literal(2)]),
  severity_id: severityIdSchema,
  severity: text,
  time: z.number(),
  message: text,
  metadata: z.looseObject({ version: text, uid: text }),
  finding_info: z.looseObject({
    uid: text,
    title: text,
    desc: z.optional(text),
    analytic: z.looseObject({ uid: text, name: text }),
    attacks: z.optional(z.array(z.looseObject({ technique, sub_technique: z.optional(technique) }))),
  }),
  cloud: z.looseObject({
    account: z.optional(z.looseObject({ uid: text })),
    region: z.optional(text),
  }),
  evidences: z.array(z.looseObject({ data: z.record(text, z.unknown()) })).check(z.minLength(1)),
  resources: z.optional(z.array(z.looseObject({ name: text, type: text }))),
  remediation: z.optional(z.looseObject({ desc: text, references: z.optional(z.array(text)) })),
  unmapped: z.looseObject({ trailwire: findingExtras }),
});
export type Finding = z.infer<typeof findingSchema>;

/** What became of one AWS call of a plan. */
const stepSchema = z.looseObject({
  action: text,
  outcome: z.enum(['done', 'failed', 'holds', 'does-not-hold', 'not-run']),
  error: z.optional(text),
});
export type Step = z.infer<typeof stepSchema>;

/** What a plan waits for: a decision on it, and on no other, until then (ms since 1970). Texts that end up in a link. */
const approval = z.looseObject({
  digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  expires_at: z.int(),
  calls: z.array(text),
});

/**
 * What became of a plan. It was refused, or only planned, or is `waiting` for its approval; `applied` once its calls were made; then, when it was looked at
 * again, `verified`, or `re-applied` because somebody had undone it; `failed`; or `undone` by a person.
 */
export const outcomes = [
  'refused',
  'planned',
  'waiting',
  'applied',
  'verified',
  're-applied',
  'failed',
  'undone',
] as const;
export type Outcome = (typeof outcomes)[number];

/** An OCSF Remediation Activity (class 7001) as Trailwire writes and reads it. https://schema.ocsf.io/classes/remediation_activity */
export const activitySchema = z.looseObject({
  class_uid: z.literal(7001),
  activity_id: z.int(),
  severity_id: severityIdSchema,
  severity: text,
  time: z.number(),
  message: text,
  status_id: z.int(),
  status: text,
  status_detail: z.optional(text),
  // It ends up in a command that people paste into a shell.
  command_uid: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  metadata: z.looseObject({ version: text, uid: text, correlation_uid: z.optional(text) }),
  cloud: z.looseObject({
    account: z.optional(z.looseObject({ uid: text })),
    region: z.optional(text),
  }),
  unmapped: z.looseObject({
    trailwire: z.looseObject({
      remediation: text,
      outcome: z.enum(outcomes),
      refused: z.optional(text),
      rule: z.optional(text),
      rule_status: z.optional(z.enum(['experimental', 'test', 'stable'])),
      notify: z.optional(z.array(destinationNameSchema)),
      finding_title: z.optional(text),
      target: z.optional(z.looseObject({ type: text, account: text, arn: text, name: text })),
      // Only the store of responses gives out plans to act on, and checks them; here they are to be read.
      plan: z.optional(
        z.looseObject({
          doesNotStop: text,
          changes: z.array(z.looseObject({ undo: z.looseObject({ cannot: z.optional(text) }) })),
        }),
      ),
      approval: z.optional(approval),
      decision: z.optional(z.looseObject({ is: text, by: text, at: z.number() })),
      steps: z.array(stepSchema),
    }),
  }),
});
export type Activity = z.infer<typeof activitySchema>;

/** The severity behind an OCSF severity_id of 1 to 5. */
export const severityOf = ({ severity_id }: { readonly severity_id: number }): Severity => {
  const severity = severitySchema.options[severity_id - 1];
  if (severity === undefined) throw new TypeError(`severity_id ${severity_id} is not 1 to 5`);
  return severity;
};
