import type { DatabaseSync } from 'node:sqlite';
import { maxCountedActions, type WindowStore } from '../engine/window-store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS action (id TEXT NOT NULL, action TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (id, action)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS action_expires_at ON action (expires_at);
`;

/** The window store in an SQLite database, for one process at a time. */
export const createSqliteWindowStore = (database: DatabaseSync, openedAt: number): WindowStore => {
  database.exec(schema);
  database.prepare('DELETE FROM action WHERE expires_at <= ?').run(openedAt);

  const countLive = database.prepare('SELECT count(*) AS n FROM action WHERE id = ? AND expires_at > ?');
  const dropExpired = database.prepare('DELETE FROM action WHERE id = ? AND expires_at <= ?');
  const add = database.prepare(
    `INSERT OR IGNORE INTO action (id, action, expires_at)
     VALUES (?1, ?2, coalesce((SELECT max(expires_at) FROM action WHERE id = ?1), ?3))`,
  );
  const count = (id: string, now: number): number => Number(countLive.get(id, now)?.n ?? 0);

  return {
    look: async (id, now) => {
      const seen = count(id, now);
      return seen === 0 ? undefined : { count: seen };
    },
    remember: async (id, actionId, expiresAt, now) => {
      dropExpired.run(id, now);
      if (count(id, now) < maxCountedActions) add.run(id, actionId, expiresAt);
      return { count: count(id, now) };
    },
    take: async (key, limit, expiresAt, now) => {
      dropExpired.run(key, now);
      const taken = count(key, now);
      if (taken >= limit) return false;
      add.run(key, `place ${taken}`, expiresAt);
      return true;
    },
  };
};
