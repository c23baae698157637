import type { Signal } from './signal.ts';
import type { Decisive, Judge } from './sliding-window.ts';

/** So many signals of each rule are kept at either end of a part. */
const keptAtEachEnd = 12;

/**
 * Judges whether `steps` rules matched in their order; CloudTrail's times are whole seconds, and within one any order will
 * do. `part` cuts a slot where one finding ends and the next begins. Two steps are found however many signals there are,
 * since any first one before a second is as good as another. Of three or more, a chain is missed only if it needs one from
 * the middle of a slot with more than two dozen signals of its rule.
 */
export const createOrderedJudge = (
  length: number,
  steps: number,
  part: (at: number) => number,
  lacks: (step: number) => string,
): Judge => ({
  fewest: steps,
  decide: (signals, from) =>
    signals.flatMap((last): Decisive | readonly [] => {
      if (last.rule !== steps - 1 || last.at < from) return [];
      const chain = latestChainTo(last, signals);
      const [first] = chain;
      const isWhole = chain.length === steps && first !== undefined && first.at > last.at - length;
      return isWhole ? { at: last.at, signals: chain, count: steps, isLeast: false } : [];
    }),
  keep: (signals) =>
    [...Map.groupBy(signals, ({ at, rule }) => `${part(at)}/${rule}`).values()].flatMap((each) =>
      each.length <= 2 * keptAtEachEnd ? each : [...each.slice(0, keptAtEachEnd), ...each.slice(-keptAtEachEnd)],
    ),
  enough: 2 * keptAtEachEnd * steps + 8,
  lacks: (signals) => {
    let next = 0;
    let from = 0;
    for (; next < steps; next++) {
      const found = signals.find(({ rule, at }) => rule === next && at >= from);
      if (found === undefined) return lacks(next);
      from = found.at;
    }
    return undefined;
  },
});

/** Of the chains that end in a signal the one that begins last: step by step the latest signal that is not later. */
const latestChainTo = (last: Signal, signals: readonly Signal[]): readonly Signal[] => {
  const chain = [last];
  let next: Signal | undefined = last;
  for (let step = last.rule - 1; step >= 0 && next !== undefined; step--) {
    const { at }: Signal = next;
    next = signals.findLast((signal) => signal.rule === step && signal.at <= at);
    if (next !== undefined) chain.unshift(next);
  }
  return chain;
};
