import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const repository = join(import.meta.dirname, '..');
const meter = join(import.meta.dirname, 'peak-memory.mjs');

/** What a process took, its most memory in megabytes; `failure` where it did not end well. */
export type ReplayRun = { readonly seconds: number; readonly peak: number; readonly failure?: string };

/** Runs `trailwire replay` with arguments in a process of its own, from start to end. */
export const runReplay = async (given: readonly string[]): Promise<ReplayRun> => {
  const began = performance.now();
  const args = ['--import', meter, 'cli/main.mjs', 'replay', ...given];
  const child = spawn(process.execPath, args, { cwd: repository, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const [, , errors, measured] = child.stdio;
  if (errors === null || measured === null || measured === undefined) throw new TypeError('no pipes were made');
  const [[code], says, kilobytes] = await Promise.all([
    once(child, 'exit'),
    text(errors),
    text(measured as NodeJS.ReadableStream),
  ]);
  const seconds = (performance.now() - began) / 1000;
  const peak = (Number(kilobytes) * 1024) / 1e6;
  return { seconds, peak, ...(code === 0 ? {} : { failure: `ended with ${code}: ${says.split('\n', 1)[0]}` }) };
};
