import type { Complaint, RegionComplaint } from './complaint.ts';
import type { Expected } from './expected.ts';
import { detectPrefix, forwardPrefix, parts } from './parts.ts';
import type { AccountSnapshot, RegionSnapshot } from './snapshot.ts';
import { seenOr } from './snapshot.ts';

/** Looks at an account for one kind of fault. */
export type Check = (snapshot: AccountSnapshot, expected: Expected) => readonly Complaint[];

/** A check that looks at each region by itself. */
export const inEachRegion =
  (check: (region: RegionSnapshot, expected: Expected) => readonly RegionComplaint[]): Check =>
  ({ regions }, expected) =>
    regions.flatMap((region) =>
      check(region, expected).map((complaint) => ({ ...complaint, regions: [region.region] })),
    );

/** What Trailwire does in a region: detect by itself, forward events to where it does, or neither; `undefined` when that cannot be seen. */
export const roleOf = (region: RegionSnapshot): 'detects' | 'forwards' | 'nothing' | undefined => {
  const { subscriptions, buses, functions } = region;
  const has = (prefix: string): boolean => seenOr(subscriptions, []).some(({ name }) => name.startsWith(prefix));
  const isDeployed =
    seenOr(functions, []).some(({ name }) => name === 'trailwire-detect') ||
    seenOr(buses, []).some(({ name }) => name === parts.findingBus);
  if (has(detectPrefix) || isDeployed) return 'detects';
  if (has(forwardPrefix)) return 'forwards';
  return [subscriptions, buses, functions].some((looked) => 'failed' in looked) ? undefined : 'nothing';
};
