import * as z from 'zod';
import { conditionSchema } from './condition.ts';
import { nameSchema } from './leaf-value.ts';

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

const dayMs = 86_400_000;

/** Whether a suppression has stopped working at a time (ms since 1970): from the end of its last day, UTC. */
export const isExpired = (suppression: Suppression, at: number): boolean =>
  at >= Date.parse(suppression.expires) + dayMs;

/** Whether a suppression speaks of a rule. */
export const isAbout = (
  suppression: Suppression,
  rule: { readonly id: string; readonly tags: readonly string[] },
): boolean =>
  suppression.tag === undefined ? [suppression.rule].flat().includes(rule.id) : rule.tags.includes(suppression.tag);
