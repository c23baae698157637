import * as z from 'zod/mini';

/** Where alerts can go. `functions/destinations/index.ts` has one sender for each. */
export const destinationNameSchema = z.enum(['sns', 'slack']);
export type DestinationName = z.infer<typeof destinationNameSchema>;
