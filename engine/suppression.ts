import * as z from 'zod';
import { conditionSchema } from './condition.ts';
import { nameSchema } from './name-schema.ts';

const target = z.union([nameSchema, z.array(nameSchema).min(1)]);

/** A reviewed, expiring statement that some matches are expected. */
export const suppressionSchema = z
  .strictObject({
    rule: target.optional().describe('A rule id, or a list of them.'),
    tag: nameSchema.optional().describe('All rules with this tag.'),
    when: conditionSchema,
    reason: z.string().min(1),
    owner: z.string().min(1).describe('Who answers for it.'),
    expires: z.iso
      .date('expected a day that there is, such as "2027-01-31"')
      .describe('The last day (UTC) on which it works.'),
  })
  .refine((value) => (value.rule === undefined) !== (value.tag === undefined), {
    message: 'expected exactly one of "rule" and "tag"',
  });
export type Suppression = z.infer<typeof suppressionSchema>;

/** `rules/suppressions.json`. */
export const suppressionsSchema = z.strictObject({
  $schema: z.string().optional(),
  suppressions: z.array(suppressionSchema),
});
