import { plural } from '../plural.ts';
import { awsCommand } from '../shell-word.ts';
import { inEachRegion, roleOf } from './check.ts';
import type { RegionComplaint } from './complaint.ts';
import { seenOr } from './snapshot.ts';

/** Events arrive, and the function that takes them neither fails nor waits. */
export const checkActivity = inEachRegion((region): readonly RegionComplaint[] => {
  const activity = seenOr(region.activity, undefined);
  if (activity === undefined || roleOf(region) !== 'detects') return [];
  const { hours, invocations, errors, throttles } = activity;
  const within = `within ${plural(hours, 'hour')}`;
  const about = { subject: 'trailwire-detect', rules: [] } as const;
  const log = awsCommand(region.region, 'logs', 'tail', '/aws/lambda/trailwire-detect', '--since', `${hours}h`);
  return [
    ...(invocations > 0
      ? []
      : [
          {
            ...about,
            check: 'events-silent',
            severity: 'high',
            says: `No event of CloudTrail arrived ${within}.`,
            lost: 'Either nothing was done in the region, or what was done is not detected.',
            mend: [
              `Do something that is recorded, and look again after five minutes: ${awsCommand(region.region, 'cloudtrail', 'describe-trails')}`,
              'What else is wrong here says why.',
            ],
          } as const,
        ]),
    ...(errors === 0
      ? []
      : [
          {
            ...about,
            check: 'function-failing',
            severity: 'medium',
            says: `trailwire-detect failed ${plural(errors, 'time')} ${within}.`,
            lost: 'Lambda tries an event three times, then parks it in trailwire-failed.',
            mend: [log],
          } as const,
        ]),
    ...(throttles === 0
      ? []
      : [
          {
            ...about,
            check: 'function-throttled',
            severity: 'medium',
            says: `trailwire-detect was throttled ${plural(throttles, 'time')} ${within}.`,
            lost: 'Findings come late, and after six hours events are parked in trailwire-failed.',
            mend: [awsCommand(region.region, 'lambda', 'get-account-settings', '--query', 'AccountLimit')],
          } as const,
        ]),
  ];
});
