import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decorators, operators } from '../../engine/operators.ts';
import { makeDocs } from '../../infra/make-docs.ts';

const repository = join(import.meta.dirname, '../..');

describe('the documents made from the code', () => {
  it.each(makeDocs())('$path is what infra/make-docs.ts makes', ({ path, text }) => {
    expect(readFileSync(join(repository, path), 'utf8')).toBe(text);
  });

  it('name every operator and every decorator, each in a section of its own', () => {
    const text = makeDocs().find(({ path }) => path === 'docs/operators.md')?.text ?? '';
    for (const name of Object.keys(operators)) expect(text).toContain(`\n### \`${name}\`\n`);
    for (const name of Object.keys(decorators)) expect(text).toContain(`\n### \`${name}:\`\n`);
  });

  it('have tables whose rows are as wide as their heads', () => {
    for (const { path, text } of makeDocs()) {
      for (const table of text.match(/(?:^\|.*\n)+/gm) ?? []) {
        const widths = table
          .trimEnd()
          .split('\n')
          .map((row) => row.split(/(?<!\\)\|/).length);
        expect(new Set(widths).size, `${path}: ${table.slice(0, 80)}`).toBe(1);
      }
    }
  });
});
