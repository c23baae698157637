import * as z from 'zod/mini';
import { type Ask, type AskHere, askIn, looked } from './ask.ts';
import { selectionOf } from './selection.ts';
import type { Selection, Trail } from './snapshot.ts';

const text = z.string();
const texts = z.optional(z.array(text));

const trailsSchema = z.looseObject({
  trailList: z.array(
    z.looseObject({
      Name: text,
      TrailARN: text,
      HomeRegion: text,
    }),
  ),
});
const statusSchema = z.looseObject({ IsLogging: z.boolean(), LatestDeliveryError: z.optional(text) });
const selectorsSchema = z.looseObject({
  EventSelectors: z.optional(
    z.array(
      z.looseObject({
        ReadWriteType: z._default(z.enum(['All', 'ReadOnly', 'WriteOnly']), 'All'),
        IncludeManagementEvents: z._default(z.boolean(), true),
        DataResources: z._default(z.array(z.looseObject({ Type: text, Values: z._default(z.array(text), []) })), []),
        ExcludeManagementEventSources: z._default(z.array(text), []),
      }),
    ),
  ),
  AdvancedEventSelectors: z.optional(
    z.array(
      z.looseObject({
        FieldSelectors: z.array(
          z.object({
            Field: text,
            Equals: texts,
            StartsWith: texts,
            EndsWith: texts,
            NotEquals: texts,
            NotStartsWith: texts,
            NotEndsWith: texts,
          }),
        ),
      }),
    ),
  ),
});

/** The trails that record what is done in a region, those of other regions and of the organization included. */
export const lookAtTrails = async (ask: Ask, region: string): Promise<readonly Trail[]> => {
  const { trailList } = await askIn(ask, region)(
    'cloudtrail:DescribeTrails',
    { includeShadowTrails: true },
    trailsSchema,
  );
  return Promise.all(
    trailList.map(async ({ Name, TrailARN, HomeRegion }): Promise<Trail> => {
      // Elsewhere a trail is only a shadow of itself.
      const atHome = askIn(ask, HomeRegion);
      const [status, selection] = await Promise.all([
        looked(() => lookAtStatus(atHome, TrailARN)),
        looked(() => lookAtSelection(atHome, TrailARN)),
      ]);
      return {
        name: Name,
        arn: TrailARN,
        homeRegion: HomeRegion,
        status,
        selection,
      };
    }),
  );
};

const lookAtStatus = async (ask: AskHere, Name: string) => {
  const { IsLogging, LatestDeliveryError } = await ask('cloudtrail:GetTrailStatus', { Name }, statusSchema);
  // Empty where there is none.
  return { isLogging: IsLogging, deliveryError: LatestDeliveryError || undefined };
};

const lookAtSelection = async (ask: AskHere, TrailName: string): Promise<Selection> => {
  const { EventSelectors = [], AdvancedEventSelectors = [] } = await ask(
    'cloudtrail:GetEventSelectors',
    { TrailName },
    selectorsSchema,
  );
  return selectionOf(EventSelectors, AdvancedEventSelectors);
};
