import { describe, expect, it } from 'vitest';
import { siteKeyOf } from '../../engine/doctor/sites.ts';
import { createMemorySignalStore } from '../../engine/signal-store.ts';
import { createTelemetry } from '../../functions/log.ts';
import { createSiteMarks } from '../../functions/site-marks.ts';

const start = Date.parse('2026-10-14T10:20:00Z');
const event = { account: '444455556666', region: 'eu-west-1' };

const begin = (fails = false) => {
  const signals = createMemorySignalStore();
  let now = start;
  let writes = 0;
  const mark = createSiteMarks({
    connect: async () => ({
      signals: {
        add: async (...signal) => {
          writes += 1;
          if (fails) throw new Error('the table is away');
          return signals.add(...signal);
        },
      },
    }),
    telemetry: createTelemetry('detect'),
    now: () => now,
  });
  return {
    mark,
    pass: (ms: number) => {
      now += ms;
    },
    writes: () => writes,
    marksOf: async () => (await signals.read([siteKeyOf(now)], now))[0],
  };
};

describe('marks of where events come from', () => {
  it('are made once an hour for each account and region', async () => {
    const { mark, pass, writes, marksOf } = begin();
    await mark(event);
    await mark(event);
    await mark({ ...event, region: 'us-east-1' });
    expect(await marksOf()).toEqual(['444455556666 eu-west-1', '444455556666 us-east-1']);
    expect(writes()).toBe(2);
    pass(3_600_000);
    await mark(event);
    expect(await marksOf()).toEqual(['444455556666 eu-west-1']);
    expect(writes()).toBe(3);
  });

  it('are not made of what does not come from EventBridge', async () => {
    const { mark, writes } = begin();
    for (const other of [undefined, {}, { Records: [] }, { account: 'x y', region: 'eu-west-1' }]) await mark(other);
    expect(writes()).toBe(0);
  });

  it('that cannot be made keep nothing from being detected, and are tried again with the next event', async () => {
    const { mark, writes } = begin(true);
    await mark(event);
    await mark(event);
    expect(writes()).toBe(2);
  });
});
