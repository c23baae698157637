import type { AwsRead } from '../aws-call.ts';
import {
  type AdvancedEventSelector,
  type EventSelector,
  type EventSelectors,
  eventSelectorsSchema,
} from '../event-selectors.ts';
import { readText } from '../field.ts';
import { stateSchema } from '../state.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation } from './remediation.ts';
import { trailAt } from './trail.ts';

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html */
const maxSelectors = 5;

const allManagementEvents: EventSelector = {
  ReadWriteType: 'All',
  IncludeManagementEvents: true,
  DataResources: [],
  ExcludeManagementEventSources: [],
};
const allManagementEventsAdvanced: AdvancedEventSelector = {
  Name: 'Management events',
  FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }],
};

/**
 * Has a trail record all management events again, as every trail does from its start. Records do not tell the selectors
 * that a call replaced, so those of data events stay as the call left them.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
 */
export const restoreTrailSelectors: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Has the trail whose event selectors the call changed record all management events again',
  doesNotStop:
    'Selectors of data events that the call removed are not known and not put back; what happened meanwhile is not in the trail.',
  actions: {
    reads: ['cloudtrail:GetEventSelectors'],
    calls: ['cloudtrail:PutEventSelectors'],
    undoCalls: ['cloudtrail:PutEventSelectors'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'cloudtrail.amazonaws.com', 'PutEventSelectors');
    if ('refused' in place) return place;
    const trail = trailAt(readText(record, 'requestParameters.trailName'), place);
    if ('refused' in trail) return trail;
    const read: AwsRead = { action: 'cloudtrail:GetEventSelectors', parameters: { TrailName: trail.name } };
    return {
      target: trail,
      reads: [read],
      changes: (stateOf) => {
        const present = eventSelectorsSchema.safeParse(stateOf(read));
        if (!present.success)
          return notApplicable(`there is no trail ${trail.name} any more, or its selectors are new to us`);
        const wanted = withManagementEvents(present.data);
        if ((wanted.EventSelectors ?? []).length > maxSelectors) {
          return notApplicable(`${trail.name} has no room for a selector of management events`);
        }
        const put = (selectors: EventSelectors) =>
          ({
            action: 'cloudtrail:PutEventSelectors',
            parameters: { TrailName: trail.name, ...selectors },
          }) as const;
        return [{ read, to: stateSchema.parse(wanted), call: put(wanted), undo: put(present.data), exactly: true }];
      },
    };
  },
};

const withManagementEvents = ({ EventSelectors = [], AdvancedEventSelectors = [] }: EventSelectors): EventSelectors => {
  if (AdvancedEventSelectors.length > 0) {
    const others = AdvancedEventSelectors.filter(
      ({ FieldSelectors }) =>
        !FieldSelectors.some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes('Management')),
    );
    return { AdvancedEventSelectors: [allManagementEventsAdvanced, ...others] };
  }
  const ofData = EventSelectors.filter(({ DataResources }) => DataResources.length > 0).map((selector) => ({
    ...selector,
    IncludeManagementEvents: false,
    ExcludeManagementEventSources: [],
  }));
  return { EventSelectors: [allManagementEvents, ...ofData] };
};
