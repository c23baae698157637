import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextBuffer } from '../../cli/text-buffer.ts';

describe('a buffer of texts', () => {
  it('gives back what was added, whatever the letters', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        const buffer = createTextBuffer();
        const ends = texts.map(buffer.add);
        const bytes = Buffer.from(buffer.take());
        expect(ends.map((end, index) => bytes.toString('utf8', ends[index - 1] ?? 0, end))).toEqual(texts);
      }),
    );
  });

  it('has room for what is longer than all before', () => {
    const buffer = createTextBuffer();
    buffer.add('short');
    buffer.add('ü'.repeat(200_000));
    expect(Buffer.from(buffer.take()).toString()).toBe(`short${'ü'.repeat(200_000)}`);
  });

  it('forgets what is cut off', () => {
    const buffer = createTextBuffer();
    const end = buffer.add('kept');
    buffer.add(' and not');
    buffer.cut(end);
    buffer.add(' again');
    expect(Buffer.from(buffer.take()).toString()).toBe('kept again');
  });

  it('leaves alone what was taken', () => {
    const buffer = createTextBuffer();
    buffer.add('first');
    const taken = buffer.take();
    expect(buffer.length()).toBe(0);
    buffer.add('other');
    expect(Buffer.from(taken).toString()).toBe('first');
  });
});
