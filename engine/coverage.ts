import * as z from 'zod';
import { nameSchema } from './name-schema.ts';
import { eventsSchema } from './rule.ts';

const detectionSchema = z
  .strictObject({
    detects: z.string().min(1).describe('What happens, in a few words.'),
    events: eventsSchema.optional().describe('Where CloudTrail tells of it. Absent: any event, or none.'),
    rules: z.array(nameSchema).min(1).optional().describe('The rules that find it, together.'),
    leftOut: z
      .string()
      .regex(/^[A-Z].{30,}\.$/, 'expected a sentence that says why no rule finds it')
      .optional()
      .describe('Why no rule finds it, as a sentence.'),
  })
  .refine(({ rules, leftOut }) => (rules === undefined) !== (leftOut === undefined), {
    message: 'expected exactly one of "rules" and "leftOut"',
  });

/** `rules/coverage.json`: what is known to be worth finding in CloudTrail, and what became of it. */
export const coverageSchema = z.strictObject({
  $schema: z.string().optional(),
  detections: z.record(z.string().regex(/^D\d{3}$/, 'expected an id such as "D001"'), detectionSchema),
});
export type Coverage = z.infer<typeof coverageSchema>;
export type Detection = Coverage['detections'][string];
