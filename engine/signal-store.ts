/**
 * What correlations remember: bounded sets of short texts, each under a key. Sets only grow by adding and only shrink by
 * dropping what can never matter again, so that any number of writers in any order, retries included, end with what matters.
 * In memory (`replay`), node:sqlite (`serve`) and DynamoDB (Lambda); all pass test/contracts/signal-store.ts.
 * Times are milliseconds since 1970; a set past its `expiresAt` reads as empty, whether deleted yet or not.
 */
export type SignalStore = {
  /** Adds a text to a set, which lives at least until `expiresAt`, and gives all that the set then holds, in no order. */
  readonly add: (key: string, text: string, expiresAt: number, now: number) => Promise<readonly string[]>;
  /** What sets hold: everything whose adding has ended before. */
  readonly read: (keys: readonly string[], now: number) => Promise<readonly (readonly string[])[]>;
  readonly drop: (key: string, texts: readonly string[]) => Promise<void>;
};

/** Past this many sets the longest untouched are forgotten: a finding may then be missed, memory does not grow. */
const maxSets = 400_000;
/** Fewer are not worth looking through for what has expired. */
const fewSets = 10_000;

type Texts = { readonly texts: Set<string> | string; readonly expiresAt: number };

const nothing: readonly string[] = [];

/** A store for one process. Most sets hold one text, and are kept as that. */
export const createMemorySignalStore = (): SignalStore => {
  let young = new Map<string, Texts>();
  let old = new Map<string, Texts>();
  let sweepAt = fewSets;

  const find = (key: string, now: number): Texts | undefined => {
    const found = young.get(key) ?? old.get(key);
    return found === undefined || found.expiresAt <= now ? undefined : found;
  };
  const keep = (key: string, texts: Texts, now: number): void => {
    if (young.size >= sweepAt && !young.has(key)) {
      for (const [each, { expiresAt }] of young) if (expiresAt <= now) young.delete(each);
      if (young.size >= maxSets / 2) {
        old = young;
        young = new Map();
      }
      // Twice what is left: each set is looked at once or so for each that is added.
      sweepAt = Math.min(Math.max(young.size * 2, fewSets), maxSets / 2);
    }
    young.set(key, texts);
  };
  const listOf = (found: Texts | undefined): readonly string[] => {
    if (found === undefined) return nothing;
    return typeof found.texts === 'string' ? [found.texts] : [...found.texts];
  };

  return {
    add: async (key, text, expiresAt, now) => {
      const found = find(key, now);
      const isThere =
        found !== undefined && (typeof found.texts === 'string' ? found.texts === text : found.texts.has(text));
      const texts = found === undefined || isThere ? (found?.texts ?? text) : addTo(found.texts, text);
      const kept = { texts, expiresAt: Math.max(found?.expiresAt ?? 0, expiresAt) };
      keep(key, kept, now);
      return listOf(kept);
    },
    read: async (keys, now) => keys.map((key) => listOf(find(key, now))),
    drop: async (key, texts) => {
      const found = young.get(key) ?? old.get(key);
      if (found === undefined) return;
      const left = listOf(found).filter((text) => !texts.includes(text));
      young.set(key, { ...found, texts: new Set(left) });
    },
  };
};

const addTo = (texts: Set<string> | string, text: string): Set<string> =>
  typeof texts === 'string' ? new Set([texts, text]) : texts.add(text);
