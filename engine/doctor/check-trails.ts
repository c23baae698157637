import { awsCommand } from '../shell-word.ts';
import { inEachRegion } from './check.ts';
import type { RegionComplaint } from './complaint.ts';
import type { EventKind } from './event-kind.ts';
import { type Expected, kindsAskedFor, rulesLosingKind } from './expected.ts';
import { homeOfGlobalServices } from './places.ts';
import type { RegionSnapshot, Selection, Trail } from './snapshot.ts';
import { seenOr } from './snapshot.ts';

/** EventBridge gets what a trail of the region records, and nothing when none does. */
export const checkTrails = inEachRegion((region, expected): readonly RegionComplaint[] => {
  const trails = seenOr(region.trails, undefined);
  if (trails === undefined) return [];
  if (trails.length === 0) return [trailMissing(region)];
  const logging = trails.filter(({ status }) => seenOr(status, undefined)?.isLogging === true);
  const isKnown = trails.every(({ status }) => 'seen' in status);
  return [
    ...(isKnown ? trails.filter((trail) => !logging.includes(trail)).map((trail) => trailStopped(trail, logging)) : []),
    ...logging.flatMap(deliveryFailing),
    ...(logging.length > 0 ? trailNarrowed(logging, expected) : []),
  ];
});

const trailMissing = ({ region }: RegionSnapshot): RegionComplaint => ({
  check: 'trail-missing',
  severity: region === homeOfGlobalServices(region) ? 'critical' : 'high',
  subject: 'trail',
  says: 'No trail of CloudTrail covers the region.',
  lost: 'EventBridge gets no event of CloudTrail there: nothing that is done in the region is detected.',
  rules: [],
  mend: [
    awsCommand(
      homeOfGlobalServices(region),
      'cloudtrail',
      'create-trail',
      '--name',
      'management-events',
      '--is-multi-region-trail',
      '--s3-bucket-name',
      'BUCKET',
    ),
    awsCommand(homeOfGlobalServices(region), 'cloudtrail', 'start-logging', '--name', 'management-events'),
  ],
});

const trailStopped = (trail: Trail, logging: readonly Trail[]): RegionComplaint => ({
  check: 'trail-stopped',
  severity: logging.length === 0 ? 'critical' : 'medium',
  subject: trail.name,
  says: `The trail ${trail.name} is not logging.`,
  lost:
    logging.length === 0
      ? 'No other trail logs there: EventBridge gets no event of CloudTrail, and nothing is detected.'
      : `Events still arrive through ${namesOf(logging)}; what this trail alone selects does not, and its log files end.`,
  rules: [],
  mend: [awsCommand(trail.homeRegion, 'cloudtrail', 'start-logging', '--name', trail.arn)],
});

const deliveryFailing = ({ name, arn, homeRegion, status }: Trail): readonly RegionComplaint[] => {
  const error = seenOr(status, undefined)?.deliveryError;
  if (error === undefined) return [];
  return [
    {
      check: 'trail-delivery-failing',
      severity: 'medium',
      subject: name,
      says: `The trail ${name} cannot write its log files: ${error}.`,
      lost: 'Events still arrive, but there will be no log files to investigate with, to replay or to find what EventBridge lost.',
      rules: [],
      mend: [
        awsCommand(homeRegion, 'cloudtrail', 'get-trail-status', '--name', arn),
        'Let the policy of its bucket, and of its key, allow CloudTrail again.',
      ],
    },
  ];
};

/** What none of the logging trails records. */
const trailNarrowed = (logging: readonly Trail[], expected: Expected): readonly RegionComplaint[] => {
  const selections = logging.flatMap(({ selection }) => ('seen' in selection ? [selection.seen] : []));
  if (selections.length < logging.length) return [];
  const management = selections.flatMap((selection) => selection.management);
  const whole = management.filter(({ narrowedBy }) => narrowedBy.length === 0);
  const isRecorded = (source: string, readOnly: boolean): boolean =>
    whole.some((each) => (readOnly ? each.reads : each.writes) && !each.without.includes(source));
  /** No service is called so: what holds of it holds of all that are not named. */
  const anySource = '';
  const narrowed = (
    severity: RegionComplaint['severity'],
    subject: string,
    says: string,
    lost: string,
    isLost: (source: string, kind: EventKind) => boolean,
  ): RegionComplaint => ({
    check: 'trail-narrowed',
    severity,
    subject,
    says,
    lost,
    rules: rulesLosingKind(expected, isLost),
    mend: logging.slice(0, 1).map(selectAll),
  });
  const isManagement = (readOnly: boolean) => (source: string, kind: EventKind) =>
    kind.of === 'management' && kind.readOnly === readOnly && !isRecorded(source, readOnly);

  const fields = [...new Set(management.flatMap(({ narrowedBy }) => narrowedBy))].toSorted();
  if (whole.length === 0) {
    const chosen = fields.length > 0;
    return [
      narrowed(
        chosen ? 'high' : 'critical',
        'management events',
        chosen
          ? `Management events are recorded only where ${fields.join(', ')} are as ${namesOf(logging)} selects.`
          : `No trail records management events; ${namesOf(logging)} does not select them.`,
        chosen
          ? 'Calls that are not selected are not detected; which these are cannot be told from here.'
          : 'Calls that create, change or look at resources are not detected.',
        (_, { of }) => of === 'management',
      ),
    ];
  }
  const isLeftOut = (source: string, readOnly: boolean): boolean =>
    isRecorded(anySource, readOnly) && !isRecorded(source, readOnly);
  const left = [...new Set(management.flatMap(({ without }) => without))].toSorted().flatMap((source) => {
    const [reads, writes] = [isLeftOut(source, true), isLeftOut(source, false)];
    if (!reads && !writes) return [];
    return [{ source, events: reads && writes ? 'Events' : reads ? 'Read-only events' : 'Write events' }];
  });
  return [
    ...(isRecorded(anySource, true)
      ? []
      : [
          narrowed(
            'high',
            'read-only events',
            `No trail records calls that only read; ${namesOf(logging)} selects writes.`,
            'Reading secrets, assuming roles and looking around are not detected.',
            isManagement(true),
          ),
        ]),
    ...(isRecorded(anySource, false)
      ? []
      : [
          narrowed(
            'critical',
            'write events',
            `No trail records calls that change something; ${namesOf(logging)} selects reads.`,
            'Changes of the account are not detected.',
            isManagement(false),
          ),
        ]),
    ...left.map(({ source, events }) =>
      narrowed(
        'medium',
        source,
        `${events} of ${source} are left out by ${namesOf(logging)}.`,
        `What is done at ${source} is not detected.`,
        (eventSource, kind) => eventSource === source && kind.of === 'management' && isLeftOut(source, kind.readOnly),
      ),
    ),
    ...dataNotRecorded(logging, selections, expected),
  ];
};

const dataNotRecorded = (
  logging: readonly Trail[],
  selections: readonly Selection[],
  expected: Expected,
): readonly RegionComplaint[] => {
  const recorded = new Set(selections.flatMap(({ dataOf }) => dataOf));
  const asked = kindsAskedFor(expected).flatMap((kind) => (kind.of === 'data' ? [kind.type] : []));
  const missing = [...new Set(asked)].filter((type) => !recorded.has(type)).toSorted();
  return missing.map((type) => ({
    check: 'data-events-not-recorded',
    severity: 'low',
    subject: type,
    says: `No trail records data events of ${type}.`,
    lost: 'Rules that ask for them stay silent. Data events cost money for each event: leave it so if you do not need them.',
    rules: rulesLosingKind(expected, (_, kind) => kind.of === 'data' && kind.type === type),
    mend: logging
      .slice(0, 1)
      .map(
        ({ homeRegion, arn }) =>
          `${awsCommand(homeRegion, 'cloudtrail', 'get-event-selectors', '--trail-name', arn)}, then put them back with data events of ${type}`,
      ),
  }));
};

const namesOf = (trails: readonly Trail[]): string => trails.map(({ name }) => name).join(', ');

const selectAll = ({ homeRegion, arn }: Trail): string => {
  const all = '[{"ReadWriteType":"All","IncludeManagementEvents":true}]';
  const command = awsCommand(
    homeRegion,
    'cloudtrail',
    'put-event-selectors',
    '--trail-name',
    arn,
    '--event-selectors',
    all,
  );
  return `${command} (it takes the place of all selectors: add those for data events that are there)`;
};
