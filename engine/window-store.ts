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

/**
 * Past this many entries, or actions counted in them, the older half is forgotten: a finding may then be reported again, memory
 * does not grow.
 */
const maxEntries = 50_000;
const maxActions = 100_000;

/** Most findings stand for one action, and a text takes a fifth of the memory of a set of one. */
type Entry = { readonly actions: Set<string> | string; readonly expiresAt: number };

const countOf = ({ actions }: Entry): number => (typeof actions === 'string' ? 1 : actions.size);

const withAction = (entry: Entry, action: string, most: number): Entry => {
  const { actions } = entry;
  if (countOf(entry) >= most) return entry;
  if (typeof actions !== 'string') actions.add(action);
  else if (actions !== action) return { ...entry, actions: new Set([actions, action]) };
  return entry;
};

/** A store for one process. */
export const createMemoryWindowStore = (): WindowStore => {
  let young = new Map<string, Entry>();
  let old = new Map<string, Entry>();
  let youngActions = 0;

  const find = (id: string, now: number): Entry | undefined => {
    const entry = young.get(id) ?? old.get(id);
    return entry === undefined || entry.expiresAt <= now ? undefined : entry;
  };
  /** Counts an action towards an entry, up to `most` of them; `before` is what was known of it, if anything. */
  const add = (id: string, before: Entry | undefined, action: string, most: number, expiresAt: number): Entry => {
    if (young.size >= maxEntries || youngActions >= maxActions) {
      old = young;
      young = new Map();
      youngActions = 0;
    }
    const counted = before !== undefined && young.has(id) ? countOf(before) : 0;
    const entry = before === undefined ? { actions: action, expiresAt } : withAction(before, action, most);
    young.set(id, entry);
    youngActions += countOf(entry) - counted;
    return entry;
  };

  return {
    look: async (id, now) => {
      const entry = find(id, now);
      return entry === undefined ? undefined : { count: countOf(entry) };
    },
    remember: async (id, actionId, expiresAt, now) => {
      const before = find(id, now);
      return { count: countOf(add(id, before, actionId, maxCountedActions, expiresAt)) };
    },
    take: async (key, limit, expiresAt, now) => {
      const before = find(key, now);
      const taken = before === undefined ? 0 : countOf(before);
      if (taken >= limit) return false;
      add(key, before, String(taken), limit, expiresAt);
      return true;
    },
  };
};
