import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import type { CliOptions } from 'vitest/node';

// biome-ignore lint/style/noProcessEnv: which tests there are depends on it
const corpus = process.env.TRAILWIRE_CORPUS;
if (corpus === undefined && process.argv.includes('corpus')) {
  process.stderr.write('The tests on real records are left out: TRAILWIRE_CORPUS does not name their folder.\n');
}

/** `project` is the answer to `vitest run` alone; `--project aws` or `--project corpus` overrides it. */
const test: CliOptions = {
  project: 'unit',
  projects: [
    {
      extends: true,
      test: {
        name: 'unit',
        include: ['test/**/*.test.ts'],
        exclude: [...configDefaults.exclude, 'test/aws/**', 'test/corpus/**'],
      },
    },
    {
      extends: true,
      test: { name: 'aws', include: ['test/aws/**/*.test.ts'], globalSetup: 'test/aws/shared-build.ts' },
    },
    { extends: true, test: { name: 'corpus', include: corpus === undefined ? [] : ['test/corpus/**/*.test.ts'] } },
  ],
  passWithNoTests: corpus === undefined,
  // Threads are no faster here and cannot change directory or receive signals, as the tests of the CLI need.
  pool: 'forks',
  // Vitest leaves one core to itself, which is half of a two-core machine.
  maxWorkers: '100%',
  // Processes that tests start compile what the one before them did: a fifth of a second each.
  env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node') },
  testTimeout: 20_000,
  hookTimeout: 20_000,
};

export default defineConfig({ test });
