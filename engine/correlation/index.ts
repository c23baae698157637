import { durationMs } from '../duration.ts';
import { plural } from '../plural.ts';
import type { SignalStore } from '../signal-store.ts';
import type { Correlation } from './correlation.ts';
import { createDistinctJudge } from './distinct.ts';
import { leastOf } from './measures.ts';
import { createNewValue } from './new-value.ts';
import { createOrderedJudge } from './ordered.ts';
import { createWindow, type Judge, type Window } from './sliding-window.ts';
import { createSpike } from './spike.ts';

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
      const lacks = (actions: ReadonlySet<string>): string =>
        plural(least - actions.size, 'more match', 'more matches');
      return sliding(correlation.timespan, (length) =>
        createDistinctJudge(length, least, part, ({ action }) => action, lacks),
      );
    }
    case 'value_count': {
      const least = leastOf(correlation.condition);
      const { field } = correlation;
      const lacks = (values: ReadonlySet<string>): string =>
        plural(least - values.size, `more value of ${field}`, `more values of ${field}`);
      return sliding(correlation.timespan, (length) =>
        createDistinctJudge(length, least, part, ({ value }) => value, lacks),
      );
    }
    case 'temporal': {
      const { rules } = correlation;
      const lacks = (found: ReadonlySet<string>): string =>
        `a match of ${rules.filter((_, index) => !found.has(String(index))).join(', ')}`;
      return sliding(correlation.timespan, (length) =>
        createDistinctJudge(length, rules.length, part, ({ rule }) => String(rule), lacks),
      );
    }
    case 'temporal_ordered': {
      const { rules } = correlation;
      const lacks = (step: number): string => `a match of ${rules.slice(step).join(', then of ')}`;
      return sliding(correlation.timespan, (length) => createOrderedJudge(length, rules.length, part, lacks));
    }
    case 'new_value':
      return createNewValue(name, correlation, latenessMs, store);
    case 'spike':
      return createSpike(name, correlation, latenessMs, store);
  }
};
