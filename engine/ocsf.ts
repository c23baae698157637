import * as z from 'zod';
import { destinationNameSchema } from './destination.ts';
import { planSchema, refusalCodes } from './plan.ts';
import { remediationNameSchema } from './remediations/index.ts';
import { severitySchema } from './severity.ts';

/** The OCSF release that findings and activities are written in. https://schema.ocsf.io */
export const ocsfVersion = '1.9.0';

const explanation: z.ZodType<unknown> = z.looseObject({ node: z.string(), holds: z.boolean() });

/** What Trailwire needs of its own finding beyond OCSF; OCSF keeps a place for it (`unmapped`). */
const findingExtras = z.looseObject({
  rule_status: z.enum(['experimental', 'test', 'stable']),
  notify: z.array(destinationNameSchema).optional(),
  remediate: z.array(remediationNameSchema),
  explanation: explanation.optional(),
  dedup: z.looseObject({ key: z.string(), previous_uid: z.string().optional(), window_ms: z.number() }),
  replay_name: z.string().optional(),
  compliance: z.record(z.string(), z.array(z.string())),
  false_positives: z.array(z.string()),
});

const technique = z.looseObject({ uid: z.string(), name: z.string() });

/** An OCSF Detection Finding (class 2004) as Trailwire writes and reads it. https://schema.ocsf.io/classes/detection_finding */
export const findingSchema = z.looseObject({
  class_uid: z.literal(2004),
  activity_id: z.union([z.literal(1), z.literal(2)]),
  severity_id: z.number().int().min(1).max(5),
  severity: z.string(),
  time: z.number(),
  message: z.string(),
  metadata: z.looseObject({ version: z.string(), uid: z.string() }),
  finding_info: z.looseObject({
    uid: z.string(),
    title: z.string(),
    desc: z.string().optional(),
    analytic: z.looseObject({ uid: z.string(), name: z.string() }),
    attacks: z.array(z.looseObject({ technique, sub_technique: technique.optional() })).optional(),
  }),
  cloud: z.looseObject({
    account: z.looseObject({ uid: z.string() }).optional(),
    region: z.string().optional(),
  }),
  evidences: z.array(z.looseObject({ data: z.record(z.string(), z.unknown()) })).min(1),
  resources: z.array(z.looseObject({ name: z.string(), type: z.string() })).optional(),
  remediation: z.looseObject({ desc: z.string(), references: z.array(z.string()).optional() }).optional(),
  unmapped: z.looseObject({ trailwire: findingExtras }),
});
export type Finding = z.infer<typeof findingSchema>;

/** What became of one AWS call of a plan. */
const stepSchema = z.looseObject({
  action: z.string(),
  outcome: z.enum(['done', 'failed', 'holds', 'does-not-hold', 'not-run']),
  error: z.string().optional(),
});
export type Step = z.infer<typeof stepSchema>;

/** What became of a plan: it was refused, only planned, carried out and seen to hold, failed, or taken back. */
export const outcomes = ['refused', 'planned', 'verified', 'failed', 'undone'] as const;
export type Outcome = (typeof outcomes)[number];

/** An OCSF Remediation Activity (class 7001) as Trailwire writes and reads it. https://schema.ocsf.io/classes/remediation_activity */
export const activitySchema = z.looseObject({
  class_uid: z.literal(7001),
  activity_id: z.number().int(),
  severity_id: z.number().int().min(1).max(5),
  severity: z.string(),
  time: z.number(),
  message: z.string(),
  status_id: z.number().int(),
  status: z.string(),
  status_detail: z.string().optional(),
  // It ends up in a command that people paste into a shell.
  command_uid: z.string().regex(/^[0-9a-f]{32}$/),
  metadata: z.looseObject({ version: z.string(), uid: z.string(), correlation_uid: z.string().optional() }),
  cloud: z.looseObject({
    account: z.looseObject({ uid: z.string() }).optional(),
    region: z.string().optional(),
  }),
  unmapped: z.looseObject({
    trailwire: z.looseObject({
      remediation: z.string(),
      outcome: z.enum(outcomes),
      refused: z.enum(refusalCodes).optional(),
      rule: z.string().optional(),
      rule_status: z.enum(['experimental', 'test', 'stable']).optional(),
      notify: z.array(destinationNameSchema).optional(),
      finding_title: z.string().optional(),
      plan: planSchema.optional(),
      steps: z.array(stepSchema),
    }),
  }),
});
export type Activity = z.infer<typeof activitySchema>;

/** OCSF's captions of severity_id 1 to 5. */
export const severityCaption = (severity: z.infer<typeof severitySchema>): string =>
  severity.charAt(0).toUpperCase() + severity.slice(1);

/** The severity behind an OCSF severity_id of 1 to 5. */
export const severityOf = ({ severity_id }: { readonly severity_id: number }): z.infer<typeof severitySchema> => {
  const severity = severitySchema.options[severity_id - 1];
  if (severity === undefined) throw new TypeError(`severity_id ${severity_id} is not 1 to 5`);
  return severity;
};

export const product = { name: 'Trailwire', vendor_name: 'Trailwire' } as const;
