/** One way to do the work: `run` takes the record of an index and says how many rules matched. */
export type Contestant = {
  readonly name: string;
  readonly run: (index: number) => number | Promise<number>;
};

/** Something to be timed as a whole; says how many records (or whatever is counted) per second it got through. */
export type Runner = { readonly name: string; readonly rate: (round: number) => Promise<number> };

/** What one contestant reached: one number for each round. */
export type Measurement = { readonly name: string; readonly rates: readonly number[] };

export type Plan = { readonly rounds: number; readonly milliseconds: number; readonly records: number };

/**
 * Lets all work in turn, round after round: what else the machine does meanwhile slows all of them. A first round, in which
 * code gets compiled and files get cached, is thrown away.
 */
export const takeTurns = async (runners: readonly Runner[], rounds: number): Promise<readonly Measurement[]> => {
  const rates = runners.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, runner] of runners.entries()) {
      const rate = await runner.rate(round);
      if (round >= 0) rates[index]?.push(rate);
    }
  }
  return runners.map(({ name }, index) => ({ name, rates: rates[index] ?? [] }));
};

/** Measures contestants in turn, each for some time, in one round all from the same record on. */
export const measure = (contestants: readonly Contestant[], plan: Plan): Promise<readonly Measurement[]> =>
  takeTurns(
    contestants.map((contestant) => ({
      name: contestant.name,
      rate: (round) => rateOf(contestant, Math.floor((plan.records * (round + 1)) / (plan.rounds + 1)), plan),
    })),
    plan.rounds,
  );

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

/** The measurement of that name; throws a TypeError when there is none. */
export const measurementOf = (measurements: readonly Measurement[], name: string): Measurement => {
  const found = measurements.find((measurement) => measurement.name === name);
  if (found === undefined) throw new TypeError(`"${name}" was not measured`);
  return found;
};
