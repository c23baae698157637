import type { Contestant } from './contestants.ts';

/** Records per second of one contestant: one number for each round. */
export type Measurement = { readonly name: string; readonly rates: readonly number[] };

export type Plan = { readonly rounds: number; readonly milliseconds: number; readonly records: number };

/**
 * Lets all contestants work in turn, round after round, each for some time on the records from the same place on: what else
 * the machine does meanwhile slows all of them. A first round, in which code gets compiled, is thrown away.
 */
export const measure = async (contestants: readonly Contestant[], plan: Plan): Promise<readonly Measurement[]> => {
  const rates = contestants.map((): number[] => []);
  for (let round = -1; round < plan.rounds; round++) {
    const start = Math.floor((plan.records * (round + 1)) / (plan.rounds + 1));
    for (const [index, contestant] of contestants.entries()) {
      const rate = await rateOf(contestant, start, plan);
      if (round >= 0) rates[index]?.push(rate);
    }
  }
  return contestants.map(({ name }, index) => ({ name, rates: rates[index] ?? [] }));
};

const rateOf = async ({ run }: Contestant, start: number, { milliseconds, records }: Plan): Promise<number> => {
  const began = performance.now();
  let done = 0;
  let elapsed = 0;
  // Looking at the clock after each record would cost more than some contestants need for it.
  for (let batch = 1; elapsed < milliseconds; batch = Math.min(batch * 2, 1024)) {
    for (let i = 0; i < batch; i++) {
      const outcome = run((start + done) % records);
      if (typeof outcome !== 'number') await outcome;
      done++;
    }
    elapsed = performance.now() - began;
  }
  return (done / elapsed) * 1000;
};

/** The middle one of some numbers. */
export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (below + above) / 2 : above;
};

/** How many times as fast one was as another: the median over the rounds, since each round had its own conditions. */
export const timesAsFast = (one: Measurement, other: Measurement): number =>
  median(one.rates.map((rate, round) => rate / (other.rates[round] ?? Number.NaN)));
