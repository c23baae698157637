import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownCode, markdownTable, markdownText } from '../../engine/markdown.ts';

describe('text in Markdown', () => {
  it.each([
    ['a | b', 'a \\| b'],
    ['*bold* and `code`', '\\*bold\\* and \\`code\\`'],
    ['[a](https://example.com)', '\\[a\\](https://example.com)'],
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['_kept_ but not snake_case', '\\_kept\\_ but not snake_case'],
    ['&lt;', '&amp;lt;'],
    ['# no heading', '&#35; no heading'],
    ['1. no list', '&#49;. no list'],
    ['- no list', '&#45; no list'],
    ['two\n\nlines', 'two lines'],
    ['back\\slash', 'back\\\\slash'],
  ])('%j is no markup', (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it('never holds HTML or the end of a cell, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const written = markdownText(text);
        expect(written).not.toMatch(/[<>\n]/);
        expect(written.replace(/\\./g, '')).not.toMatch(/[|`*[\]]/);
      }),
    );
  });

  it('is code between fences longer than its own', () => {
    expect(markdownCode('a')).toBe('`a`');
    expect(markdownCode('a `b` c')).toBe('``a `b` c``');
    expect(markdownCode('`')).toBe('`` ` ``');
    expect(markdownCode('a|b')).toBe('`a\\|b`');
  });

  it('makes rows of tables', () => {
    expect(markdownTable(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
  });
});
