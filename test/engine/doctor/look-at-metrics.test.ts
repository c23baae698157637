import { describe, expect, it } from 'vitest';
import { type Ask, askIn } from '../../../engine/doctor/ask.ts';
import { lookAtMetrics } from '../../../engine/doctor/look-at-metrics.ts';

const at = Date.parse('2026-10-14T10:50:00Z');
const minuteMs = 60_000;

type Point = { readonly minutesAgo: number; readonly value: number };
type Request = {
  readonly MetricDataQueries: readonly {
    readonly Id: string;
    readonly MetricStat: {
      readonly Metric: { readonly MetricName: string };
      readonly Period: number;
      readonly Stat: string;
    };
  }[];
};

/** What CloudWatch makes of points: one value for each period that has any, the newest first. */
const cloudWatch =
  (points: Readonly<Record<string, readonly Point[]>>): Ask =>
  async (_read, _region, request) => ({
    MetricDataResults: (request as Request).MetricDataQueries.map(({ Id, MetricStat: { Metric, Period, Stat } }) => {
      const periods = Map.groupBy(points[Metric.MetricName] ?? [], ({ minutesAgo }) =>
        Math.floor((at - minutesAgo * minuteMs) / (Period * 1_000)),
      );
      const Values = [...periods]
        .toSorted(([one], [other]) => other - one)
        .map(([, within]) => within.map(({ value }) => value))
        .map((values) => (Stat === 'Sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values)));
      return { Id, Values };
    }),
  });
const look = (points: Parameters<typeof cloudWatch>[0]) =>
  lookAtMetrics(askIn(cloudWatch(points), 'us-east-1'), { queues: ['trailwire-checks'], hours: 24, at });

describe('what CloudWatch counted', () => {
  it('is summed over the hours that are looked at', async () => {
    const Invocations = [0, 90, 600].map((minutesAgo) => ({ minutesAgo, value: 2 }));
    expect(await look({ Invocations })).toMatchObject({ invocations: 6, errors: 0, throttles: 0 });
  });

  it('has the age of the oldest message that waits now, not of one that was worked on since', async () => {
    const waited = { minutesAgo: 40, value: 2_400 };
    const ApproximateAgeOfOldestMessage = [waited, { minutesAgo: 1, value: 0 }];
    expect((await look({ ApproximateAgeOfOldestMessage })).oldest).toEqual(new Map([['trailwire-checks', 0]]));
    expect((await look({ ApproximateAgeOfOldestMessage: [waited] })).oldest.get('trailwire-checks')).toBe(2_400);
  });

  it('says nothing of a queue without points', async () => {
    expect((await look({})).oldest).toEqual(new Map());
  });
});
