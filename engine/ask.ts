import type { RunMode } from './remediations/run-mode.ts';
import { oneLine } from './template.ts';

/** Hours of the day in UTC, from the first up to but not including the second; 22 to 6 is the night. */
export type QuietHours = { readonly from: number; readonly to: number };

/** When a person is asked, and for how long the answer counts. */
export type AskSettings = {
  /** An event older than this is answered only with approval: what it tells of may long be settled. */
  readonly maxAgeMinutes: number;
  /** In these hours nothing runs by itself. */
  readonly quietHours?: QuietHours | undefined;
  /** How long a plan waits for its approval. */
  readonly approvalMinutes: number;
};

export type AskCase = {
  readonly mode: RunMode;
  /** When what is answered happened, in milliseconds since 1970. */
  readonly time: number;
  readonly replayName?: string | undefined;
};

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Why a response waits for a person, each reason there is; none when it may run by itself. Times are milliseconds since 1970. */
export const reasonsToAsk = (
  { mode, time, replayName }: AskCase,
  { maxAgeMinutes, quietHours }: AskSettings,
  now: number,
): readonly string[] => {
  const quiet = quietHoursLeft(quietHours, now) > 0 ? quietHours : undefined;
  return [
    ...(mode === 'approve' ? ['the response runs with approval only'] : []),
    ...(replayName === undefined ? [] : [`the event was replayed from an archive (${oneLine(replayName)})`]),
    ...(now - time > maxAgeMinutes * minuteMs ? [`the event is older than ${maxAgeMinutes} minutes`] : []),
    ...(quiet === undefined ? [] : [`nothing runs by itself from ${quiet.from} to ${quiet.to} h UTC`]),
  ];
};

/** Until when a plan asked for now waits, in milliseconds since 1970: in quiet hours the time begins when they end. */
export const expiryOf = ({ approvalMinutes, quietHours }: AskSettings, now: number): number =>
  now + quietHoursLeft(quietHours, now) + approvalMinutes * minuteMs;

/** Milliseconds until the quiet hours end; 0 outside of them. */
const quietHoursLeft = (quietHours: QuietHours | undefined, now: number): number => {
  if (quietHours === undefined) return 0;
  const hour = Math.floor(now / hourMs) % 24;
  const length = (quietHours.to - quietHours.from + 24) % 24;
  const passed = (hour - quietHours.from + 24) % 24;
  return passed < length ? (length - passed) * hourMs - (now % hourMs) : 0;
};
