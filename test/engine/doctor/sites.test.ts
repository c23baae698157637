import { describe, expect, test } from 'vitest';
import {
  complainOfSilentSites,
  readSites,
  siteKeyOf,
  siteMarkExpiry,
  siteTextOf,
} from '../../../engine/doctor/sites.ts';
import { createMemorySignalStore } from '../../../engine/signal-store.ts';

const now = Date.parse('2026-10-14T10:20:00Z');
const hour = 3_600_000;
const member = { account: '444455556666', region: 'eu-west-1' };

/** Complaints after events so many hours ago. */
const complaintsAfter = async (hoursAgo: readonly number[], silenceHours = 6) => {
  const signals = createMemorySignalStore();
  for (const ago of hoursAgo) {
    const time = now - ago * hour;
    await signals.add(siteKeyOf(time), siteTextOf(member), siteMarkExpiry(time), time);
  }
  return complainOfSilentSites(await readSites(signals, now), silenceHours);
};

describe('an account and region', () => {
  test('that is heard of usually and lately is no matter', async () => {
    expect(await complaintsAfter([2, 30, 60, 90])).toEqual([]);
  });

  test('that is heard of usually and not lately is complained of', async () => {
    expect(await complaintsAfter([8, 30, 60, 90])).toMatchObject([
      { check: 'site-silent', severity: 'high', regions: ['eu-west-1'], subject: '444455556666 eu-west-1' },
    ]);
  });

  test('is not silent as long as the hours given for it last', async () => {
    expect(await complaintsAfter([6, 30, 60, 90])).toEqual([]);
    expect(await complaintsAfter([8, 30, 60, 90], 8)).toEqual([]);
    expect(await complaintsAfter([8, 30, 60, 90], 7)).toHaveLength(1);
  });

  test('that was heard of once in a while is not expected to be heard of', async () => {
    expect(await complaintsAfter([8, 9, 10, 30])).toEqual([]);
  });

  test('that was given up a week ago is forgotten', async () => {
    expect(await complaintsAfter([170, 180, 200, 220])).toEqual([]);
  });
});
