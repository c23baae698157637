import * as z from 'zod';
import { retired, techniques } from './attack.ts';
import { conditionSchema } from './condition.ts';
import { destinationNameSchema } from './destination.ts';
import { durationSchema } from './duration.ts';
import { fieldPathSchema, nameSchema } from './name-schema.ts';
import { remediationNameSchema } from './remediations/name.ts';
import { severitySchema } from './severity.ts';

const eventSource = z
  .string()
  .regex(/^[a-z0-9.-]+\.amazonaws\.com$/, 'expected an event source such as "iam.amazonaws.com"');
const eventName = z
  .string()
  .regex(/^[A-Za-z0-9_]+\*?$/, 'expected an event name such as "CreateUser", or its beginning and "*"');

const technique = z.string().superRefine((id, context) => {
  if (Object.hasOwn(techniques, id)) return;
  const successor = (retired as Readonly<Record<string, string>>)[id];
  const hint = successor === undefined ? 'see engine/attack.ts for those that are' : `use its successor ${successor}`;
  context.addIssue({ code: 'custom', message: `"${id}" is not a technique of the pinned ATT&CK version; ${hint}` });
});

/** What an author may write in a rule file. Every field but `id` and `conditions` is optional. */
export const ruleSchema = z.strictObject({
  $schema: z.string().optional(),
  id: nameSchema.describe('Equals the file name: <service>-<what-happened>, past tense. Never reused.'),
  title: z.string().min(1).max(120).optional().describe('One line for the alert. Default: the id as words.'),
  description: z.string().min(1).optional().describe('What the attacker gains.'),
  severity: z.enum(severitySchema.options).default('medium').describe('People are alerted from "medium" up.'),
  status: z
    .enum(['experimental', 'test', 'stable'])
    .default('stable')
    .describe('"experimental" reports findings but never alerts or responds; "test" alerts but never responds.'),
  tags: z.array(nameSchema).default([]).describe('For suppressions that speak of several rules.'),
  attack: z.array(technique).default([]).describe('ATT&CK technique ids of the pinned version.'),
  compliance: z
    .record(z.string(), z.array(z.string().min(1)).min(1))
    .default({})
    .describe('Framework -> controls, such as {"cis-aws": ["4.10"]} (CIS AWS Foundations 5.0 numbers).'),
  references: z.array(z.url({ protocol: /^https$/, error: 'expected an https address' })).default([]),
  falsePositives: z.array(z.string().min(1)).default([]).describe('Known harmless causes.'),
  events: z
    .record(eventSource, z.union([z.literal('*'), z.array(eventName).min(1)]))
    .optional()
    .describe('Event source -> event names, or "*" for all of that source. Absent: every event.'),
  conditions: conditionSchema,
  message: z.string().min(1).optional().describe('What happened, with {field} places.'),
  dedup: z
    .strictObject({
      by: z.array(fieldPathSchema).min(1).describe('Matches equal in these fields are one finding.'),
      window: durationSchema,
    })
    .optional(),
  respond: z
    .strictObject({
      notify: z
        .array(destinationNameSchema)
        .optional()
        .describe('These destinations whatever the severity; [] for none. Default: all, from "medium" up.'),
      remediate: z.array(z.strictObject({ run: remediationNameSchema })).default([]),
    })
    .default({ remediate: [] }),
  runbook: z.string().min(1).optional().describe('What to do next, with {field} places.'),
});

export type Rule = z.infer<typeof ruleSchema>;
