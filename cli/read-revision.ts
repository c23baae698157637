import { execFileSync } from 'node:child_process';
import { ConfigError, messageOf } from '../engine/errors.ts';
import type { SourceFile } from '../engine/rule-files.ts';

/** What git takes for a commit, without what it could take for an option, a range or a path. */
const revisionForm = /^[A-Za-z0-9_](?:[\w./~^-]|@\{\d+\}|@\{u(?:pstream)?\})*$/;
const folderForm = /^(?!-)[^:\p{Cc}]+$/u;

const maxBytes = 256 * 1024 * 1024;

/** A git revision and the folder of rules in it, relative to the working directory. */
export type Revision = { readonly commit: string; readonly folder: string };

/** Parses `HEAD~1` or `main:rules`; the folder is `rules` where none is named. Throws ConfigError with the forms there are. */
export const parseRevision = (text: string): Revision => {
  const [commit = '', folder = 'rules', ...rest] = text.split(':');
  if (rest.length === 0 && revisionForm.test(commit) && !commit.includes('..') && folderForm.test(folder)) {
    return { commit, folder };
  }
  throw new ConfigError(
    'CONFIG_INVALID',
    `${JSON.stringify(text)} is neither a folder nor a git revision such as "HEAD~1", "origin/main" or "main:rules"`,
  );
};

/**
 * Reads the JSON files of a rules folder as a git revision has them, paths relative to it; nothing is checked out. Throws
 * ConfigError where there is no such revision or folder.
 */
export const readRevisionFiles = ({ commit, folder }: Revision): readonly SourceFile[] => {
  const id = git(['rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`])
    .toString('utf8')
    .trim();
  const tree = git(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', `${id}:./${folder}`]).toString('utf8');
  const entries = tree.split('\0').filter((entry) => entry.endsWith('.json'));
  const found = entries.map(parseEntry).sort(({ path: one }, { path: other }) => (one < other ? -1 : 1));
  if (found.length === 0) throw new ConfigError('CONFIG_INVALID', `there is no rule in ${commit}:${folder}`);
  for (const { path, isFile } of found) {
    if (!isFile) throw new ConfigError('CONFIG_INVALID', `${commit}:${folder}/${path}: expected a file, found a link`);
  }
  const objects = git(['cat-file', '--batch'], found.map(({ object }) => `${object}\n`).join(''));
  return [...contentsOf(objects)].map((text, index) => ({ path: found[index]?.path ?? '', text }));
};

/** `100644 blob <object>\t<path>`. https://git-scm.com/docs/git-ls-tree#_output_format */
const parseEntry = (entry: string): { readonly path: string; readonly object: string; readonly isFile: boolean } => {
  const [meta = '', path = ''] = entry.split('\t');
  const [mode = '', , object = ''] = meta.split(' ');
  return { path, object, isFile: mode.startsWith('100') };
};

/** `<object> blob <bytes>\n<content>\n`, one after the other. https://git-scm.com/docs/git-cat-file#_batch_output */
function* contentsOf(objects: Buffer): Generator<string> {
  for (let at = 0; at < objects.length; ) {
    const end = objects.indexOf('\n', at);
    const bytes = Number(objects.toString('utf8', at, end).split(' ')[2]);
    if (!Number.isInteger(bytes)) throw new TypeError('git cat-file did not say how long an object is');
    yield objects.toString('utf8', end + 1, end + 1 + bytes);
    at = end + 1 + bytes + 1;
  }
}

/** Runs git without a shell. */
const git = (args: readonly string[], input = ''): Buffer => {
  try {
    return execFileSync('git', args, { input, maxBuffer: maxBytes, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr } = error as { readonly stderr?: Buffer };
    const said = stderr?.toString('utf8').trim() || messageOf(error);
    throw new ConfigError('CONFIG_INVALID', `git ${args[0]}: ${said}`, { cause: error });
  }
};
