import type { Signal } from './signal.ts';
import type { Decisive, Judge } from './sliding-window.ts';

/**
 * Judges by the number of distinct things in a window: distinct actions for `event_count`, values for `value_count`, rules
 * for `temporal`. `part` cuts a slot where one finding ends and the next begins (`identity.ts`).
 *
 * Of each part the first and last `least` things suffice for ever. A window that ends within it counts things by their
 * first signal there, one that begins within it by their last, one that covers it all of them; each comes to the same
 * number up to `least`, and it never matters how far beyond that it goes. What is first or last among all signals is so
 * among any of them: no writer drops what another needs.
 */
export const createDistinctJudge = (
  length: number,
  least: number,
  part: (at: number) => number,
  thing: (signal: Signal) => string,
  lacks: (things: ReadonlySet<string>) => string,
): Judge => ({
  fewest: least,
  decide: (signals, from) => {
    const decisive: Decisive[] = [];
    const counts = new Map<string, number>();
    let start = 0;
    for (const [index, signal] of signals.entries()) {
      counts.set(thing(signal), (counts.get(thing(signal)) ?? 0) + 1);
      // Of signals at the same time the last decides, with all of them.
      if (signals[index + 1]?.at === signal.at) continue;
      for (let left = signals[start]; left !== undefined && left.at <= signal.at - length; left = signals[start]) {
        const count = counts.get(thing(left)) ?? 0;
        if (count > 1) counts.set(thing(left), count - 1);
        else counts.delete(thing(left));
        start += 1;
      }
      if (signal.at < from || counts.size < least) continue;
      const window = firstOfEach(signals.slice(start, index + 1), thing);
      decisive.push({ at: signal.at, signals: window, count: window.length, isLeast: window.length >= 2 * least });
    }
    return decisive;
  },
  keep: (signals) =>
    [...Map.groupBy(signals, ({ at }) => part(at)).values()].flatMap((each) => [
      ...firstOfEach(each, thing).slice(0, least),
      ...firstOfEach(each.toReversed(), thing).slice(0, least),
    ]),
  enough: 2 * least + Math.max(8, least / 2),
  lacks: (signals) => {
    const things = new Set(signals.map(thing));
    return things.size >= least ? undefined : lacks(things);
  },
});

const firstOfEach = (signals: readonly Signal[], thing: (signal: Signal) => string): readonly Signal[] => {
  const first = new Map<string, Signal>();
  for (const signal of signals) if (!first.has(thing(signal))) first.set(thing(signal), signal);
  return [...first.values()];
};
