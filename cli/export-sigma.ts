import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ConfigError } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import { allRulesOf } from '../engine/rule-set.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';
import { exportRule, leftOut, type SigmaFile } from './sigma/export-rule.ts';
import { Refusal } from './sigma/refusal.ts';

export type ExportOptions = { readonly rules: string; readonly all: boolean; readonly out?: string };

/** `trailwire export sigma <rule...|--all>`: our rules as Sigma's, where that has words for them; 1 when it has not. */
export const exportSigma = (names: readonly string[], { rules: folder, all, out }: ExportOptions, io: Io): number => {
  if (all === names.length > 0) throw new ConfigError('CONFIG_INVALID', 'name the rules to export, or say --all');
  const ruleSet = loadRules(folder);
  const rules = allRulesOf(ruleSet);
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  for (const name of names) {
    if (!known.has(name))
      throw new ConfigError(
        'CONFIG_INVALID',
        `there is no rule "${name}" in ${folder}${didYouMean(name, known.keys())}`,
      );
  }
  const chosen = all ? rules : rules.filter(({ id }) => names.includes(id));
  const refused = new Set<string>();
  // Results alone go to stdout: what is said of them goes beside, unless they go to files.
  const say = out === undefined ? io.err : io.out;
  for (const rule of chosen) {
    try {
      const text = textOf(exportRule(rule, ruleSet, (id) => known.get(id)?.signal ?? false));
      const left = leftOut(rule);
      say(`${io.color('green', 'exported')}  ${rule.id}${left.length === 0 ? '' : `  without ${left.join(', ')}`}`);
      if (out === undefined) io.out(`---\n${text.trimEnd()}`);
      else {
        mkdirSync(out, { recursive: true });
        writeFileSync(join(out, `${rule.id.replaceAll('-', '_')}.yml`), text);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.add(rule.id);
      say(`${io.color('red', 'refused')}   ${rule.id}: ${error.message}`);
    }
  }
  for (const { id, correlation } of chosen) {
    const missing = (correlation?.rules ?? []).filter(
      (each) => refused.has(each) || !chosen.some((rule) => rule.id === each),
    );
    if (missing.length > 0 && !refused.has(id))
      say(`          ${id} needs ${missing.join(', ')}, not exported with it`);
  }
  io.err(`${plural(chosen.length, 'rule')}: ${chosen.length - refused.size} exported, ${refused.size} refused`);
  return refused.size === 0 ? 0 : 1;
};

const textOf = (documents: readonly SigmaFile[]): string =>
  documents
    .map((document) => stringify(document, { singleQuote: true, lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
