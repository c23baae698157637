import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIo } from '../../cli/io.ts';

/** A terminal of 20 columns; `stdout` and `stderr` give what was written since they were asked last. */
const open = ({ isTTY = false } = {}) => {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  for (const stream of Object.values(streams)) Object.assign(stream, { isTTY, columns: 20, getColorDepth: () => 8 });
  const text = (stream: PassThrough): string => String(stream.read() ?? '');
  return {
    io: createIo(streams),
    stdout: () => text(streams.stdout),
    stderr: () => text(streams.stderr),
  };
};

describe('the terminal', () => {
  beforeEach(() => void vi.stubEnv('FORCE_COLOR', undefined));
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    ['an escape sequence', '\u001b[2Jgone'],
    ['a window title', '\u001b]0;title\u0007'],
    ['an escape of one byte', '\u009b31mred'],
    ['a link', '\u001b]8;;https://example.com\u001b\\text\u001b]8;;\u001b\\'],
    ['a carriage return', 'real\rforged'],
    ['a backspace', 'real\b\b\b\b'],
    ['reversed text', '\u202etxt.exe\u2066'],
    ['what cannot be seen', 'a\u200bb\u{e0041}\u00ad'],
    ['line and paragraph separators', 'one\u2028two\u2029'],
    ['a byte order mark', '\ufeffstart'],
    ['concealed text', '\u001b[8mhidden'],
    ['colours that are not ours', '\u001b[31mCRITICAL\u001b[39m'],
  ])('is not reached by %s, on stdout and stderr', (_, text) => {
    const { io, stdout, stderr } = open();
    io.out(text);
    io.err(text);
    for (const written of [stdout(), stderr()]) {
      expect(written.at(-1)).toBe('\n');
      expect(written.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(written).toContain('\ufffd');
    }
  });

  it('leaves text of any language, tabs and lines of ours as they are', () => {
    const { io, stdout } = open();
    io.out('übung 💥 日本語 عربي\n\tnext');
    expect(stdout()).toBe('übung 💥 日本語 عربي\n\tnext\n');
  });

  it('shows our own colours, around text that carries others', () => {
    const { io, stdout } = open({ isTTY: true });
    io.out(`${io.color('red', 'CRITICAL')} \u001b[31mforged ${io.color('bold', 'title\u001b[8m')}`);
    expect(stdout()).toBe('\u001b[31mCRITICAL\u001b[39m \ufffd[31mforged \u001b[1mtitle\ufffd[8m\u001b[22m\n');
  });

  it('has no colours where nobody looks at it', () => {
    const { io, stdout } = open();
    io.out(io.color('red', 'CRITICAL'));
    expect(stdout()).toBe('CRITICAL\n');
  });

  it('draws progress over itself on a terminal, never wider than that, and erases it for a line', () => {
    const { io, stderr } = open({ isTTY: true });
    io.progress?.('1000 records of a long name');
    expect(stderr()).toBe('\r\u001b[K1000 records of a l');
    io.err('done');
    expect(stderr()).toBe('\r\u001b[Kdone\n');
    expect(open().io.progress).toBeUndefined();
  });

  it('has taken what was said when the slower of its streams has', async () => {
    const { io, stdout, stderr } = open();
    const long = 'x'.repeat(100_000);
    io.out(long);
    io.err(long);
    let isTaken = false;
    const taken = io.taken?.().then(() => {
      isTaken = true;
    });
    expect(stdout()).toBe(`${long}\n`);
    await setImmediate();
    await setImmediate();
    expect(isTaken).toBe(false);
    expect(stderr()).toBe(`${long}\n`);
    await taken;
    expect(isTaken).toBe(true);
  });
});
