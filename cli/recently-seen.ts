/** How many ids each of two generations holds; copies of a record lie minutes apart, not months. */
const perGeneration = 250_000;

/** Tells whether an id was seen among the last quarter of a million or so, in bounded memory. */
export const createRecentlySeen = (): ((id: number) => boolean) => {
  let young = new Set<number>();
  let old = new Set<number>();
  return (id) => {
    if (young.has(id) || old.has(id)) return true;
    young.add(id);
    if (young.size >= perGeneration) {
      old = young;
      young = new Set();
    }
    return false;
  };
};
