import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';

/** Structured logs (JSON escapes what attackers wrote) and CloudWatch metrics of one function. */
export const createTelemetry = (serviceName: string) => {
  const metrics = new Metrics({ namespace: 'Trailwire', serviceName });
  let logger: Logger | undefined;
  let contexts: readonly Context[] = [];
  const createLogger = (): Logger => {
    const created = new Logger({ serviceName });
    for (const context of contexts) created.addContext(context);
    return created;
  };
  return {
    /** Made with the first line: most events leave none, and a cold start would wait for it. */
    get logger(): Logger {
      logger ??= createLogger();
      return logger;
    },
    /** What is logged from now on belongs to this invocation. */
    begin: (invocation: Context): void => {
      // A logger takes the first context that it is given for that of the cold start.
      contexts = [...contexts.slice(0, 1), invocation];
      logger?.addContext(invocation);
    },
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
  'FindingsMissedByEventBridge',
  'ObjectsRead',
  'ObjectsSkipped',
  'MessagesFailed',
  'MatchesSuppressed',
  'RulesFailed',
  'AlertsSent',
  'AlertsBelowThreshold',
  'ResponsesApplied',
  'ResponsesVerified',
  'ResponsesReapplied',
  'ResponsesFailed',
  'ResponsesRefused',
  'ComplaintsFound',
  'Heartbeats',
  'ResponsesWaiting',
  'DecisionsTaken',
  'DecisionsRefused',
] as const;
export type MetricName = (typeof metricNames)[number];
export type Telemetry = ReturnType<typeof createTelemetry>;
