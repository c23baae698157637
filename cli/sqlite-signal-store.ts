import type { DatabaseSync } from 'node:sqlite';
import type { SignalStore } from '../engine/signal-store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS signal_set (key TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS signal_set_expires_at ON signal_set (expires_at);
  CREATE TABLE IF NOT EXISTS signal (
    key TEXT NOT NULL REFERENCES signal_set ON DELETE CASCADE, text TEXT NOT NULL, PRIMARY KEY (key, text)
  ) WITHOUT ROWID;
`;

/** Keys name times, and those of last week are never touched again: now and then what has expired is deleted. */
const addsBetweenSweeps = 1_000;

/** The signal store in an SQLite database, for one process at a time. */
export const createSqliteSignalStore = (database: DatabaseSync, openedAt: number): SignalStore => {
  database.exec(schema);
  const sweep = database.prepare('DELETE FROM signal_set WHERE expires_at <= ?');
  sweep.run(openedAt);

  const dropExpired = database.prepare('DELETE FROM signal_set WHERE key = ? AND expires_at <= ?');
  const keepSet = database.prepare(
    `INSERT INTO signal_set (key, expires_at) VALUES (?, ?)
     ON CONFLICT (key) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
  );
  const addText = database.prepare('INSERT OR IGNORE INTO signal (key, text) VALUES (?, ?)');
  const dropText = database.prepare('DELETE FROM signal WHERE key = ? AND text = ?');
  const readLive = database.prepare(
    'SELECT text FROM signal JOIN signal_set USING (key) WHERE key = ? AND expires_at > ?',
  );
  const read = (key: string, now: number): readonly string[] => readLive.all(key, now).map(({ text }) => String(text));

  let adds = 0;
  return {
    add: async (key, text, expiresAt, now) => {
      if (++adds % addsBetweenSweeps === 0) sweep.run(now);
      dropExpired.run(key, now);
      keepSet.run(key, expiresAt);
      addText.run(key, text);
      return read(key, now);
    },
    read: async (keys, now) => keys.map((key) => read(key, now)),
    drop: async (key, texts) => {
      for (const text of texts) dropText.run(key, text);
    },
  };
};

/** A set of signals with its key and end, milliseconds since 1970. */
export type SignalSet = { readonly key: string; readonly texts: readonly string[]; readonly expiresAt: number };

/** Reads all sets that live at a time, one after the other. */
export function* readSignalSets(database: DatabaseSync, now: number): Generator<SignalSet> {
  const texts = database.prepare('SELECT text FROM signal WHERE key = ?');
  const sets = database.prepare('SELECT key, expires_at FROM signal_set WHERE expires_at > ? ORDER BY key');
  for (const { key, expires_at: expiresAt } of sets.iterate(now)) {
    const held = texts.all(String(key)).map(({ text }) => String(text));
    if (held.length > 0) yield { key: String(key), texts: held, expiresAt: Number(expiresAt) };
  }
}
