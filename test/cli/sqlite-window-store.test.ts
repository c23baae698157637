import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSqliteWindowStore } from '../../cli/sqlite-window-store.ts';
import { describeWindowStore } from '../contracts/window-store.ts';
import { temporaryFolder } from './terminal.ts';

describeWindowStore('in SQLite, in memory', async () => {
  const store = createSqliteWindowStore(':memory:', 0);
  return { store, stop: async () => store.close() };
});

describeWindowStore('in an SQLite file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-state-'));
  const store = createSqliteWindowStore(join(folder, 'state.db'), 0);
  const stop = async (): Promise<void> => {
    store.close();
    rmSync(folder, { recursive: true });
  };
  return { store, stop };
});

describe('the SQLite file', () => {
  const noon = Date.UTC(2026, 9, 14, 12);
  const hour = 3_600_000;

  it('is what a restart goes on with', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const before = createSqliteWindowStore(file, noon);
    await before.remember('id', 'a', noon + hour, noon);
    expect(await before.take('places', 1, noon + hour, noon)).toBe(true);
    before.close();

    const after = createSqliteWindowStore(file, noon + 1);
    expect(await after.look('id', noon + 1)).toEqual({ count: 1 });
    expect(await after.remember('id', 'b', noon + hour, noon + 1)).toEqual({ count: 2 });
    expect(await after.take('places', 1, noon + hour, noon + 1)).toBe(false);
    after.close();
  });

  it('survives a process that was killed before it closed', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const killed = createSqliteWindowStore(file, noon);
    await killed.remember('id', 'a', noon + hour, noon);
    const next = createSqliteWindowStore(file, noon + 1);
    expect(await next.look('id', noon + 1)).toEqual({ count: 1 });
    next.close();
    killed.close();
  });

  it('loses at opening what has expired', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const before = createSqliteWindowStore(file, noon);
    await before.remember('id', 'a', noon + hour, noon);
    before.close();
    const after = createSqliteWindowStore(file, noon + hour);
    // Asked about a time at which it would still count.
    expect(await after.look('id', noon)).toBeUndefined();
    after.close();
  });
});
