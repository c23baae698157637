import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxCountedActions, type WindowStore } from '../../engine/window-store.ts';

/** What is expected of every window store, wherever it keeps its state. */
export const describeWindowStore = (
  name: string,
  create: () => Promise<{ readonly store: WindowStore; readonly stop: () => Promise<void> }>,
): void => {
  const noon = Date.UTC(2026, 9, 14, 12);
  const minute = 60_000;
  const hour = 60 * minute;

  describe(`the window store ${name}`, () => {
    let store: WindowStore;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      ({ store, stop } = await create());
    });
    afterAll(() => stop());

    let ids = 0;
    const freshId = () => `id-${++ids}`;
    const times = <T>(count: number, make: (index: number) => Promise<T>) =>
      Promise.all(Array.from({ length: count }, (_, index) => make(index)));

    describe('of what was seen', () => {
      it('knows nothing of an id that was never remembered', async () => {
        expect(await store.look(freshId(), noon)).toBeUndefined();
      });

      it('knows what was remembered, and nothing of other ids', async () => {
        const id = freshId();
        expect(await store.remember(id, 'action', noon + hour, noon)).toEqual({ count: 1 });
        expect(await store.look(id, noon)).toEqual({ count: 1 });
        expect(await store.look(`${id}0`, noon)).toBeUndefined();
      });

      it('looking counts nothing', async () => {
        const id = freshId();
        await store.look(id, noon);
        await store.remember(id, 'action', noon + hour, noon);
        await store.look(id, noon);
        expect(await store.look(id, noon)).toEqual({ count: 1 });
      });

      it('counts each action once, however often it is delivered', async () => {
        const id = freshId();
        const counts: number[] = [];
        for (const action of ['a', 'b', 'a', 'b', 'c', 'a']) {
          counts.push((await store.remember(id, action, noon + hour, noon)).count);
        }
        expect(counts).toEqual([1, 2, 2, 2, 3, 3]);
        expect(await store.look(id, noon)).toEqual({ count: 3 });
      });

      it.each(['', '__proto__', 'constructor', 'x'.repeat(100_000), '\u0000', '💥'])(
        'takes any text for an action (%#)',
        async (action) => {
          const id = freshId();
          await store.remember(id, action, noon + hour, noon);
          expect(await store.remember(id, 'other', noon + hour, noon)).toEqual({ count: 2 });
          expect(await store.remember(id, action, noon + hour, noon)).toEqual({ count: 2 });
        },
      );

      it('knows an id until it expires, and not from then on', async () => {
        const id = freshId();
        await store.remember(id, 'action', noon + hour, noon);
        expect(await store.look(id, noon + hour - 1_000)).toEqual({ count: 1 });
        expect(await store.look(id, noon + hour)).toBeUndefined();
        expect(await store.look(id, noon + 24 * hour)).toBeUndefined();
      });

      it('a further action does not put the end off', async () => {
        const id = freshId();
        await store.remember(id, 'a', noon + hour, noon);
        await store.remember(id, 'b', noon + 2 * hour, noon + minute);
        expect(await store.look(id, noon + hour)).toBeUndefined();
      });

      it('counts anew what has expired', async () => {
        const id = freshId();
        await store.remember(id, 'a', noon + hour, noon);
        await store.remember(id, 'b', noon + hour, noon);
        expect(await store.remember(id, 'a', noon + 3 * hour, noon + 2 * hour)).toEqual({ count: 1 });
        expect(await store.remember(id, 'c', noon + 3 * hour, noon + 2 * hour)).toEqual({ count: 2 });
        expect(await store.look(id, noon + 3 * hour - 1_000)).toEqual({ count: 2 });
        expect(await store.look(id, noon + 3 * hour)).toBeUndefined();
      });

      it(`stops counting at ${maxCountedActions}, so that no attacker makes an entry grow`, async () => {
        const id = freshId();
        for (let index = 0; index < maxCountedActions; index++) {
          await store.remember(id, `action-${index}`, noon + hour, noon);
        }
        expect(await store.remember(id, 'one more', noon + hour, noon)).toEqual({ count: maxCountedActions });
        expect(await store.remember(id, 'action-0', noon + hour, noon)).toEqual({ count: maxCountedActions });
        expect(await store.look(id, noon)).toEqual({ count: maxCountedActions });
      });

      it('loses none of several that come at once', async () => {
        const id = freshId();
        await times(20, (index) => store.remember(id, `action-${index % 10}`, noon + hour, noon));
        expect(await store.look(id, noon)).toEqual({ count: 10 });
      });

      it('loses none of several that come at once to what has expired', async () => {
        const id = freshId();
        await store.remember(id, 'before', noon + hour, noon);
        const counts = await times(10, (index) =>
          store.remember(id, `action-${index}`, noon + 3 * hour, noon + 2 * hour),
        );
        expect(Math.max(...counts.map(({ count }) => count))).toBe(10);
        expect(await store.look(id, noon + 2 * hour)).toEqual({ count: 10 });
      });
    });

    describe('of limited places', () => {
      const take = (key: string, limit: number, now = noon) => store.take(key, limit, now + hour, now);
      const taken = (results: readonly boolean[]) => results.filter(Boolean).length;

      it('gives as many as there are', async () => {
        const key = freshId();
        const results: boolean[] = [];
        for (let attempt = 0; attempt < 4; attempt++) results.push(await take(key, 3));
        expect(results).toEqual([true, true, true, false]);
      });

      it('gives none where there are none', async () => {
        expect(await take(freshId(), 0)).toBe(false);
      });

      it('keeps those of one key from another', async () => {
        const [one, other] = [freshId(), freshId()];
        await take(one, 1);
        expect(await take(one, 1)).toBe(false);
        expect(await take(other, 1)).toBe(true);
      });

      it('gives them again once they have expired', async () => {
        const key = freshId();
        await take(key, 1);
        expect(await take(key, 1, noon + hour - 1_000)).toBe(false);
        expect(await take(key, 1, noon + hour)).toBe(true);
        expect(await take(key, 1, noon + hour)).toBe(false);
      });

      it('gives exactly 5 when 20 want one of 5 at once', async () => {
        const key = freshId();
        expect(taken(await times(20, () => take(key, 5)))).toBe(5);
        expect(await take(key, 5)).toBe(false);
      });

      it('gives exactly 5 when 20 want one of 5 that have expired at once', async () => {
        const key = freshId();
        await times(5, () => take(key, 5));
        expect(taken(await times(20, () => take(key, 5, noon + 2 * hour)))).toBe(5);
      });
    });
  });
};
