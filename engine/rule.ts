import * as z from 'zod';
import { retired, techniques } from './attack.ts';
import { conditionSchema } from './condition.ts';
import { type Correlation, correlationSchema } from './correlation/correlation.ts';
import { leastWindowMs } from './correlation/measures.ts';
import { destinationNameSchema } from './destination.ts';
import { durationMs, durationSchema } from './duration.ts';
import { fieldPathSchema, nameSchema } from './name-schema.ts';
import { remediationNameSchema } from './remediations/name.ts';
import { runModeSchema } from './remediations/run-mode.ts';
import { severitySchema } from './severity.ts';

const eventSource = z
  .string()
  .regex(/^[a-z0-9._-]+\.amazonaws\.com$/, 'expected an event source such as "iam.amazonaws.com"');
const eventName = z
  .string()
  .regex(/^[A-Za-z0-9_]+\*?$/, 'expected an event name such as "CreateUser", or its beginning and "*"');

/** Event source -> event names. */
export const eventsSchema = z.record(eventSource, z.union([z.literal('*'), z.array(eventName).min(1)]));

/** An id of the pinned version of ATT&CK; the complaint about a retired one names its successor. */
export const techniqueSchema = z.string().superRefine((id, context) => {
  if (Object.hasOwn(techniques, id)) return;
  const successor = (retired as Readonly<Record<string, string>>)[id];
  const hint = successor === undefined ? 'see engine/attack.ts for those that are' : `use its successor ${successor}`;
  context.addIssue({ code: 'custom', message: `"${id}" is not a technique of the pinned ATT&CK version; ${hint}` });
});

/** What every rule may say, whether it has conditions or correlates other rules. */
const head = {
  $schema: z.string().optional(),
  id: nameSchema.describe('Equals the file name: <service>-<what-happened>, past tense. Never reused.'),
  title: z.string().min(1).max(120).optional().describe('One line for the alert. Default: the id as words.'),
  description: z.string().min(1).optional().describe('What the attacker gains.'),
  severity: z.enum(severitySchema.options).default('medium').describe('People are alerted from "medium" up.'),
  status: z
    .enum(['experimental', 'test', 'stable'])
    .default('stable')
    .describe('"experimental" reports findings but never alerts or responds; "test" alerts but never responds.'),
  signal: z
    .boolean()
    .default(false)
    .describe('Counts for correlations of other rules and makes no finding of its own.'),
  tags: z.array(nameSchema).default([]).describe('For suppressions that speak of several rules.'),
  attack: z.array(techniqueSchema).default([]).describe('ATT&CK technique ids of the pinned version.'),
  compliance: z
    .record(z.string(), z.array(z.string().min(1)).min(1))
    .default({})
    .describe('Framework of rules/frameworks/ -> controls that the rule serves beside those found by its techniques.'),
  references: z.array(z.url({ protocol: /^https$/, error: 'expected an https address' })).default([]),
  falsePositives: z.array(z.string().min(1)).default([]).describe('Known harmless causes.'),
  message: z.string().min(1).optional().describe('What happened, with {field} places.'),
  respond: z
    .strictObject({
      notify: z
        .array(destinationNameSchema)
        .optional()
        .describe('These destinations whatever the severity; [] for none. Default: all, from "medium" up.'),
      remediate: z
        .array(
          z.strictObject({
            run: remediationNameSchema,
            mode: z
              .enum(runModeSchema.options)
              .optional()
              .describe(
                '"approve" waits for a person, "auto" does not. Default: as docs/remediations.md says of each.',
              ),
          }),
        )
        .default([]),
    })
    .default({ remediate: [] }),
  runbook: z.string().min(1).optional().describe('What to do next, with {field} places.'),
};

const correlatedDedup = z
  .strictObject({ window: durationSchema })
  .optional()
  .describe('How long findings of one group are one. Default: the time span, and at least an hour.');

/** A finding that ends before its window does would be told again and again in one burst. */
const complainOfDedup = (rule: {
  readonly correlation?: Correlation | undefined;
  readonly dedup?: { readonly by?: readonly string[] | undefined; readonly window: string } | undefined;
}): { readonly path: string[]; readonly message: string } | undefined => {
  const { correlation, dedup } = rule;
  if (dedup === undefined) return undefined;
  if (correlation === undefined) {
    if (dedup.by !== undefined) return undefined;
    return { path: ['dedup', 'by'], message: 'expected a list of fields, found nothing' };
  }
  if (dedup.by !== undefined) {
    return {
      path: ['dedup', 'by'],
      message: 'findings of a correlation are one by its "groupBy"; only "window" is left',
    };
  }
  if (durationMs(dedup.window) >= leastWindowMs(correlation)) return undefined;
  return { path: ['dedup', 'window'], message: 'is shorter than the time span: one burst would be several findings' };
};

/** What an author may write in a rule file. Every field but `id` and `conditions` is optional. */
export const ruleSchema = z
  .strictObject({
    ...head,
    events: eventsSchema
      .optional()
      .describe('Event source -> event names, or "*" for all of that source. Absent: every event.'),
    conditions: conditionSchema,
    correlation: correlationSchema.optional().describe('Matches of this rule make a finding only together.'),
    dedup: z
      .strictObject({
        by: z.array(fieldPathSchema).min(1).optional().describe('Matches equal in these fields are one finding.'),
        window: durationSchema,
      })
      .optional(),
  })
  .superRefine((rule, context) => {
    if (rule.correlation?.rules !== undefined) {
      const message = 'a rule with conditions counts its own matches; correlate other rules in one without conditions';
      context.addIssue({ code: 'custom', path: ['correlation', 'rules'], message });
    }
    const complaint = complainOfDedup(rule);
    if (complaint !== undefined) context.addIssue({ code: 'custom', ...complaint });
  });
export type Rule = z.infer<typeof ruleSchema>;

/** A rule about matches of other rules, without conditions of its own. */
export const correlationRuleSchema = z
  .strictObject({ ...head, correlation: correlationSchema, dedup: correlatedDedup })
  .superRefine((rule, context) => {
    if (rule.correlation.rules === undefined) {
      const message = 'expected "conditions", or the ids of the "rules" that it correlates';
      context.addIssue({ code: 'custom', path: ['correlation', 'rules'], message });
    }
    const complaint = complainOfDedup(rule);
    if (complaint !== undefined) context.addIssue({ code: 'custom', ...complaint });
  });
export type CorrelationRule = z.infer<typeof correlationRuleSchema>;

export type AnyRule = Rule | CorrelationRule;

/** Whether a rule has conditions that records match. */
export const hasConditions = (rule: AnyRule): rule is Rule => 'conditions' in rule;
