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
  /** Where progress is drawn over itself; absent when stderr is not a terminal. */
  readonly progress?: (line: string) => void;
};

/** The real terminal. Colours only on a terminal and without `NO_COLOR` (https://no-color.org). */
export const createIo = (): Io => {
  const { stdout, stderr } = process;
  return {
    out: (line) => stdout.write(`${line}\n`),
    err: (line) => stderr.write(`${stderr.isTTY ? '\r\u001b[K' : ''}${line}\n`),
    color: (color, text) => styleText(color, text, { stream: stdout }),
    now: Date.now,
    ...(stderr.isTTY ? { progress: (line: string) => stderr.write(`\r\u001b[K${line}`) } : {}),
  };
};
