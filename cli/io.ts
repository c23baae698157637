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
};

type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The real terminal. Colours only on a terminal and without `NO_COLOR` (https://no-color.org). */
export const createIo = ({ stdout, stderr }: { stdout: Terminal; stderr: Terminal } = process): Io => {
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
    color: (color, text) => styleText(color, text, { stream: stdout }),
    now: Date.now,
    ...(stderr.isTTY ? { progress: draw } : {}),
  };
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const unprintable = /(?![\n\t]|\u001b\[\d{1,2}m)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Records, file names and messages with parts of them may carry terminal commands and marks that reverse text: nothing
 * but our own colours gets through.
 */
const printable = (text: string): string => text.replace(unprintable, '\ufffd');
