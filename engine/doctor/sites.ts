import { plural } from '../plural.ts';
import { awsCommand } from '../shell-word.ts';
import type { SignalStore } from '../signal-store.ts';
import type { Complaint } from './complaint.ts';

/** An account and a region that events come from. */
export type Site = { readonly account: string; readonly region: string };

const hourMs = 3_600_000;
const daysLookedAt = 7;
/** A site that was heard of on so many of these days is one that is heard of usually. */
const usualDays = 3;

export const siteKeyOf = (time: number): string => `site ${Math.floor(time / hourMs)}`;
export const siteTextOf = ({ account, region }: Site): string => `${account} ${region}`;
/** When a mark made at a time has served: a day after the last look that asks for it. */
export const siteMarkExpiry = (time: number): number => time + (daysLookedAt + 1) * 24 * hourMs;

/** What the hours of the last week heard of, the newest first. */
export const readSites = (signals: Pick<SignalStore, 'read'>, now: number): Promise<readonly (readonly string[])[]> => {
  const keys = Array.from({ length: daysLookedAt * 24 }, (_, hour) => siteKeyOf(now - hour * hourMs));
  return signals.read(keys, now);
};

/** Complains of every site that was usually heard of and was not within the last `silenceHours`. */
export const complainOfSilentSites = (
  hours: readonly (readonly string[])[],
  silenceHours: number,
): readonly Complaint[] => {
  const days = Array.from({ length: daysLookedAt }, (_, day) => new Set(hours.slice(day * 24, (day + 1) * 24).flat()));
  // The present hour has hardly begun: it comes on top.
  const lately = new Set(hours.slice(0, silenceHours + 1).flat());
  const usual = [...new Set(hours.flat())].filter((site) => days.filter((day) => day.has(site)).length >= usualDays);
  return usual
    .filter((site) => !lately.has(site))
    .toSorted()
    .map((site) => {
      const [account = '', region = ''] = site.split(' ');
      return {
        check: 'site-silent',
        severity: 'high',
        regions: [region],
        subject: site,
        says: `No event of CloudTrail came from account ${account}, ${region}, for ${plural(silenceHours, 'hour')}; usually some do.`,
        lost: 'Either nothing was done there, or what was done is not detected.',
        rules: [],
        mend: [
          `With credentials of that account: npx trailwire doctor --region ${region}`,
          awsCommand(region, 'cloudtrail', 'describe-trails'),
        ],
      };
    });
};
