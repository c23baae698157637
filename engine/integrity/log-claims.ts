import type { Judgement, Status } from './judgement.ts';

/** What a digest says of a log file, and what that digest is worth. */
export type Claim = { readonly hash: string; readonly digest: string; readonly standing: Status };

/** What lies there: the SHA-256 of its uncompressed bytes, or how it is damaged. */
export type FoundLog = { readonly hash: string } | { readonly damage: string };

const worth = { valid: 2, unsigned: 1, modified: 0, missing: 0 } as const satisfies Record<Status, number>;

/** Keeps of two claims for one file the one of the better digest: a changed digest cannot speak against a valid one. */
export const betterClaim = (one: Claim | undefined, other: Claim): Claim =>
  one === undefined || worth[other.standing] > worth[one.standing] ? other : one;

/** Judges a log file that is there by the best claim that any digest makes of it. */
export const judgeLog = ({ digest, hash, standing }: Claim, found: FoundLog): Judgement => {
  if (standing === 'modified') return { status: 'unsigned', reason: `only ${digest} lists it, which does not hold` };
  if ('damage' in found) return { status: 'modified', reason: `damaged: ${found.damage}` };
  if (found.hash !== hash) return { status: 'modified', reason: `${digest} says SHA-256 ${hash}, not ${found.hash}` };
  return standing === 'valid'
    ? { status: 'valid' }
    : { status: 'unsigned', reason: `as ${digest} says, which is unsigned` };
};

/** What is said of a log file that is there and that no digest speaks of. */
export const unlisted: Judgement = { status: 'unsigned', reason: 'no digest lists it' };

/** What is said of a log file that a digest speaks of and that is not there. */
export const absent = ({ digest, standing }: Claim): Judgement => ({
  status: 'missing',
  reason: standing === 'modified' ? `only ${digest} lists it, which does not hold` : `${digest} lists it`,
});
