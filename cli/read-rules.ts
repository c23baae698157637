import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ConfigError, messageOf } from '../engine/errors.ts';
import type { SourceFile } from '../engine/rule-files.ts';

/** Reads every JSON file below a rules folder; paths are relative to it. Throws ConfigError where there is none. */
export const readRuleFiles = (folder: string): readonly SourceFile[] => {
  let files: readonly SourceFile[];
  try {
    files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink() || (!entry.isDirectory() && entry.name.endsWith('.json')))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter(isRuleFile)
      .sort()
      .map((path) => ({ path: relative(folder, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      'CONFIG_INVALID',
      `cannot read the rules in ${folder}: ${messageOf(error)}; say where they are with --rules <folder>`,
      { cause: error },
    );
  }
  if (files.length === 0) throw new ConfigError('CONFIG_INVALID', `there is no rule in ${folder}`);
  return files;
};

/** A linked file counts. A linked folder would be left out in silence, so it is refused. */
const isRuleFile = (path: string): boolean => {
  const stats = statSync(path);
  if (stats.isFile()) return path.endsWith('.json');
  const found = stats.isDirectory() ? 'a link to a folder' : 'a pipe, socket or device';
  throw new ConfigError('CONFIG_INVALID', `${path}: expected a file, found ${found}`);
};
