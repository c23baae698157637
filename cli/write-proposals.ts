import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { ConfigError, messageOf } from '../engine/errors.ts';
import { parseJsonText } from '../engine/json-text.ts';
import { isJsonObject, type JsonObject } from '../engine/record.ts';
import type { Io } from './io.ts';
import type { Proposal } from './proposal.ts';
import { readRuleFiles } from './read-rules.ts';

/** Throws ConfigError where proposals would land among the rules: nothing is applied by itself. */
export const refuseRulesFolder = (out: string, rules: string): void => {
  const path = relative(rules, out);
  if (path.startsWith('..') || isAbsolute(path)) return;
  throw new ConfigError('CONFIG_INVALID', `${out} is in ${rules}: proposals are read and copied there by people`);
};

/**
 * Writes the files of a rules folder that proposals would change, complete, into another folder; a person copies them. Throws
 * ConfigError where one is there already.
 */
export const writeProposals = (
  proposals: readonly Proposal[],
  { rules, out }: { readonly rules: string; readonly out: string },
  io: Io,
): void => {
  const sources = new Map(readRuleFiles(rules).map(({ path, text }) => [path, text]));
  const files = new Map<string, JsonObject>();
  const append = (path: string, key: string, value: unknown, empty: JsonObject): void => {
    const text = sources.get(path);
    const read = text === undefined ? empty : parseJsonText(text);
    const content = files.get(path) ?? (isJsonObject(read) ? read : empty);
    const values = Array.isArray(content[key]) ? content[key] : [];
    files.set(path, { ...content, [key]: [...values, value] });
  };
  for (const proposal of proposals) {
    if (proposal.kind === 'suppression') {
      append('suppressions.json', 'suppressions', proposal.suppression, { suppressions: [] });
    } else append(`lists/${proposal.list}.json`, 'values', proposal.value, { description: proposal.list, values: [] });
  }
  for (const [path, content] of files) {
    const file = join(out, path);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx' });
    } catch (error) {
      throw new ConfigError('CONFIG_INVALID', `cannot write ${file}: ${messageOf(error)}`, { cause: error });
    }
    io.err(`${file} has what ${rules}/${path} would be`);
  }
};
