import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import { lateBuiltins, latePackages } from './late-modules.ts';
import { type Bundle, mergeChunks } from './merge-chunks.ts';

/** Some dependencies are CommonJS and call `require` for what Node has built in; `require` itself is made when they do. */
const requireForCommonJs =
  "const require = (name) => process.getBuiltinModule('node:module').createRequire(import.meta.url)(name);";

/**
 * What the SDK would import on ways that a function never goes: it has its credentials in the environment, is no browser
 * and reads no event streams.
 */
const neverLoaded = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/core/event-streams',
  '@smithy/credential-provider-imds',
  'bowser',
];

/**
 * What of json-rules-engine is never called, because `explain.ts` has an almanac of its own and listens to no events: paths
 * inside facts, keys of a cache of facts, and the emitter, of which only the announcement of a result is left.
 */
const neverCalled: Readonly<Record<string, string>> = {
  'jsonpath-plus': 'exports.JSONPath = undefined;',
  'hash-it': 'module.exports = undefined;',
  // Called as a function by classes that were compiled to ES5.
  eventemitter2: 'module.exports = function () {}; module.exports.prototype.emitAsync = async () => [];',
};

const withoutNeverCalled: Plugin = {
  name: 'without-never-called',
  setup: ({ onResolve, onLoad }) => {
    const filter = new RegExp(`^(?:${Object.keys(neverCalled).join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'never-called' }));
    onLoad({ filter, namespace: 'never-called' }, ({ path }) => ({ contents: neverCalled[path] ?? '' }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: true,
  // For reading stack traces at a desk; in the package it would slow every cold start.
  sourcemap: 'external',
  metafile: true,
  write: false,
} as const satisfies BuildOptions;

/** Packages that few events need and that cannot be imported later, because their callers do not wait; the files they get. */
const lateFiles: Readonly<Record<string, string>> = { re2js: 're2js', '@aws-lambda-powertools/logger': 'logger' };

/**
 * Bundles `functions/<name>.ts` into `index.mjs` and what it loads when it needs it. Writes all of it to a folder, with
 * esbuild's account of what went into which file (`meta.json`); returns the files of the package.
 */
export const bundleFunction = async (name: string, folder: string): Promise<Readonly<Record<string, Uint8Array>>> => {
  const used = new Set<string>();
  const main = await build({
    ...common,
    entryPoints: { index: `functions/${name}.ts` },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    mainFields: ['module', 'main'],
    external: neverLoaded,
    plugins: [lateBuiltins, latePackages(lateFiles, (packageName) => used.add(packageName)), withoutNeverCalled],
    banner: { js: requireForCommonJs },
  });
  const late = await build({
    ...common,
    entryPoints: Object.fromEntries(
      Object.entries(lateFiles).flatMap(([packageName, file]) => (used.has(packageName) ? [[file, packageName]] : [])),
    ),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
  });
  const merged = await mergeChunks('index.mjs', bundleOf(main), { ...common, format: 'esm' });
  const texts = new Map([...merged.texts, ...bundleOf(late).texts]);

  // Chunks are named after their content, and those of an earlier build would stay.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of texts) writeFileSync(join(folder, file), text);
  const meta: Metafile = {
    inputs: { ...main.metafile.inputs, ...late.metafile.inputs },
    outputs: Object.fromEntries([...merged.outputs, ...bundleOf(late).outputs]),
  };
  writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta));
  const code = [...texts].filter(([file]) => /\.[cm]js$/.test(file));
  return Object.fromEntries(code.map(([file, text]) => [file, new TextEncoder().encode(text)]));
};

const bundleOf = ({ outputFiles, metafile }: { outputFiles: OutputFile[]; metafile: Metafile }): Bundle => ({
  texts: new Map(outputFiles.map(({ path, text }) => [basename(path), text])),
  outputs: new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output])),
});
