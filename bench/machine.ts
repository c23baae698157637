import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import own from '../package.json' with { type: 'json' };
import others from './package.json' with { type: 'json' };

const repository = join(import.meta.dirname, '..');

/** Where and of what figures were measured; nothing in it names the machine. */
export const describeRun = () => ({
  date: new Date().toISOString(),
  commit: git('rev-parse', 'HEAD'),
  isChanged: git('status', '--porcelain') !== '',
  node: process.version,
  v8: process.versions.v8,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 1e9),
  packages: { ...own.dependencies, ...others.devDependencies },
});

const git = (...args: readonly string[]): string | undefined => {
  try {
    return execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // A copy without its history can be measured as well.
    return undefined;
  }
};
