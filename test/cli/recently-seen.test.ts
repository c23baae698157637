import { expect, it } from 'vitest';
import { createRecentlySeen } from '../../cli/recently-seen.ts';

it('knows an id again, and no other', () => {
  const isCopy = createRecentlySeen();
  const ids = [0, 2, 2 ** 19, 2 ** 20, 2 ** 53 - 1, 2 ** 53 - 2];
  for (const id of ids) expect(isCopy(id), `${id} for the first time`).toBe(false);
  for (const id of ids) expect(isCopy(id), `${id} again`).toBe(true);
  expect(isCopy(3)).toBe(false);
});

it('knows the last quarter of a million, and forgets what came long before', () => {
  const isCopy = createRecentlySeen();
  const count = 600_000;
  for (let id = 1; id <= count; id++) isCopy(id * 7_919);
  for (let id = count; id > count - 250_000; id--) expect(isCopy(id * 7_919)).toBe(true);
  expect(isCopy(7_919)).toBe(false);
});
