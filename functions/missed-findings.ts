import type { MissedFindings } from '../engine/doctor/missed-findings.ts';
import { maxCountedActions, type WindowStore } from '../engine/window-store.ts';
import type { Bus } from './bus.ts';
import type { Telemetry } from './log.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const hourOf = (time: number): string => `missed#${new Date(time).toISOString().slice(0, 13)}`;

/** A bus for findings from logs: what is news there is what EventBridge did not bring. Each finding counts once in an hour. */
export const countMissed = (bus: Bus, store: WindowStore, telemetry: Telemetry, now: () => number): Bus => ({
  ...bus,
  publishFindings: async (findings) => {
    await bus.publishFindings(findings);
    telemetry.count('FindingsMissedByEventBridge', findings.length);
    const at = now();
    for (const { finding_info } of findings) await store.remember(hourOf(at), finding_info.uid, at + 3 * dayMs, at);
  },
});

/** What was missed on the day before a time (ms since 1970). */
export const readMissed = async (store: Pick<WindowStore, 'look'>, now: number): Promise<MissedFindings> => {
  const start = (Math.floor(now / dayMs) - 1) * dayMs;
  const hours = Array.from({ length: 24 }, (_, hour) => store.look(hourOf(start + hour * hourMs), now));
  const counts = (await Promise.all(hours)).map((seen) => seen?.count ?? 0);
  return {
    day: new Date(start).toISOString().slice(0, 10),
    findings: counts.reduce((sum, count) => sum + count, 0),
    isAtLeast: counts.some((count) => count >= maxCountedActions),
  };
};
