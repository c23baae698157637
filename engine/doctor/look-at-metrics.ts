import * as z from 'zod/mini';
import type { AskHere } from './ask.ts';
import type { Activity } from './snapshot.ts';

const dataSchema = z.looseObject({
  MetricDataResults: z._default(
    z.array(z.looseObject({ Id: z.string(), Values: z._default(z.array(z.number()), []) })),
    [],
  ),
});

const hourMs = 3_600_000;
/** The last of these is taken for now: within an hour, a message that was worked on since would still seem to wait. */
const waitPeriodSeconds = 300;

/** What CloudWatch counted in the last `hours` before `at` (ms since 1970), and how long messages wait now. */
export const lookAtMetrics = async (
  ask: AskHere,
  { queues, hours, at }: { readonly queues: readonly string[]; readonly hours: number; readonly at: number },
): Promise<Activity> => {
  const ofDetect = (Id: string, MetricName: string) => {
    const Dimensions = [{ Name: 'FunctionName', Value: 'trailwire-detect' }];
    return {
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions }, Period: 3_600, Stat: 'Sum' },
    };
  };
  const ages = queues.map((queue, index) => {
    const Dimensions = [{ Name: 'QueueName', Value: queue }];
    const Metric = { Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage', Dimensions };
    return { Id: `age${index}`, MetricStat: { Metric, Period: waitPeriodSeconds, Stat: 'Maximum' } };
  });
  const { MetricDataResults } = await ask(
    'cloudwatch:GetMetricData',
    {
      StartTime: new Date(at - hours * hourMs),
      EndTime: new Date(at),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [
        ofDetect('invocations', 'Invocations'),
        ofDetect('errors', 'Errors'),
        ofDetect('throttles', 'Throttles'),
        ...ages,
      ],
    },
    dataSchema,
  );
  const valuesOf = (id: string): readonly number[] => MetricDataResults.find(({ Id }) => Id === id)?.Values ?? [];
  const sumOf = (id: string): number => valuesOf(id).reduce((sum, value) => sum + value, 0);
  return {
    hours,
    invocations: sumOf('invocations'),
    errors: sumOf('errors'),
    throttles: sumOf('throttles'),
    oldest: new Map(
      queues.flatMap((queue, index) => {
        const [latest] = valuesOf(`age${index}`);
        return latest === undefined ? [] : [[queue, latest] as const];
      }),
    ),
  };
};
