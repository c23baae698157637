import { durationMs } from '../duration.ts';
import type { SignalStore } from '../signal-store.ts';
import type { CorrelationOf } from './correlation.ts';
import type { Window } from './sliding-window.ts';

/** Firsts are told by the hour: a value that a group has a thousand times a day is written twenty-four times. */
const hourMs = 3_600_000;
/** A group that was not seen for so long, or twice as long, starts to learn anew. */
const memoryMs = 180 * 24 * hourMs;

/** What is known of values and groups is asked of the store again beyond this many: attackers choose values. */
const maxKnown = 50_000;

/**
 * A value is new in an hour when its group had it in none of the hours before, back to `lookback`, and the group itself was
 * seen `learning` or more ago. The last hours, as many as records may be late, do not count as before: whichever of two
 * records of a new value arrives first, both say the same.
 */
export const createNewValue = (
  name: string,
  correlation: CorrelationOf<'new_value'>,
  latenessMs: number,
  store: SignalStore,
): Window => {
  const lookback = durationMs(correlation.lookback);
  const learning = durationMs(correlation.learning);
  const gap = (Math.ceil(latenessMs / hourMs) + 1) * hourMs;
  const hourOf = (at: number): number => Math.floor(at / hourMs) * hourMs;
  /** What a record of the same group, value and hour could only say again, and what the store says of groups. */
  let old = new Set<string>();
  const sinceOf = new Map<string, number>();

  /** When a group was first seen: an hour. Each half year takes over what the one before knew. */
  const readSince = async (group: string, hour: number, now: number): Promise<number> => {
    const known = sinceOf.get(group);
    if (known !== undefined && known <= hour - learning) return known;
    const year = Math.floor(hour / memoryMs);
    const keyOf = (each: number): string => `${name}/since/${each}/${group}`;
    const [own = [], before = []] = await store.read([keyOf(year), keyOf(year - 1)], now);
    const since = Math.min(hour, ...[...own, ...before].map(Number));
    if (!own.includes(String(since))) {
      await store.add(keyOf(year), String(since), Math.max(now, (year + 1) * memoryMs) + memoryMs, now);
      const later = own.filter((text) => Number(text) > since);
      if (later.length > 0) await store.drop(keyOf(year), later);
    }
    if (sinceOf.size >= maxKnown) sinceOf.clear();
    sinceOf.set(group, since);
    return since;
  };

  const keyOf = (group: string, value: string, slot: number): string => `${name}/${lookback}/${slot}/${group}/${value}`;
  const before = (hours: readonly string[], hour: number): readonly number[] =>
    hours.map(Number).filter((each) => each >= hour - lookback && each <= hour - gap);

  const take: Window['take'] = async (group, signal, now) => {
    const hour = hourOf(signal.at);
    const once = `${hour}/${group}/${signal.value}`;
    if (old.has(once)) return [];
    const slot = Math.floor(hour / lookback);
    const key = keyOf(group, signal.value, slot);
    const expiresAt = Math.max(now, (slot + 1) * lookback) + lookback + latenessMs;
    const own = await store.add(key, String(hour), expiresAt, now);
    const [earlier = []] = await store.read([keyOf(group, signal.value, slot - 1)], now);
    await dropMiddle(key, own, gap, store);

    const since = await readSince(group, hour, now);
    const isKnown = before([...own, ...earlier], hour).length > 0;
    if (!isKnown && since <= hour - learning) return [{ at: signal.at, signals: [signal], count: 1, isLeast: false }];
    // Only what was not new is remembered here: a record that was is tried again if its finding could not be published.
    if (old.size >= maxKnown) old = new Set();
    old.add(once);
    return [];
  };

  const look: Window['look'] = async (group, signal, now) => {
    const hour = hourOf(signal.at);
    const slot = Math.floor(hour / lookback);
    const slots = [slot - 1, slot].map((each) => keyOf(group, signal.value, each));
    const seen = before((await store.read(slots, now)).flat(), hour);
    const since = await readSince(group, hour, now);
    return { signals: [signal], lacks: lacking(seen, since, hour) };
  };

  const lacking = (seen: readonly number[], since: number, hour: number): string | undefined => {
    if (seen.length > 0) return `a value that is new: this one was seen in the hour of ${utc(Math.max(...seen))}`;
    if (since <= hour - learning) return undefined;
    return `history: the group is known since ${utc(since)}, and learns for ${correlation.learning}`;
  };

  return { take, look };
};

const utc = (time: number): string => new Date(time).toISOString().slice(0, 16);

/**
 * Of the hours of a slot the first suffices for windows that end in it, and for those that begin in it the last that is not
 * too near its end to count as before, with all after it.
 */
const dropMiddle = async (key: string, texts: readonly string[], gap: number, store: SignalStore): Promise<void> => {
  if (texts.length <= 8) return;
  const hours = texts.map(Number);
  const [first, last] = [Math.min(...hours), Math.max(...hours)];
  const kept = Math.max(first, ...hours.filter((hour) => hour < last - gap));
  const middle = hours.filter((hour) => hour > first && hour < kept);
  if (middle.length > 0) await store.drop(key, middle.map(String));
};
