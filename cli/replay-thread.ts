import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { stdin } from './input.ts';
import { collectEarly, littleRoom } from './little-memory.ts';
import type { ReplayOptions } from './replay.ts';

/** What a thread is told; its own output is no terminal, even where that of the process is. */
export type ReplayStart = {
  readonly paths: readonly string[];
  readonly options: ReplayOptions;
  readonly stdout: TerminalShape;
  readonly stderr: TerminalShape;
};

type TerminalShape = { readonly isTTY: boolean; readonly columns: number | undefined };

const shapeOf = ({ isTTY, columns }: NodeJS.WriteStream): TerminalShape => ({ isTTY: isTTY === true, columns });

/** Runs `replay` in a thread, which takes less memory; gives its exit code. */
export const replayInThread = async (paths: readonly string[], options: ReplayOptions): Promise<number> => {
  collectEarly();
  const start: ReplayStart = { paths, options, stdout: shapeOf(process.stdout), stderr: shapeOf(process.stderr) };
  const worker = new Worker(new URL('./replay-worker.ts', import.meta.url), {
    workerData: start,
    resourceLimits: littleRoom,
    stdin: paths.includes(stdin),
  });
  if (worker.stdin !== null) process.stdin.pipe(worker.stdin);
  const [code] = await once(worker, 'exit');
  return code;
};
