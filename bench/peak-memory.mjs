import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into a process before its program (`--import`): writes to descriptor 3 how many kilobytes it had in memory at
 * most. Linux itself tells; what getrusage says of a child begins with the memory of the process that started it. It is
 * JavaScript: types, stripped before the program keeps what was compiled, would take 15 MB of what is measured.
 */
const peak = () => {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes);
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS;
};

if (isMainThread) process.on('exit', () => writeSync(3, String(peak())));
