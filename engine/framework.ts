import * as z from 'zod';
import { leftOutSchema } from './coverage.ts';
import { nameSchema } from './name-schema.ts';
import { eventsSchema, techniqueSchema } from './rule.ts';

const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).optional();

/** What rules do that controls ask for, whatever it is they find. */
export const deeds = ['reports', 'correlates', 'learns', 'responds'] as const;
export type Deed = (typeof deeds)[number];

const servedBySchema = z
  .strictObject({
    does: some(z.enum(deeds)).describe(
      '"reports": every rule. "correlates": those about several records. "learns": those on what is new or unusual. "responds": those with a response.',
    ),
    itsEvents: z.literal(true).optional().describe('Rules on events that the control names, and on no others.'),
    attack: some(techniqueSchema).describe('Rules with one of these techniques, or a sub-technique of one.'),
    services: some(nameSchema).describe('Rules in these folders.'),
    tags: some(nameSchema).describe('Rules with one of these tags.'),
    rules: some(nameSchema).describe('These rules.'),
  })
  .refine((servedBy) => Object.values(servedBy).some((part) => part !== undefined), 'would serve by no rule at all');

const controlSchema = z
  .strictObject({
    title: z.string().min(1).max(120).describe('In a few words of our own: the text is its publisher’s.'),
    servedBy: servedBySchema.optional().describe('Which rules serve it, beside those that name it themselves.'),
    events: eventsSchema
      .optional()
      .describe('Events that it names: it is covered when each is seen by one of its rules.'),
    sameAs: z
      .strictObject({ framework: nameSchema, control: z.string().min(1) })
      .optional()
      .describe('The control of another framework that asks for the same.'),
    leftOut: leftOutSchema.optional(),
  })
  .refine(({ servedBy, events }) => servedBy?.itsEvents === undefined || events !== undefined, {
    path: ['servedBy', 'itsEvents'],
    message: 'needs "events"',
  })
  .refine(({ leftOut, servedBy, events, sameAs }) => leftOut === undefined || !(servedBy || events || sameAs), {
    path: ['leftOut'],
    message: 'says that no rule serves it; remove this, or "servedBy", "events" and "sameAs"',
  })
  .refine(({ sameAs, servedBy, events }) => sameAs === undefined || !(servedBy || events), {
    path: ['sameAs'],
    message: 'takes "servedBy" and "events" from the other control; remove them here',
  });
export type Control = z.infer<typeof controlSchema>;

/** `rules/frameworks/<name>.json`: the controls of a standard that watching CloudTrail can serve, and those next to them that it cannot. */
export const frameworkSchema = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().min(1),
  version: z.string().min(1),
  source: z.url({ protocol: /^https$/, error: 'expected an https address' }).describe('Where its publisher has it.'),
  scope: z.string().min(1).describe('Which part of it is looked at here, and why not the rest.'),
  controls: z.record(
    z.string().regex(/^[A-Za-z0-9.()-]+$/, 'expected a number such as "4.10" or "AC-2(4)"'),
    controlSchema,
  ),
});
export type Framework = z.infer<typeof frameworkSchema>;
