/** How many ids each of two generations holds; copies of a record lie minutes apart, not months. */
const perGeneration = 250_000;
/** Twice as many places and more: a search meets few others, and 8 bytes a place are a fifth of what a `Set` takes. */
const places = 2 ** 19;
const empty = 0;

/** Tells whether an id (an integer of up to 53 bits, see `hash-id.ts`) was seen among the last quarter of a million or so. */
export const createRecentlySeen = (): ((id: number) => boolean) => {
  let young = new Float64Array(places);
  let old = new Float64Array(places);
  let count = 0;
  return (given) => {
    // Nothing but the one id is lost: two records share a number now and then anyway.
    const id = given === empty ? 1 : given;
    const place = placeOf(young, id);
    if (young[place] === id || old[placeOf(old, id)] === id) return true;
    young[place] = id;
    count += 1;
    if (count >= perGeneration) {
      [young, old] = [old.fill(empty), young];
      count = 0;
    }
    return false;
  };
};

/** Where an id is, or would be: the next place that holds it or nothing. Ids are hashes, so their last bits are as good as any. */
const placeOf = (ids: Float64Array, id: number): number => {
  let place = id % places;
  while (ids[place] !== empty && ids[place] !== id) place = (place + 1) % places;
  return place;
};
