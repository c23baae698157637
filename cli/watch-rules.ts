import { watch } from 'node:fs';
import { messageOf } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import { allRulesOf, type RuleSet } from '../engine/rule-set.ts';
import type { Io } from './io.ts';
import { loadRules } from './load-rules.ts';

/** Editors write a file in several steps, and a checkout changes many: wait until they are done. */
const settleMs = 200;

/** Takes changed rules into use when all of them are good; a bad file is reported and the last good rules stay. */
export const watchRules = (folder: string, io: Io, use: (ruleSet: RuleSet) => void): { close: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const reload = (): void => {
    try {
      const ruleSet = loadRules(folder);
      use(ruleSet);
      io.err(`Rules changed: ${plural(allRulesOf(ruleSet).length, 'rule')} in use`);
    } catch (error) {
      io.err(`The rules in use stay as they are:\n${messageOf(error)}`);
    }
  };
  const watcher = watch(folder, { recursive: true }, (_, name) => {
    if (name !== null && /\.\w+$/.test(name) && !name.endsWith('.json')) return;
    clearTimeout(timer);
    timer = setTimeout(reload, settleMs);
  });
  watcher.on('error', (error) => io.err(`Changes of the rules are no longer seen: ${error.message}`));
  return {
    close: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
};
