import * as z from 'zod/mini';

const text = z.string();
const texts = z.array(text);

const eventSelectorSchema = z.strictObject({
  ReadWriteType: z.enum(['All', 'ReadOnly', 'WriteOnly']),
  IncludeManagementEvents: z.boolean(),
  DataResources: z.array(z.strictObject({ Type: text, Values: texts })),
  ExcludeManagementEventSources: texts,
});
export type EventSelector = z.infer<typeof eventSelectorSchema>;

const fieldSelectorSchema = z.strictObject({
  Field: text,
  Equals: z.optional(texts),
  StartsWith: z.optional(texts),
  EndsWith: z.optional(texts),
  NotEquals: z.optional(texts),
  NotStartsWith: z.optional(texts),
  NotEndsWith: z.optional(texts),
});
const advancedEventSelectorSchema = z.strictObject({
  Name: z.optional(text),
  FieldSelectors: z.array(fieldSelectorSchema),
});
export type AdvancedEventSelector = z.infer<typeof advancedEventSelectorSchema>;

export const eventSelectors = {
  EventSelectors: z.optional(z.array(eventSelectorSchema)),
  AdvancedEventSelectors: z.optional(z.array(advancedEventSelectorSchema)),
};

/** What a trail records: of the two kinds of selectors a trail has one. */
export const eventSelectorsSchema = z
  .strictObject(eventSelectors)
  .check(z.refine((selectors) => Object.keys(selectors).length > 0, 'expected selectors of one kind'));
export type EventSelectors = z.infer<typeof eventSelectorsSchema>;
