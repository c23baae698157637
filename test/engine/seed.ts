import { randomInt } from 'node:crypto';

const readSeed = (text: string | undefined): number | undefined => {
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d+$/.test(text)) throw new TypeError(`TRAILWIRE_SEED is "${text}"; expected a whole number`);
  return Number(text);
};

/** Where generated cases start: another place each time, or where `TRAILWIRE_SEED` says. */
export const seed = readSeed(process.env.TRAILWIRE_SEED) ?? randomInt(2 ** 31);
console.log(`generated from seed ${seed}; TRAILWIRE_SEED=${seed} repeats it`);

/** For `fc.assert`: the seed, and the whole case in the message when it fails. */
export const seeded = { seed, includeErrorInReport: true } as const;
