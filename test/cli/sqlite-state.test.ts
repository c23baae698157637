import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqliteState, type SqliteState } from '../../cli/sqlite-state.ts';
import { describeSignalStore } from '../contracts/signal-store.ts';
import { describeWindowStore } from '../contracts/window-store.ts';
import { temporaryFolder } from './terminal.ts';

const inMemory = async () => {
  const state = openSqliteState(':memory:', 0);
  return { state, stop: async () => state.close() };
};

const inFile = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-state-'));
  const state = openSqliteState(join(folder, 'state.db'), 0);
  const stop = async (): Promise<void> => {
    state.close();
    rmSync(folder, { recursive: true });
  };
  return { state, stop };
};

const storeOf =
  <Name extends 'store' | 'signals'>(name: Name, open: typeof inMemory) =>
  async (): Promise<{ readonly store: SqliteState[Name]; readonly stop: () => Promise<void> }> => {
    const { state, stop } = await open();
    return { store: state[name], stop };
  };

describeWindowStore('in SQLite, in memory', storeOf('store', inMemory));
describeWindowStore('in an SQLite file', storeOf('store', inFile));
describeSignalStore('in SQLite, in memory', storeOf('signals', inMemory));
describeSignalStore('in an SQLite file', storeOf('signals', inFile));

describe('the SQLite file', () => {
  const noon = Date.UTC(2026, 9, 14, 12);
  const hour = 3_600_000;

  it('is what a restart goes on with', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const before = openSqliteState(file, noon);
    await before.store.remember('id', 'a', noon + hour, noon);
    expect(await before.store.take('places', 1, noon + hour, noon)).toBe(true);
    before.close();

    const after = openSqliteState(file, noon + 1);
    expect(await after.store.look('id', noon + 1)).toEqual({ count: 1 });
    expect(await after.store.remember('id', 'b', noon + hour, noon + 1)).toEqual({ count: 2 });
    expect(await after.store.take('places', 1, noon + hour, noon + 1)).toBe(false);
    after.close();
  });

  it('survives a process that was killed before it closed', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const killed = openSqliteState(file, noon);
    await killed.store.remember('id', 'a', noon + hour, noon);
    const next = openSqliteState(file, noon + 1);
    expect(await next.store.look('id', noon + 1)).toEqual({ count: 1 });
    next.close();
    killed.close();
  });

  it('loses at opening what has expired', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const before = openSqliteState(file, noon);
    await before.store.remember('id', 'a', noon + hour, noon);
    before.close();
    const after = openSqliteState(file, noon + hour);
    // Asked about a time at which it would still count.
    expect(await after.store.look('id', noon)).toBeUndefined();
    after.close();
  });

  it('keeps signals over a restart, and loses at opening those that have expired', async () => {
    const file = join(temporaryFolder(), 'state.db');
    const before = openSqliteState(file, noon);
    await before.signals.add('short', 'a', noon + hour, noon);
    await before.signals.add('long', 'b', noon + 2 * hour, noon);
    before.close();
    const after = openSqliteState(file, noon + hour);
    // Asked about a time at which both would still be there.
    expect(await after.signals.read(['short', 'long'], noon)).toEqual([[], ['b']]);
    expect(await after.signals.add('long', 'c', noon + 2 * hour, noon + hour)).toEqual(['b', 'c']);
    after.close();
  });

  it('does not grow with signals whose time is over, although nobody asks for them again', async () => {
    const { signals, close } = openSqliteState(':memory:', noon);
    await signals.add('past', 'a', noon + hour, noon);
    for (let index = 0; index < 1_000; index++)
      await signals.add(`key-${index}`, 'a', noon + 3 * hour, noon + 2 * hour);
    expect(await signals.read(['past'], noon)).toEqual([[]]);
    close();
  });
});
