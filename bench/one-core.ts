import { execFileSync } from 'node:child_process';

/**
 * Does the work on one core, so that garbage collection and compilation, which V8 does on others where it can, are counted
 * too: an engine that leaves much garbage would look faster the less there is to do elsewhere. Says whether that was
 * possible; only Linux has `taskset`.
 */
export const onOneCore = async (work: () => Promise<void>): Promise<boolean> => {
  const before = coresOf();
  if (before === undefined) {
    await work();
    return false;
  }
  // `0-3,6`: the last number is a core that we may use.
  setCores(before.split(/[,-]/).at(-1) ?? before);
  try {
    await work();
  } finally {
    setCores(before);
  }
  return true;
};

const coresOf = (): string | undefined => {
  try {
    const says = execFileSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' });
    const [, list] = /: ([\d,-]+)\s*$/.exec(says) ?? [];
    return list;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Of all threads that the process has by now; those to come take after them. */
const setCores = (list: string): void => {
  execFileSync('taskset', ['-a', '-c', '-p', list, String(process.pid)], { stdio: 'ignore' });
};
