import { DatabaseSync } from 'node:sqlite';
import type { SignalStore } from '../engine/signal-store.ts';
import type { WindowStore } from '../engine/window-store.ts';
import { createSqliteSignalStore, readSignalSets, type SignalSet } from './sqlite-signal-store.ts';
import { createSqliteWindowStore } from './sqlite-window-store.ts';

/** What a process remembers across restarts. */
export type SqliteState = {
  readonly store: WindowStore;
  readonly signals: SignalStore;
  /** All sets of signals that live at a time, milliseconds since 1970. */
  readonly signalSets: (now: number) => Iterable<SignalSet>;
  /** Does some work in one transaction: thousands of writes take no longer than one. */
  readonly together: (work: () => Promise<void>) => Promise<void>;
  readonly close: () => void;
};

/**
 * Opens one SQLite file (or `:memory:`) for one process at a time. What has expired reads as never there and is deleted at
 * opening, when its key is touched next, or in passing.
 */
export const openSqliteState = (file: string, openedAt: number): SqliteState => {
  // Another process may hold the file for a moment: wait for it.
  const database = new DatabaseSync(file, { timeout: 5_000 });
  // NORMAL loses at most the last moments at a power cut: an alert may repeat, none is lost.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  return {
    store: createSqliteWindowStore(database, openedAt),
    signals: createSqliteSignalStore(database, openedAt),
    signalSets: (now) => readSignalSets(database, now),
    together: async (work) => {
      database.exec('BEGIN');
      try {
        await work();
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
};
