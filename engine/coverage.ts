import * as z from 'zod';
import { nameSchema } from './name-schema.ts';
import { eventsSchema, techniqueSchema } from './rule.ts';

/** Why no rule finds something, for people who have to answer for it. */
export const leftOutSchema = z
  .string()
  .regex(/^[A-Z].{30,}\.$/, 'expected a sentence that says why no rule finds it')
  .describe('Why no rule finds it, as a sentence.');

const detectionSchema = z
  .strictObject({
    detects: z.string().min(1).describe('What happens, in a few words.'),
    events: eventsSchema.optional().describe('Where CloudTrail tells of it. Absent: any event, or none.'),
    rules: z.array(nameSchema).min(1).optional().describe('The rules that find it, together.'),
    leftOut: leftOutSchema.optional(),
  })
  .refine(({ rules, leftOut }) => (rules === undefined) !== (leftOut === undefined), {
    message: 'expected exactly one of "rules" and "leftOut"',
  });

/** `rules/coverage.json`: what is known to be worth finding in CloudTrail, and what became of it. */
export const coverageSchema = z.strictObject({
  $schema: z.string().optional(),
  families: z
    .record(
      z.string().regex(/^[A-Z]$/, 'expected the letter that ids of detections begin with'),
      z.strictObject({
        title: z.string().min(1).describe('Where these detections are known from.'),
        of: z.int().min(1).describe('How many there are: those without an entry are not decided.'),
      }),
    )
    .default({})
    .describe('Letter -> the detections whose ids begin with it.'),
  techniques: z
    .record(techniqueSchema, leftOutSchema)
    .default({})
    .describe('Technique of ATT&CK that no rule names -> why.'),
  detections: z.record(z.string().regex(/^[A-Z]\d{3}$/, 'expected an id such as "D001"'), detectionSchema),
});
export type Coverage = z.infer<typeof coverageSchema>;
export type Detection = Coverage['detections'][string];
