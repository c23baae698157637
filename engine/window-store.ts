/** What is remembered of a finding id. */
export type Seen = {
  /** Distinct actions counted so far; stops counting at a bound that the store names. */
  readonly count: number;
};

/**
 * State across records: which findings went out, how many matches each stands for, and how many responses ran.
 * In memory (`replay`), node:sqlite (`serve`) and DynamoDB (Lambda); all pass test/contracts/window-store.ts.
 * Times are milliseconds since 1970; what is past `expiresAt` reads as never seen, whether deleted yet or not.
 */
export type WindowStore = {
  readonly look: (id: string, now: number) => Promise<Seen | undefined>;
  /** Counts an action towards a finding; the same action counts once, however often it is delivered. */
  readonly remember: (id: string, actionId: string, expiresAt: number, now: number) => Promise<Seen>;
  /** Takes one of `limit` places under a key; false when none is left. */
  readonly take: (key: string, limit: number, expiresAt: number, now: number) => Promise<boolean>;
};

/** Beyond this many distinct actions a finding's count says "at least": it bounds an item to some 8 KB. */
export const maxCountedActions = 200;

/** Past this many entries the older half is forgotten: a finding may then be reported again, memory does not grow. */
const maxEntries = 100_000;

/** A store for one process. */
export const createMemoryWindowStore = (): WindowStore => {
  type Entry = { actions: Set<string>; expiresAt: number };
  let young = new Map<string, Entry>();
  let old = new Map<string, Entry>();

  const find = (id: string, now: number): Entry | undefined => {
    const entry = young.get(id) ?? old.get(id);
    return entry === undefined || entry.expiresAt <= now ? undefined : entry;
  };
  const keep = (id: string, entry: Entry): void => {
    if (young.size >= maxEntries) {
      old = young;
      young = new Map();
    }
    young.set(id, entry);
  };

  return {
    look: async (id, now) => {
      const entry = find(id, now);
      return entry === undefined ? undefined : { count: entry.actions.size };
    },
    remember: async (id, actionId, expiresAt, now) => {
      const entry = find(id, now) ?? { actions: new Set<string>(), expiresAt };
      if (entry.actions.size < maxCountedActions) entry.actions.add(actionId);
      keep(id, entry);
      return { count: entry.actions.size };
    },
    take: async (key, limit, expiresAt, now) => {
      const entry = find(key, now) ?? { actions: new Set<string>(), expiresAt };
      if (entry.actions.size >= limit) return false;
      entry.actions.add(String(entry.actions.size));
      keep(key, entry);
      return true;
    },
  };
};
