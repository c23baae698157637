import { describe, expect, it } from 'vitest';
import { createMemorySignalStore } from '../../engine/signal-store.ts';
import { describeSignalStore } from '../contracts/signal-store.ts';

describeSignalStore('in memory', async () => ({ store: createMemorySignalStore(), stop: async () => undefined }));

describe('the sets of one process', () => {
  it('are forgotten, the oldest first, rather than grow', async () => {
    const store = createMemorySignalStore();
    for (let index = 0; index <= 400_000; index++) await store.add(`key-${index}`, 'a', 2, 1);
    expect(await store.read(['key-0', 'key-200000', 'key-400000'], 1)).toEqual([[], ['a'], ['a']]);
  });

  it('are not forgotten while they are added to', async () => {
    const store = createMemorySignalStore();
    for (let index = 0; index <= 500_000; index++) {
      await store.add(`key-${index}`, 'a', 2, 1);
      if (index % 100_000 === 0) await store.add('hot', `text-${index}`, 2, 1);
    }
    expect((await store.read(['hot'], 1))[0]).toHaveLength(6);
  });
});
