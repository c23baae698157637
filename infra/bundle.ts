import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type OutputFile } from 'esbuild';
import { lateBuiltins, latePackages } from './late-modules.ts';
import { neverLoaded, versionsAlone, withoutExceptionClasses, withoutNeverCalled } from './left-out.ts';
import { type Bundle, mergeChunks } from './merge-chunks.ts';

/** Some dependencies are CommonJS and call `require` for what Node has built in; `require` itself is made when they do. */
const requireForCommonJs =
  "const require = (name) => process.getBuiltinModule('node:module').createRequire(import.meta.url)(name);";

const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: true,
  // For reading stack traces at a desk; in the package it would slow every cold start.
  sourcemap: 'external',
  metafile: true,
  write: false,
  inject: ['functions/standard-streams.ts'],
  define: { 'process.stdout': 'standardOutput', 'process.stderr': 'standardError' },
} as const satisfies BuildOptions;

/**
 * Packages that few events need and that cannot be imported later, because their callers do not wait; the files they get, with
 * what `late/` exports of them.
 */
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
    plugins: [
      lateBuiltins,
      latePackages(lateFiles, (packageName) => used.add(packageName)),
      withoutNeverCalled,
      versionsAlone,
      withoutExceptionClasses,
    ],
    banner: { js: requireForCommonJs },
  });
  const late = await build({
    ...common,
    entryPoints: Object.fromEntries(
      Object.entries(lateFiles).flatMap(([packageName, file]) =>
        used.has(packageName) ? [[file, `infra/late/${file}.ts`]] : [],
      ),
    ),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
  });
  const merged = await mergeChunks('index.mjs', bundleOf(main), { ...common, inject: [], format: 'esm' });
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
