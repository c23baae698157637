import { describe, expect, it } from 'vitest';
import { createMemoryWindowStore } from '../../engine/window-store.ts';
import { describeWindowStore } from '../contracts/window-store.ts';

describeWindowStore('in memory', async () => ({ store: createMemoryWindowStore(), stop: async () => undefined }));

describe('the memory of one process', () => {
  it('forgets the oldest rather than grow', async () => {
    const store = createMemoryWindowStore();
    for (let index = 0; index <= 200_000; index++) await store.remember(`id-${index}`, 'action', 2, 1);
    expect(await store.look('id-0', 1)).toBeUndefined();
    expect(await store.look('id-150000', 1)).toEqual({ count: 1 });
    expect(await store.look('id-200000', 1)).toEqual({ count: 1 });
  });

  it('forgets the oldest rather than count without end', async () => {
    const store = createMemoryWindowStore();
    for (let index = 0; index < 3_000; index++) {
      for (let action = 0; action < 200; action++) await store.remember(`id-${index}`, `${action}`, 2, 1);
    }
    expect(await store.look('id-0', 1)).toBeUndefined();
    expect(await store.look('id-2000', 1)).toEqual({ count: 200 });
    expect(await store.look('id-2999', 1)).toEqual({ count: 200 });
  });

  it('does not forget for the sake of what it knows already', async () => {
    const store = createMemoryWindowStore();
    await store.remember('quiet', 'action', 2, 1);
    for (let time = 0; time < 500_000; time++) await store.remember('hot', `action-${time % 100}`, 2, 1);
    expect(await store.look('quiet', 1)).toEqual({ count: 1 });
  });

  it('does not forget what is still being counted', async () => {
    const store = createMemoryWindowStore();
    for (let index = 0; index <= 250_000; index++) {
      await store.remember(`id-${index}`, 'action', 2, 1);
      if (index % 50_000 === 0) await store.remember('hot', `action-${index}`, 2, 1);
    }
    expect(await store.look('hot', 1)).toEqual({ count: 6 });
  });
});
