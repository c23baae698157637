import { existsSync } from 'node:fs';
import type { RuleSet } from '../engine/rule-set.ts';
import { loadRules, ruleSetOf } from './load-rules.ts';
import { parseRevision, readRevisionFiles } from './read-revision.ts';

/** The rules of a folder where there is one of that name, else of a git revision. Throws as `loadRules` does. */
export const loadSide = (name: string): RuleSet =>
  existsSync(name) ? loadRules(name) : ruleSetOf(readRevisionFiles(parseRevision(name)), name);
