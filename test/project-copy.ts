import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A copy of what the command line needs of this project, in a folder that the test removes. */
export const copyProject = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-project-'));
  for (const part of ['rules', 'samples', 'cli', 'engine', 'package.json'])
    cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  return folder;
};

/** Commits the rules of a folder, which becomes a git repository with the first. */
export const commitRules = (folder: string): void => {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
  git('init', '--quiet');
  git('add', 'rules');
  git('commit', '--quiet', '--message', 'rules');
};
