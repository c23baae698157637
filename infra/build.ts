import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { zipSync } from 'fflate';
import { readRuleFiles } from '../cli/read-rules.ts';
import { renderProblem } from '../engine/errors.ts';
import { compilePatterns } from '../engine/pattern.ts';
import { parseRuleSet, type RuleSet } from '../engine/rule-set.ts';
import type { PackedRules } from '../functions/config.ts';
import { renderSubscriptions } from './subscriptions.ts';

/** The functions, and whether they read the packed rules. `notify` is deployed once for each destination. */
const functions = [
  { name: 'detect', readsRules: true },
  { name: 'notify', readsRules: false },
  { name: 'remediate', readsRules: true },
] as const;

const packRules = ({ rules, suppressions, conditions, lists }: RuleSet): PackedRules => ({
  rules,
  suppressions,
  conditions: [...conditions],
  lists: [...lists],
});

/** Some dependencies are CommonJS and call `require` for what Node has built in. */
const requireForCommonJs =
  "import { createRequire as trailwireRequire } from 'node:module'; const require = trailwireRequire(import.meta.url);";

const bundleFunction = async (name: string, folder: string): Promise<Uint8Array> => {
  const { outputFiles, metafile } = await bundle({
    entryPoints: { [`${name}/index`]: `functions/${name}.ts` },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: requireForCommonJs },
    minify: true,
    // Errors are named after their classes, and logs are searched by these names.
    keepNames: true,
    // For reading stack traces at a desk; in the package it would slow every cold start.
    sourcemap: 'external',
    metafile: true,
    write: false,
  });
  mkdirSync(join(folder, name), { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  // What went into the bundle: infra.test.ts derives from it which calls the function can make.
  writeFileSync(join(folder, name, 'meta.json'), JSON.stringify(metafile));
  const code = outputFiles.find(({ path }) => path.endsWith('.mjs'));
  if (code === undefined) throw new TypeError(`esbuild gave no code for functions/${name}.ts`);
  return code.contents;
};

/** The same bytes for the same content, so that a deployment without changes changes nothing. */
const zip = (files: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync(files, { mtime: new Date(2026, 0, 1), os: 3, attrs: 0o644 << 16, level: 9 });

const build = async (folder: string): Promise<readonly string[]> => {
  const { ruleSet, problems } = parseRuleSet(readRuleFiles('rules'));
  if (problems.length > 0) return problems.map((problem) => `rules/${renderProblem(problem)}`);

  mkdirSync(folder, { recursive: true });
  const rules = JSON.stringify(packRules(ruleSet));
  const patterns = compilePatterns(ruleSet.rules, ruleSet);
  writeFileSync(join(folder, 'rules.json'), rules);
  writeFileSync(join(folder, 'subscriptions.json'), JSON.stringify(renderSubscriptions(patterns), undefined, 2));
  console.log(`${ruleSet.rules.length} rules, ${patterns.length} subscriptions`);

  for (const { name, readsRules } of functions) {
    const code = await bundleFunction(name, folder);
    const archive = zip({
      'index.mjs': code,
      ...(readsRules ? { 'rules.json': new TextEncoder().encode(rules) } : {}),
    });
    writeFileSync(join(folder, `${name}.zip`), archive);
    console.log(`${name}: ${Math.round(code.length / 1024)} KiB, zipped ${Math.round(archive.length / 1024)} KiB`);
  }
  return [];
};

const problems = await build(process.argv[2] ?? 'build');
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} problems, nothing was built`);
  process.exitCode = 1;
}
