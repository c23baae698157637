/** Edits that turn one word into the other, a swap of two neighbours counting as one (optimal string alignment). */
const editDistance = (from: string, to: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const replaced = (last[column - 1] as number) + (same ? 0 : 1);
      const removed = (last[column] as number) + 1;
      const added = (current[column - 1] as number) + 1;
      let edits = Math.min(replaced, removed, added);
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        edits = Math.min(edits, (beforeLast[column - 2] as number) + 1);
      }
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] as number;
};

/**
 * The candidate that `word` was most likely meant to be, for "did you mean", regardless of case; the first of equals.
 * `undefined` when all are further away than two edits or a third of the word.
 */
export const closest = (word: string, candidates: Iterable<string>): string | undefined => {
  const lowerWord = word.toLowerCase();
  const limit = Math.max(2, word.length / 3);
  let found: string | undefined;
  let foundDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    // The difference in length is a lower bound, and it keeps a word of a megabyte from costing anything.
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const distance = editDistance(lowerWord, candidate.toLowerCase());
    // As many edits as letters means that nothing is shared: "x" was never meant to be "in".
    if (distance > limit || distance >= candidate.length || distance >= foundDistance) continue;
    found = candidate;
    foundDistance = distance;
  }
  return found;
};
