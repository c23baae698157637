import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { buildInto } from '../packaged-stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly runFolder: string;
  }
}

/** Called by vitest before a run: a folder that its test files share, gone after it, and emptied where files changed. */
export const setup = (project: TestProject): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-run-'));
  project.provide('runFolder', folder);
  project.onTestsRerun(async () => rmSync(join(folder, 'build'), { recursive: true, force: true }));
  return () => rmSync(folder, { recursive: true, force: true });
};

/** The folder of the one build of a run, for reading only; made by who first asks for it. */
export const sharedBuild = async (): Promise<string> => {
  const runFolder = inject('runFolder');
  const folder = join(runFolder, 'build');
  if (existsSync(folder)) return folder;
  const own = mkdtempSync(join(runFolder, 'building-'));
  await buildInto(own);
  // Whole or not there; two that build at once make the same.
  if (!existsSync(folder)) renameSync(own, folder);
  return folder;
};
