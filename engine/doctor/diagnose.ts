import { severityId } from '../severity.ts';
import type { Check } from './check.ts';
import { checkActivity } from './check-activity.ts';
import { checkAlarms } from './check-alarms.ts';
import { checkBuses } from './check-buses.ts';
import { checkFunctions } from './check-functions.ts';
import { checkQueues } from './check-queues.ts';
import { checkRegions } from './check-regions.ts';
import { checkSight } from './check-sight.ts';
import { checkSubscriptions } from './check-subscriptions.ts';
import { checkTrails } from './check-trails.ts';
import type { Complaint } from './complaint.ts';
import type { Expected } from './expected.ts';
import type { AccountSnapshot } from './snapshot.ts';

const checks: readonly Check[] = [
  checkTrails,
  checkSubscriptions,
  checkRegions,
  checkFunctions,
  checkBuses,
  checkQueues,
  checkActivity,
  checkAlarms,
  checkSight,
];

/** Everything that is wrong with an account, the worst first; what is the same in several regions is said once. */
export const diagnose = (snapshot: AccountSnapshot, expected: Expected): readonly Complaint[] => {
  const all = checks.flatMap((check) => check(snapshot, expected));
  const groups = Map.groupBy(all, ({ regions: _, ...what }) => JSON.stringify(what));
  return [...groups.values()]
    .flatMap(([first, ...others]) =>
      first === undefined
        ? []
        : [{ ...first, regions: [...first.regions, ...others.flatMap(({ regions }) => regions)] }],
    )
    .toSorted((one, other) => severityId(other.severity) - severityId(one.severity));
};
