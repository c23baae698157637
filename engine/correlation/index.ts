import { durationMs } from '../duration.ts';
import type { SignalStore } from '../signal-store.ts';
import type { Correlation } from './correlation.ts';
import { createDistinctJudge } from './distinct.ts';
import { leastOf } from './measures.ts';
import { createNewValue } from './new-value.ts';
import { createOrderedJudge } from './ordered.ts';
import { createWindow, type Judge, type Window } from './sliding-window.ts';
import { createSpike } from './spike.ts';

/** CloudTrail delivers within 15 minutes, mostly. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html */
export const usualLatenessMs = 900_000;

/** What a correlation is kept under in the store, how long findings of one group are one, and how late records may come. */
export type WindowSettings = { readonly name: string; readonly dedupMs: number; readonly latenessMs: number };

/** The correlation types, each as a window over the signals of its groups. */
export const createCorrelationWindow = (
  correlation: Correlation,
  { name, dedupMs, latenessMs }: WindowSettings,
  store: SignalStore,
): Window => {
  const part = (at: number): number => Math.floor(at / dedupMs);
  const sliding = (timespan: string, judge: (length: number) => Judge): Window => {
    const length = durationMs(timespan);
    return createWindow(name, length, latenessMs, judge(length), store);
  };
  switch (correlation.type) {
    case 'event_count': {
      const least = leastOf(correlation.condition);
      return sliding(correlation.timespan, (length) =>
        createDistinctJudge(length, least, part, ({ action }) => action),
      );
    }
    case 'value_count': {
      const least = leastOf(correlation.condition);
      return sliding(correlation.timespan, (length) => createDistinctJudge(length, least, part, ({ value }) => value));
    }
    case 'temporal': {
      const { length: least } = correlation.rules;
      return sliding(correlation.timespan, (length) =>
        createDistinctJudge(length, least, part, ({ rule }) => String(rule)),
      );
    }
    case 'temporal_ordered': {
      const { length: steps } = correlation.rules;
      return sliding(correlation.timespan, (length) => createOrderedJudge(length, steps, part));
    }
    case 'new_value':
      return createNewValue(name, correlation, latenessMs, store);
    case 'spike':
      return createSpike(name, correlation, latenessMs, store);
  }
};
