import * as z from 'zod/mini';
import { EventError } from '../engine/errors.ts';
import { activitySchema, findingSchema } from '../engine/ocsf.ts';
import { activityDetailType, busSource, findingDetailType } from './bus-names.ts';

/** What arrives from the finding bus. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
const busEventSchema = z.discriminatedUnion('detail-type', [
  z.looseObject({
    source: z.literal(busSource),
    'detail-type': z.literal(findingDetailType),
    detail: findingSchema,
  }),
  z.looseObject({
    source: z.literal(busSource),
    'detail-type': z.literal(activityDetailType),
    detail: activitySchema,
  }),
]);
export type BusEvent = z.infer<typeof busEventSchema>;

/** Parses an event of the finding bus. Throws EventError naming the first field that is wrong. */
export const parseBusEvent = (event: unknown): BusEvent => {
  const result = busEventSchema.safeParse(event);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new EventError(
    'EVENT_UNREADABLE',
    `not an event of the finding bus: ${issue?.path.join('.')}: ${issue?.message}`,
  );
};
