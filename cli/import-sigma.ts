import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, messageOf } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import { kindOf } from '../engine/rule-files.ts';
import { createEventCatalog } from './event-catalog.ts';
import type { Io } from './io.ts';
import { createRequestCatalog } from './request-catalog.ts';
import { type Imported, importSet } from './sigma/import-set.ts';

/** `trailwire import sigma <path>`: rules of ours from Sigma's, and what cannot be carried; 1 when something cannot. */
export const importSigma = async (path: string, { out: folder }: { readonly out: string }, io: Io): Promise<number> => {
  const { files, documents } = await importSet(readSigmaFiles(path), {
    ...createEventCatalog(),
    ...createRequestCatalog(),
  });
  const taken = new Set([...files.keys()].filter((file) => kindOf(file) === 'rule' && existsSync(join(folder, file))));
  const isTaken = ({ id }: Imported): boolean => id !== undefined && taken.has(`sigma/${id}.json`);
  const refused = documents.filter((each) => each.refusal !== undefined || isTaken(each));
  for (const [file, content] of files) {
    const full = join(folder, file);
    if (existsSync(full)) continue;
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, `${JSON.stringify(withSchema(file, content, folder), null, 2)}\n`);
  }
  for (const each of documents) {
    const { place, title, id, refusal, notes } = each;
    const why = isTaken(each) ? `${join(folder, `sigma/${id}.json`)} is there already` : refusal;
    const mark = why === undefined ? io.color('green', 'carried') : io.color('red', 'refused');
    io.out(
      `${mark}  ${place}  ${why === undefined && id !== undefined ? id : JSON.stringify(title)}${why === undefined ? '' : `: ${why}`}`,
    );
    if (why === undefined) for (const note of notes) io.out(`         ${note}`);
  }
  const carried = documents.length - refused.length;
  io.err(`${plural(documents.length, 'Sigma document')}: ${carried} carried, ${refused.length} refused`);
  if (carried > 0) {
    const where = folder === 'rules' ? '' : ` --rules ${folder}`;
    io.err('They are "experimental": they make findings and alert nobody until their status is another.');
    io.err(
      `Next: trailwire check${where} && trailwire test${where}; then put recorded attacks beside the derived cases.`,
    );
  }
  return refused.length === 0 ? 0 : 1;
};

const readSigmaFiles = (path: string): readonly { readonly path: string; readonly text: string }[] => {
  let paths: readonly string[];
  try {
    paths = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && /\.ya?ml$/i.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [path];
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
  if (paths.length === 0) throw new ConfigError('CONFIG_INVALID', `there is no .yml or .yaml file in ${path}`);
  return paths.map((each) => ({ path: each, text: readFileSync(each, 'utf8') }));
};

/** Editors complete and explain every field where the schema is. */
const withSchema = (file: string, content: object, folder: string): object => {
  const kind = kindOf(file);
  const name = kind === 'test' ? 'rule-test.schema.json' : `${kind}.schema.json`;
  return ['rule', 'test', 'list'].includes(kind) && existsSync(join(folder, name))
    ? { $schema: `../${name}`, ...content }
    : content;
};
