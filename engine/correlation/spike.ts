import { durationMs } from '../duration.ts';
import { plural } from '../plural.ts';
import type { SignalStore } from '../signal-store.ts';
import type { CorrelationOf } from './correlation.ts';
import { leastOf } from './measures.ts';
import { actionDigits, type Signal } from './signal.ts';
import type { Decisive, Window } from './sliding-window.ts';

/**
 * A count of distinct actions in bounded space: of the hashes of all only the smallest so many are kept. Up to that number the
 * count is exact; beyond it, how small they are tells how many there are, to some 6 %. Repeats and order change nothing.
 * Bar-Yossef et al., "Counting distinct elements in a data stream", RANDOM 2002.
 */
const sketchSize = 256;
const hashes = 16 ** actionDigits;

/** The number of distinct actions that the sketches of parts of a time come to together. */
export const estimate = (sketches: readonly (readonly string[])[]): number => {
  const smallest = [...new Set(sketches.flat())].sort();
  if (smallest.length < sketchSize) return smallest.length;
  return Math.round((sketchSize - 1) / (Number.parseInt(smallest[sketchSize - 1] as string, 16) / hashes));
};

const medianOf = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? 0) + (high ?? 0)) / 2;
};

/** Makes the median absolute deviation comparable to a standard deviation of normal counts. */
const madScale = 1.4826;

/**
 * What a group's usual counts allow: their median and, so many times, how far they usually are from it, which is at least
 * the square root of the median (as with counts of chance) and at least 1. One earlier attack moves neither.
 * Leys et al., "Detecting outliers", Journal of Experimental Social Psychology 49 (2013).
 */
export const mostUsual = (counts: readonly number[], deviations: number): number => {
  const median = medianOf(counts);
  const spread = madScale * medianOf(counts.map((count) => Math.abs(count - median)));
  return median + deviations * Math.max(spread, Math.sqrt(median), 1);
};

/** What baselines are held; those of times before do not change. */
const maxBaselines = 10_000;

/**
 * Time is cut into halves of `timespan`, and any two neighbouring halves are compared with pairs of them before: a spike on
 * the edge of an hour is in one of the pairs whole. The past ends half a time span before, when all of it has arrived.
 */
export const createSpike = (
  name: string,
  correlation: CorrelationOf<'spike'>,
  latenessMs: number,
  store: SignalStore,
): Window => {
  const timespan = durationMs(correlation.timespan);
  const half = timespan / 2;
  const lookback = durationMs(correlation.lookback);
  const pairs = Math.floor(lookback / timespan);
  const pairsToLearn = Math.ceil(durationMs(correlation.learning) / timespan);
  const least = leastOf(correlation.condition);
  const baselines = new Map<string, number | undefined>();

  const keyOf = (group: string, slot: number): string => `${name}/${timespan}/${slot}/${group}`;
  const readPair = (group: string, slot: number, now: number): Promise<readonly (readonly string[])[]> =>
    store.read([keyOf(group, slot - 1), keyOf(group, slot)], now);

  /** The most that is usual in the pair that ends with a slot; `undefined` while the group has too little history. */
  const readMostUsual = async (group: string, slot: number, now: number): Promise<number | undefined> => {
    const key = keyOf(group, slot);
    if (baselines.has(key)) return baselines.get(key);
    const ends = Array.from({ length: pairs }, (_, index) => slot - 2 * (index + 1));
    const counts = await Promise.all(ends.map(async (end) => estimate(await readPair(group, end, now))));
    const history = counts.findLastIndex((count) => count > 0) + 1;
    const most = history < pairsToLearn ? undefined : mostUsual(counts.slice(0, history), correlation.deviations);
    if (baselines.size >= maxBaselines) baselines.clear();
    baselines.set(key, most);
    return most;
  };

  const take: Window['take'] = async (group, signal, now) => {
    const slot = Math.floor(signal.at / half);
    const expiresAt = Math.max(now, (slot + 1) * half) + lookback + timespan + latenessMs;
    const own = await store.add(keyOf(group, slot), signal.action, expiresAt, now);
    if (own.length > 1.25 * sketchSize) await store.drop(keyOf(group, slot), own.toSorted().slice(sketchSize));
    const [before = [], after = []] = await store.read([keyOf(group, slot - 1), keyOf(group, slot + 1)], now);

    const found: Decisive[] = [];
    for (const [end, pair] of [
      [slot, [before, own]],
      [slot + 1, after.length === 0 ? [] : [own, after]],
    ] as const) {
      const count = estimate(pair);
      if (count < least) continue;
      const most = await readMostUsual(group, end, now);
      if (most !== undefined && count > most) found.push(decisive(signal, end * half, count));
    }
    return found;
  };

  const look: Window['look'] = async (group, signal, now) => {
    const slot = Math.floor(signal.at / half);
    const count = estimate(await readPair(group, slot, now));
    const most = await readMostUsual(group, slot, now);
    return { signals: [signal], lacks: lacking(count, most) };
  };

  const lacking = (count: number, most: number | undefined): string | undefined => {
    if (count < least) return plural(least - count, 'more match', 'more matches');
    if (most === undefined) return `history: the group learns for ${correlation.learning}`;
    return count > most ? undefined : `more than usual: it has ${count}, and up to ${most.toFixed(1)} are usual`;
  };

  return { take, look };
};

const decisive = (signal: Signal, at: number, count: number): Decisive => ({
  at,
  signals: [signal],
  count,
  isLeast: count >= sketchSize,
});
