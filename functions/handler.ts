import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import type { Telemetry } from './log.ts';

/** Schemas of zod/mini say "Invalid input" unless they are taught a language; logs need to say what is wrong. */
z.config(en());

/**
 * Wraps a function in what all of them share: log context, metrics, and errors that are logged and thrown on, so that
 * Lambda retries and then parks the event in the dead-letter queue.
 */
export const createHandler = <Result>(
  telemetry: Telemetry,
  start: () => (event: unknown, context: Context) => Promise<Result>,
) => {
  let started = startAtImport(start);
  return middy<unknown, Result>()
    .use({ before: ({ context }) => telemetry.begin(context) })
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

/**
 * Lambda gives a function a whole core while it is imported, and a fraction of one for events: what can be built is built
 * now. What cannot is tried again with the first event, which then fails with the error, and that is logged and parked.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const startAtImport = <Started>(start: () => Started): Started | undefined => {
  try {
    return start();
  } catch {
    return undefined;
  }
};
