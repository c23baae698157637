import type { Check } from './check.ts';
import type { Complaint } from './complaint.ts';
import type { Looked, RegionSnapshot } from './snapshot.ts';

/** What could not be looked at is said, and never taken for sound. */
export const checkSight: Check = ({ regions, enabledRegions }) => [
  ...('failed' in enabledRegions ? [couldNotLook([], 'enabled regions', enabledRegions.failed)] : []),
  ...regions.flatMap((region) =>
    failuresOf(region).map(({ what, failed }) => couldNotLook([region.region], what, failed)),
  ),
];

const failuresOf = (region: RegionSnapshot): readonly { readonly what: string; readonly failed: string }[] => {
  const subscriptions = [
    ...('seen' in region.subscriptions ? region.subscriptions.seen : []),
    ...('seen' in region.collecting ? region.collecting.seen : []),
  ];
  const looks: readonly (readonly [string, Looked<unknown>])[] = [
    ['trails', region.trails],
    ...('seen' in region.trails ? region.trails.seen : []).flatMap(({ name, status, selection }) => [
      [`status of trail ${name}`, status] as const,
      [`selectors of trail ${name}`, selection] as const,
    ]),
    ['subscriptions', region.subscriptions],
    ['subscriptions of collected events', region.collecting],
    ...subscriptions.map(({ name, targets }) => [`targets of ${name}`, targets] as const),
    ['buses', region.buses],
    ['queues', region.queues],
    ...('seen' in region.queues ? region.queues.seen : []).map(
      ({ name, messages }) => [`messages in ${name}`, messages] as const,
    ),
    ['functions', region.functions],
    ...('seen' in region.functions ? region.functions.seen : []).map(
      ({ name, concurrency }) => [`concurrency of ${name}`, concurrency] as const,
    ),
    ['alarms', region.alarms],
    ['subscribers of the topic', region.audience],
    ['metrics', region.activity],
  ];
  return looks.flatMap(([what, looked]) => ('failed' in looked ? [{ what, failed: looked.failed }] : []));
};

export const couldNotLook = (regions: readonly string[], what: string, failed: string): Complaint => ({
  check: 'could-not-look',
  severity: 'medium',
  regions,
  subject: what,
  says: `Could not look at the ${what}: ${failed}`,
  lost: 'Whether anything is wrong there is not known.',
  rules: [],
  mend: ['Use credentials that may make this call; SecurityAudit, a policy of AWS, allows all that is asked for.'],
});
