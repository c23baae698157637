/** LookupEvents takes two requests a second of an account in a region. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html */
const msBetween = 500;

/** Gives turns half a second apart, the first at once. */
export const createTurns = (now: () => number, wait: (ms: number) => Promise<unknown>): (() => Promise<void>) => {
  let free = 0;
  return async () => {
    const at = Math.max(now(), free);
    free = at + msBetween;
    if (at > now()) await wait(at - now());
  };
};
