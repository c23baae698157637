import { basename } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

/** What esbuild made, by the names of files: their text, and its account of them. */
export type Bundle = {
  readonly texts: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, Output>;
};
type Output = Metafile['outputs'][string];

/**
 * Makes one file of an entry and the chunks that it imports. esbuild puts what later code shares with the entry into chunks,
 * and a cold start has to find, read and link each: a third of a millisecond. What is left of a chunk is a line that hands
 * the entry's exports on to later code.
 */
export const mergeChunks = async (entry: string, bundle: Bundle, options: BuildOptions): Promise<Bundle> => {
  const [, ...chunks] = importedBy(entry, bundle.outputs);
  const exportsOf = chunks.map((name, index) =>
    (bundle.outputs.get(name)?.exports ?? []).map((original) => ({ original, merged: `${original}_${index}` })),
  );
  const { outputFiles, metafile } = await build({
    ...options,
    stdin: {
      contents: [
        `export * from './${entry}';`,
        ...chunks.map((name, index) =>
          reexport(
            name,
            exportsOf[index]?.map(({ original, merged }) => `${original} as ${merged}`),
          ),
        ),
      ].join(''),
    },
    outfile: entry,
    plugins: [readFrom(bundle.texts, [entry, ...chunks])],
    write: false,
    metafile: true,
  });
  const [output] = Object.entries(metafile.outputs).flatMap(([path, each]) => (path === entry ? [each] : []));
  if (output === undefined) throw new TypeError(`esbuild made no ${entry}`);

  const handOn = chunks.map((name, index): readonly [string, string] => [
    name,
    reexport(
      entry,
      exportsOf[index]?.map(({ original, merged }) => `${merged} as ${original}`),
    ),
  ]);
  const inputs = Object.assign({}, ...[entry, ...chunks].map((name) => bundle.outputs.get(name)?.inputs));
  return {
    texts: new Map([
      ...[...bundle.texts].filter(([name]) => !chunks.includes(name.replace(/\.map$/, ''))),
      ...outputFiles.map(({ path, text }): [string, string] => [basename(path), text]),
      ...handOn,
    ]),
    outputs: new Map([
      ...bundle.outputs,
      [entry, { ...output, inputs }],
      ...handOn.map(([name, text]): [string, Output] => [
        name,
        { bytes: text.length, inputs: {}, imports: [{ path: entry, kind: 'import-statement' }], exports: [] },
      ]),
    ]),
  };
};

/** A file and those that it imports in statements, and these in theirs. */
export const importedBy = (
  name: string,
  outputs: Bundle['outputs'],
  found: Set<string> = new Set(),
): readonly string[] => {
  const output = outputs.get(name);
  if (output === undefined || found.has(name)) return [...found];
  found.add(name);
  for (const { path, kind } of output.imports) {
    if (kind === 'import-statement') importedBy(basename(path), outputs, found);
  }
  return [...found];
};

const reexport = (file: string, names: readonly string[] = []): string =>
  `export{${names.join(',')}}from"./${file}";\n`;

/** Reads these files from memory, with their source maps; others are imported later. */
const readFrom = (texts: Bundle['texts'], names: readonly string[]): Plugin => ({
  name: 'read-from-memory',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\// }, ({ path }) =>
      names.includes(basename(path)) ? { path: basename(path), namespace: 'chunk' } : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path }) => {
      const map = Buffer.from(texts.get(`${path}.map`) ?? '{}').toString('base64');
      return { contents: `${texts.get(path)}\n//# sourceMappingURL=data:application/json;base64,${map}` };
    });
  },
});
