import type { ReadLogs } from './replay-sides.ts';
import type { Told } from './told.ts';

const weekMs = 7 * 86_400_000;

/** The weeks between the first and the last record, and never less than one: an hour says nothing of a week. */
export const weeksIn = ({ from, until }: ReadLogs): number =>
  from === undefined || until === undefined ? 1 : Math.max(1, (until - from) / weekMs);

/** Alerts a week, to a tenth. */
export const alertsPerWeek = (told: readonly Told[], weeks: number): number =>
  Math.round((told.filter(({ isAlert }) => isAlert).length / weeks) * 10) / 10;
