import { type Ask, askIn, looked } from './ask.ts';
import { lookAtQueues } from './look-at-queues.ts';
import { lookAtSubscriptions } from './look-at-subscriptions.ts';
import { lookAtTrails } from './look-at-trails.ts';
import { forwardDeadLetters, forwardPrefix } from './parts.ts';
import type { RegionSnapshot } from './snapshot.ts';

/** What only the central stack has: nobody looks for it in a member, whose role would not let them. */
const nothingCentral = {
  collecting: { seen: [] },
  buses: { seen: [] },
  functions: { seen: [] },
  alarms: { seen: [] },
  audience: { seen: undefined },
  activity: { seen: { hours: 0, invocations: 0, errors: 0, throttles: 0, oldest: new Map<string, number>() } },
} as const;

/** Looks at what a member account forwards from a region: its trails, the subscriptions, and what could not be sent. */
export const lookAtMember = async (askAnywhere: Ask, region: string): Promise<RegionSnapshot> => {
  const ask = askIn(askAnywhere, region);
  const [trails, subscriptions, queues] = await Promise.all([
    looked(() => lookAtTrails(askAnywhere, region)),
    looked(() => lookAtSubscriptions(ask, 'default', forwardPrefix)),
    looked(() => lookAtQueues(ask, forwardDeadLetters)),
  ]);
  return { region, trails, subscriptions, queues, ...nothingCentral };
};
