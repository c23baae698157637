import * as z from 'zod';
import { durationExpected, durationForm, durationMs } from '../duration.ts';
import { nameSchema } from '../name-schema.ts';
import { isKeyField } from './key-field.ts';
import { correlationTypes } from './types.ts';

const keyField = z
  .string()
  .refine(isKeyField, 'expected a field path such as "sourceIPAddress", "one|other" or "network:sourceIPAddress"');

/** State is kept for twice the time span and the allowed lateness: a week is what a store is asked to hold. */
const maxTimespanMs = durationMs('7d');
/** What is learnt of a group is kept for half a year after it was seen last (`new-value.ts`). */
const maxLookbackMs = durationMs('90d');
/** A finding names how many signals it took, and a store keeps twice as many for a group. */
const maxCount = 200;

const span = (least: string, most: number) =>
  z
    .string()
    .regex(durationForm, { error: durationExpected, abort: true })
    .refine(
      (text) => durationMs(text) >= durationMs(least) && durationMs(text) <= most,
      `expected ${least} to ${most / durationMs('1d')}d: state is not kept for longer`,
    );
const timespan = span('1s', maxTimespanMs).describe('The window that slides over the matches, by event time.');

const onlyRising =
  'a finding is told at once, and no later record may make it untrue; only "gte" and "gt" stay true as matches come in';
const condition = (least: number, most: number, says: string) =>
  z
    .strictObject({
      gte: z.int().optional().describe(says),
      gt: z.int().optional(),
      ...Object.fromEntries(['lt', 'lte', 'eq', 'neq'].map((name) => [name, z.never(onlyRising).optional()])),
    })
    .superRefine(({ gte, gt }, context) => {
      const complain = (message: string, path: string[] = []): void =>
        context.addIssue({ code: 'custom', path, message });
      if ((gte === undefined) === (gt === undefined)) return complain('expected exactly one of "gte" and "gt"');
      const count = gte ?? (gt ?? 0) + 1;
      const at = [gte === undefined ? 'gt' : 'gte'];
      if (count < least)
        complain(`${count} would be met by ${count < 1 ? 'nothing' : 'a single match'}; take ${least} or more`, at);
      if (count > most) complain(`can never hold: a group keeps the first and last ${most} of a window`, at);
    });

const parts = {
  rules: z
    .array(nameSchema)
    .min(1)
    .max(10)
    .optional()
    .describe('Ids of the rules whose matches count. Absent: the matches of this rule itself.'),
  aliases: z
    .record(nameSchema, z.record(nameSchema, keyField))
    .default({})
    .describe('Alias -> rule id -> field: what is one thing and has another name in the records of each rule.'),
  groupBy: z
    .array(keyField)
    .max(5)
    .default([])
    .describe('Fields or aliases; matches equal in all of them count together. A match that lacks one does not count.'),
};
const field = keyField.describe('The field, or alias, whose values count.');
const severalRules = z.array(nameSchema).min(2).max(10).describe('Ids of the rules that must all have matched.');
const lookback = (least: string) => span(least, maxLookbackMs).describe('How far back the past counts.');
const learning = (least: string) =>
  span(least, maxLookbackMs).describe('A group is quiet until it has been seen for this long.');

const learnsWithinLookback = ({
  lookback,
  learning,
}: {
  readonly lookback: string;
  readonly learning: string;
}): boolean => durationMs(learning) <= durationMs(lookback);
const tooLongToLearn = { path: ['learning'], message: 'can never hold: it is longer than "lookback"' };

const expectedType = `expected one of ${correlationTypes.map((type) => JSON.stringify(type)).join(', ')}`;

/** What makes several matches one finding. Types and field names are Sigma's; `new_value` and `spike` are added. https://sigmahq.io/docs/meta/correlations.html */
export const correlationSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('event_count'),
      ...parts,
      timespan,
      condition: condition(2, maxCount, 'The least number of matches.'),
    }),
    z.strictObject({
      type: z.literal('value_count'),
      ...parts,
      field,
      timespan,
      condition: condition(2, maxCount, 'The least number of distinct values of "field".'),
    }),
    z.strictObject({ type: z.literal('temporal'), ...parts, rules: severalRules, timespan }),
    z.strictObject({ type: z.literal('temporal_ordered'), ...parts, rules: severalRules, timespan }),
    z
      .strictObject({
        type: z.literal('new_value'),
        ...parts,
        field,
        lookback: lookback('1d'),
        learning: learning('1d'),
      })
      .refine(learnsWithinLookback, tooLongToLearn),
    z
      .strictObject({
        type: z.literal('spike'),
        ...parts,
        timespan: span('30m', maxTimespanMs).describe(
          'What is compared: the matches of this time with those of such times before.',
        ),
        lookback: lookback('1d'),
        learning: learning('2h'),
        condition: condition(2, 100_000, 'The least number of matches, however quiet the group was.'),
        deviations: z
          .number()
          .min(1)
          .max(100)
          .default(5)
          .describe('How far above its usual rate: see docs/correlation.md.'),
      })
      .refine(learnsWithinLookback, tooLongToLearn)
      .refine(({ timespan, lookback }) => windowsIn(lookback, timespan) >= 3 && windowsIn(lookback, timespan) <= 60, {
        path: ['lookback'],
        message: 'expected 3 to 60 times "timespan": fewer say nothing of the usual rate, more cost too much to read',
      }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? expectedType : undefined) },
);
export type Correlation = z.infer<typeof correlationSchema>;
export type CorrelationType = Correlation['type'];
export type CorrelationOf<Type extends CorrelationType> = Extract<Correlation, { readonly type: Type }>;

const windowsIn = (lookback: string, timespan: string): number =>
  Math.floor(durationMs(lookback) / durationMs(timespan));
