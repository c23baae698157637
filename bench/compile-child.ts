import { readFileSync } from 'node:fs';
import type { References } from '../engine/reference.ts';
import type { Rule } from '../engine/rule.ts';
import { compileRules } from '../engine/rule-index.ts';

/** Rules and records for a fresh process, as JSON. */
export type Task = {
  readonly rules: readonly Rule[];
  readonly conditions: readonly (readonly [
    string,
    References['conditions'] extends ReadonlyMap<string, infer T> ? T : never,
  ])[];
  readonly lists: readonly (readonly [string, readonly (string | number)[]])[];
  readonly texts: readonly string[];
};
/** Milliseconds to compile the rules, to match the records for the first time, and to parse them. */
export type Outcome = { readonly compile: number; readonly match: number; readonly parse: number };

const { rules, conditions, lists, texts } = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as Task;
const references = { conditions: new Map(conditions), lists: new Map(lists) };

const began = performance.now();
const matcher = compileRules(rules, references);
// Each rule is compiled when it is first tried: here that is now, on a record that has nothing to look at.
for (const rule of matcher.rules) rule.matches({});
const compiled = performance.now();
const records = texts.map((text) => JSON.parse(text));
const parsed = performance.now();
for (const record of records) matcher.forEachCandidate(record, (rule) => rule.matches(record));
const outcome: Outcome = {
  compile: compiled - began,
  parse: parsed - compiled,
  match: performance.now() - parsed,
};
process.stdout.write(JSON.stringify(outcome));
