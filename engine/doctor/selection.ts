import type { AdvancedEventSelector, EventSelector } from '../event-selectors.ts';
import type { ManagementSelection, Selection } from './snapshot.ts';

type FieldSelector = AdvancedEventSelector['FieldSelectors'][number];

/** What a trail with these selectors records. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html */
export const selectionOf = (
  selectors: readonly EventSelector[],
  advanced: readonly AdvancedEventSelector[],
): Selection => ({
  management: [
    ...selectors.filter(({ IncludeManagementEvents }) => IncludeManagementEvents).map(managementOf),
    ...advanced.filter((selector) => isAbout(selector, 'Management')).map(advancedManagementOf),
  ],
  dataOf: [
    ...selectors.flatMap(({ DataResources }) => DataResources.map(({ Type }) => Type)),
    ...advanced
      .filter((selector) => isAbout(selector, 'Data'))
      .flatMap(({ FieldSelectors }) => FieldSelectors)
      .flatMap(({ Field, Equals = [] }) => (Field === 'resources.type' ? Equals : [])),
  ],
});

const managementOf = ({ ReadWriteType, ExcludeManagementEventSources }: EventSelector): ManagementSelection => ({
  reads: ReadWriteType !== 'WriteOnly',
  writes: ReadWriteType !== 'ReadOnly',
  without: ExcludeManagementEventSources,
  narrowedBy: [],
});

const isAbout = ({ FieldSelectors }: AdvancedEventSelector, category: string): boolean =>
  FieldSelectors.some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes(category) === true);

const advancedManagementOf = ({ FieldSelectors }: AdvancedEventSelector): ManagementSelection => {
  const readOnly = FieldSelectors.find(({ Field }) => Field === 'readOnly')?.Equals;
  const excluding = FieldSelectors.filter(isExclusionOfSources);
  const known = ['eventCategory', 'readOnly'];
  return {
    reads: readOnly?.includes('true') ?? true,
    writes: readOnly?.includes('false') ?? true,
    without: excluding.flatMap(({ NotEquals = [] }) => NotEquals),
    narrowedBy: FieldSelectors.filter((selector) => !excluding.includes(selector))
      .map(({ Field }) => Field)
      .filter((field) => !known.includes(field)),
  };
};

/** A field with more than one operator, or another one, chooses in a way that is not told apart here. */
const isExclusionOfSources = ({ Field, NotEquals, ...others }: FieldSelector): boolean =>
  Field === 'eventSource' && NotEquals !== undefined && Object.values(others).every((values) => values === undefined);
