import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Telemetry } from './log.ts';

/**
 * Wraps a function in what all of them share: log context, metrics, and errors that are logged and thrown on, so that
 * Lambda retries and then parks the event in the dead-letter queue. What `start` builds is built on the first event.
 */
export const createHandler = <Result>(
  telemetry: Telemetry,
  start: () => (event: unknown, context: Context) => Promise<Result>,
) => {
  let started: ReturnType<typeof start> | undefined;
  return middy<unknown, Result>()
    .use(injectLambdaContext(telemetry.logger))
    .use(logMetrics(telemetry.metrics))
    .use({
      onError: ({ error }) => {
        telemetry.logger.error('failed', error as Error);
      },
    })
    .handler((event, context) => {
      started ??= start();
      return started(event, context);
    });
};
