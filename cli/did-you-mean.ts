import { closest } from '../engine/closest.ts';

/** `; did you mean "…"?`, or nothing where no candidate is near. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const near = closest(word, candidates);
  return near === undefined ? '' : `; did you mean "${near}"?`;
};
