import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ConfigError, messageOf } from '../engine/errors.ts';
import type { SourceFile } from '../engine/rule-set.ts';

/** Reads every JSON file below a rules folder; paths are relative to it. Throws ConfigError where there is none. */
export const readRuleFiles = (folder: string): readonly SourceFile[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => ({ path: relative(folder, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }));
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `cannot read the rules in ${folder}: ${messageOf(error)}`, {
      cause: error,
    });
  }
};
