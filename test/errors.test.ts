import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorCodes } from '../engine/errors.ts';

it('docs/errors.md lists every error code with its class, and no other', () => {
  const documented = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(\w+)` \| `(\w+)` \|/gm)].map(
    ([, name, code]) => `${name} ${code}`,
  );
  const known = Object.entries(errorCodes).flatMap(([name, codes]) => codes.map((code) => `${name} ${code}`));
  expect(documented.toSorted()).toEqual(known.toSorted());
});
