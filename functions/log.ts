import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Structured logs (JSON escapes what attackers wrote) and CloudWatch metrics of one function. */
export const createTelemetry = (serviceName: string) => {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ namespace: 'Trailwire', serviceName });
  return {
    logger,
    metrics,
    count: (name: MetricName, value = 1): void => {
      if (value > 0) metrics.addMetric(name, MetricUnit.Count, value);
    },
  };
};

/** The metrics that dashboards and alarms in infra/ name. */
export const metricNames = [
  'RecordsEvaluated',
  'FindingsPublished',
  'FindingsRepeated',
  'MatchesSuppressed',
  'RulesFailed',
  'AlertsSent',
  'AlertsBelowThreshold',
  'ResponsesApplied',
  'ResponsesVerified',
  'ResponsesReapplied',
  'ResponsesFailed',
  'ResponsesRefused',
] as const;
export type MetricName = (typeof metricNames)[number];
export type Telemetry = ReturnType<typeof createTelemetry>;
