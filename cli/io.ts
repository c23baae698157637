import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { styleText } from 'node:util';

/** What a command may touch of the world, so that tests can watch it. */
export type Io = {
  /** One line of result. */
  readonly out: (line: string) => void;
  /** One line of progress or summary. */
  readonly err: (line: string) => void;
  readonly color: (color: 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A line that the next one is drawn over; absent when stderr is not a terminal. */
  readonly progress?: (line: string) => void;
  /** Waits until what was said has been taken: what a thread says stays in its memory until the thread waits for something. */
  readonly taken?: () => Promise<void>;
};

type Terminal = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly writableNeedDrain?: boolean;
};

/** The real terminal. Colours only on a terminal and without `NO_COLOR` (https://no-color.org). */
export const createIo = ({ stdout, stderr }: { stdout: Terminal; stderr: Terminal } = process): Io => {
  /** Stands for the escape of our own colours on the way: what a record writes for a colour is not it. */
  const ours = randomUUID();
  const printable = (text: string): string => text.split(ours).map(replaceUnprintable).join('\u001b');
  let isDrawn = false;
  const erase = (): void => {
    if (isDrawn) stderr.write('\r\u001b[K');
    isDrawn = false;
  };
  const draw = (line: string): void => {
    stderr.write(`\r\u001b[K${printable(line).slice(0, (stderr.columns ?? 80) - 1)}`);
    isDrawn = true;
  };
  return {
    out: (line) => {
      erase();
      stdout.write(`${printable(line)}\n`);
    },
    err: (line) => {
      erase();
      stderr.write(`${printable(line)}\n`);
    },
    color: (color, text) => styleText(color, replaceUnprintable(text), { stream: stdout }).replaceAll('\u001b', ours),
    now: Date.now,
    taken: async () => {
      await setImmediate();
      for (const stream of [stdout, stderr]) if (stream.writableNeedDrain === true) await once(stream, 'drain');
    },
    ...(stderr.isTTY ? { progress: draw } : {}),
  };
};

/**
 * Records, file names and messages with parts of them may carry terminal commands and marks that reverse text: nothing
 * but our own colours gets through.
 */
const replaceUnprintable = (text: string): string => text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
