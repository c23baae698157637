import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignalStore } from '../../engine/signal-store.ts';

/** What is expected of every signal store, wherever it keeps its sets. */
export const describeSignalStore = (
  name: string,
  create: () => Promise<{ readonly store: SignalStore; readonly stop: () => Promise<void> }>,
): void => {
  const noon = Date.UTC(2026, 9, 14, 12);
  const minute = 60_000;
  const hour = 60 * minute;

  describe(`the signal store ${name}`, () => {
    let store: SignalStore;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      ({ store, stop } = await create());
    });
    afterAll(() => stop());

    let keys = 0;
    const freshKey = () => `key-${++keys}`;
    const add = async (key: string, text: string, expiresAt = noon + hour, now = noon) =>
      [...(await store.add(key, text, expiresAt, now))].sort();
    const read = async (key: string, now = noon) => {
      const [texts, ...others] = await store.read([key], now);
      expect(others).toEqual([]);
      return [...(texts ?? [])].sort();
    };
    const addAll = async (key: string, texts: readonly string[]) => {
      for (const text of texts) await add(key, text);
    };
    const numbered = (count: number) => Array.from({ length: count }, (_, index) => `text-${index + 100}`);

    describe('of what is there', () => {
      it('has nothing under a key that nothing was added to', async () => {
        expect(await read(freshKey())).toEqual([]);
      });

      it('gives with each addition all that the set then holds', async () => {
        const key = freshKey();
        expect(await add(key, 'b')).toEqual(['b']);
        expect(await add(key, 'a')).toEqual(['a', 'b']);
        expect(await add(key, 'c')).toEqual(['a', 'b', 'c']);
        expect(await read(key)).toEqual(['a', 'b', 'c']);
      });

      it('has a text once, however often it is added', async () => {
        const key = freshKey();
        await addAll(key, ['a', 'a', 'b', 'a']);
        expect(await add(key, 'b')).toEqual(['a', 'b']);
        expect(await read(key)).toEqual(['a', 'b']);
      });

      it('reading adds nothing', async () => {
        const key = freshKey();
        await read(key);
        expect(await add(key, 'a')).toEqual(['a']);
      });

      it('reads several sets, in the order of their keys', async () => {
        const [one, other, nothing] = [freshKey(), freshKey(), freshKey()];
        await addAll(one, ['a']);
        await addAll(other, ['b']);
        expect(await store.read([other, nothing, one, other], noon)).toEqual([['b'], [], ['a'], ['b']]);
        expect(await store.read([], noon)).toEqual([]);
      });

      it.each([
        'constructor',
        '__proto__',
        '\u0000',
        '💥',
        'tab\tquote"',
        "'; DROP TABLE signal; --",
        ' ',
        'x'.repeat(700),
      ])('gives a text back as it was (%#)', async (text) => {
        const key = freshKey();
        await add(key, 'other');
        expect(await add(key, text)).toEqual(['other', text].sort());
        expect(await read(key)).toEqual(['other', text].sort());
        await store.drop(key, [text]);
        expect(await read(key)).toEqual(['other']);
      });

      it.each([
        ['of 10,000 characters', 'x'.repeat(10_000)],
        ['with odd characters', 'any-rule/600000/17/["💥","\u0000#%?/"]'],
        ['that objects inherit', '__proto__'],
      ])('keeps keys %s apart', async (_, key) => {
        await add(key, 'a');
        await add(`${key}/`, 'b');
        expect(await read(key)).toEqual(['a']);
        expect(await read(`${key}/`)).toEqual(['b']);
      });

      it('holds 500 texts of 200 characters', async () => {
        const key = freshKey();
        const texts = numbered(500).map((text) => text.padEnd(200, '.'));
        await Promise.all(texts.map((text) => store.add(key, text, noon + hour, noon)));
        expect(await read(key)).toEqual(texts);
      });
    });

    describe('of what is dropped', () => {
      it('keeps the others', async () => {
        const key = freshKey();
        await addAll(key, ['a', 'b', 'c', 'd']);
        await store.drop(key, ['b', 'd']);
        expect(await read(key)).toEqual(['a', 'c']);
        expect(await add(key, 'e')).toEqual(['a', 'c', 'e']);
      });

      it('minds nothing that is not there', async () => {
        const key = freshKey();
        await addAll(key, ['a']);
        await store.drop(key, ['b']);
        await store.drop(key, []);
        await store.drop(freshKey(), ['a']);
        expect(await read(key)).toEqual(['a']);
      });

      it('takes it in again', async () => {
        const key = freshKey();
        await addAll(key, ['a', 'b']);
        await store.drop(key, ['a', 'b']);
        expect(await read(key)).toEqual([]);
        expect(await add(key, 'a')).toEqual(['a']);
      });
    });

    describe('of what ends', () => {
      it('has it until it expires, and not from then on', async () => {
        const key = freshKey();
        await add(key, 'a', noon + hour);
        expect(await read(key, noon + hour - 1_000)).toEqual(['a']);
        expect(await read(key, noon + hour)).toEqual([]);
        expect(await read(key, noon + 48 * hour)).toEqual([]);
      });

      it('keeps all of a set for as long as what is added last', async () => {
        const key = freshKey();
        await add(key, 'a', noon + hour);
        await add(key, 'b', noon + 2 * hour, noon + minute);
        expect(await read(key, noon + 2 * hour - 1_000)).toEqual(['a', 'b']);
        expect(await read(key, noon + 2 * hour)).toEqual([]);
      });

      it('does not end a set earlier for what is added with an earlier end', async () => {
        const key = freshKey();
        await add(key, 'a', noon + 2 * hour);
        expect(await add(key, 'b', noon + hour)).toEqual(['a', 'b']);
        expect(await read(key, noon + 2 * hour - 1_000)).toEqual(['a', 'b']);
      });

      it('begins anew after the end', async () => {
        const key = freshKey();
        await addAll(key, ['a', 'b']);
        expect(await add(key, 'c', noon + 3 * hour, noon + hour)).toEqual(['c']);
        expect(await add(key, 'd', noon + 3 * hour, noon + hour)).toEqual(['c', 'd']);
        expect(await read(key, noon + 3 * hour - 1_000)).toEqual(['c', 'd']);
        expect(await read(key, noon + 3 * hour)).toEqual([]);
      });
    });

    describe('of several writers at once', () => {
      it('loses nothing, and whoever comes last sees all', async () => {
        const key = freshKey();
        const texts = numbered(20);
        const seen = await Promise.all([...texts, ...texts].map((text) => add(key, text)));
        for (const [index, text] of texts.entries()) expect(seen[index]).toContain(text);
        expect(Math.max(...seen.map(({ length }) => length))).toBe(20);
        expect(await read(key)).toEqual(texts);
      });

      it('loses nothing of what begins anew, and brings nothing back', async () => {
        const key = freshKey();
        await addAll(key, ['before']);
        const texts = numbered(10);
        const seen = await Promise.all(texts.map((text) => add(key, text, noon + 3 * hour, noon + 2 * hour)));
        expect(Math.max(...seen.map(({ length }) => length))).toBe(10);
        expect(await read(key, noon + 2 * hour)).toEqual(texts);
      });

      it('loses nothing of those whose clocks differ', async () => {
        const key = freshKey();
        const texts = numbered(10);
        await Promise.all(texts.map((text, index) => add(key, text, noon + 2 * hour - (index % 3) * minute)));
        expect(await read(key, noon + 2 * hour - 1_000)).toEqual(texts);
      });

      it('loses nothing of those who come while others drop', async () => {
        const key = freshKey();
        const [kept, dropped, added] = [numbered(30).slice(0, 10), numbered(30).slice(10, 20), numbered(30).slice(20)];
        await addAll(key, [...kept, ...dropped]);
        await Promise.all([
          ...added.map((text) => store.add(key, text, noon + hour, noon)),
          ...dropped.map((text) => store.drop(key, [text])),
        ]);
        expect(await read(key)).toEqual([...kept, ...added]);
      });

      it('shows at least one of two, who each write one set and then read the other, what the other wrote', async () => {
        const writeThenRead = async (own: string, other: string) => {
          await add(own, 'a');
          return (await read(other)).length;
        };
        for (let round = 0; round < 20; round++) {
          const [one, other] = [freshKey(), freshKey()];
          const seen = await Promise.all([writeThenRead(one, other), writeThenRead(other, one)]);
          expect(Math.max(...seen)).toBe(1);
        }
      });
    });
  });
};
