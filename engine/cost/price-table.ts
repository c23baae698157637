import * as z from 'zod';

const priceSchema = z.strictObject({
  /** For so many of the unit as `per` says. */
  price: z.number().nonnegative(),
  per: z.number().positive(),
  unit: z.string(),
  source: z.url(),
});

const priced = [
  'lambdaRequests',
  'lambdaDuration',
  'busEvents',
  'archiveWrites',
  'archiveStorage',
  'tableReads',
  'tableWrites',
  'topicMessages',
  'emails',
  'queueRequests',
  'objectReads',
  'logBytes',
  'metrics',
  'alarms',
] as const;

/** What AWS asks for in one region on a day, without free tiers and discounts. */
export const priceTableSchema = z.strictObject({
  region: z.string(),
  currency: z.literal('USD'),
  asOf: z.iso.date(),
  prices: z.record(z.enum(priced), priceSchema),
});
export type PriceTable = z.infer<typeof priceTableSchema>;
export type Priced = (typeof priced)[number];
