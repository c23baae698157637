import { durationMs } from '../duration.ts';
import type { Correlation } from './correlation.ts';

/** The count that a condition asks for. */
export const leastOf = ({ gte, gt }: { readonly gte?: number | undefined; readonly gt?: number | undefined }): number =>
  gte ?? (gt ?? 0) + 1;

/** The shortest time, in milliseconds, for which findings of one group may be one. */
export const leastWindowMs = (correlation: Correlation): number =>
  correlation.type === 'new_value' ? 0 : durationMs(correlation.timespan);

/** For so many milliseconds findings of one group are one, unless the rule's `dedup.window` says otherwise. */
export const usualWindowMs = (correlation: Correlation): number =>
  correlation.type === 'new_value' ? durationMs('1d') : Math.max(durationMs('1h'), durationMs(correlation.timespan));
