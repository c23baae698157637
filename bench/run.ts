import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contentOf, loadRules } from '../cli/load-rules.ts';
import { measureCompiling } from './compile.ts';
import { measureCorrelation } from './correlation.ts';
import { measureIngest } from './ingest.ts';
import { describeRun } from './machine.ts';
import { measureMatching } from './match.ts';
import { measureMemory } from './memory.ts';
import { onOneCore } from './one-core.ts';
import { measureReplay } from './replay.ts';
import { type Goal, isMet, type Report, renderGoals, renderTable, type Table } from './report.ts';
import { measureResponse } from './respond.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const usage =
  'node bench/run.ts [match] [compile] [replay] [memory] [correlation] [ingest] [respond] [cold] [--json file] [--full] [--logs folder]';

const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, full: { type: 'boolean', default: false }, logs: { type: 'string' } },
});

const tables: Table[] = [];
const goals: Goal[] = [];
const report: Report = {
  table: (table) => {
    tables.push(table);
    for (const line of renderTable(table)) print(line);
  },
  goal: (goal) => goals.push(goal),
  say: print,
};

/** Start-up is measured by a program of its own: it builds the functions and runs each in fresh processes. */
const measureColdStart = (): unknown => {
  const folder = makeTemporaryFolder();
  try {
    const json = join(folder, 'cold-start.json');
    print();
    const args = [join(import.meta.dirname, 'cold-start.ts'), '--json', json];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
    return JSON.parse(readFileSync(json, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const perCore = async (work: () => Promise<void>): Promise<void> => {
  if (await onOneCore(work)) return;
  print('There is no taskset here: engines that leave garbage had help from other cores.');
};

const ruleSet = loadRules(join(import.meta.dirname, '../rules'));
const parts: Readonly<Record<string, () => unknown>> = {
  match: () => perCore(() => measureMatching(ruleSet, report)),
  compile: () => perCore(() => measureCompiling(ruleSet, report)),
  replay: () => measureReplay(contentOf(ruleSet), report),
  memory: () => measureMemory(values.full, report),
  correlation: () => measureCorrelation(values.logs, report),
  respond: () => measureResponse(ruleSet, report),
  ingest: () => measureIngest(values.full, report),
  cold: measureColdStart,
};

const chosen = positionals.length === 0 ? Object.keys(parts) : positionals;
const unknown = chosen.filter((part) => !Object.hasOwn(parts, part));
if (unknown.length > 0) {
  process.stderr.write(`there is no part ${unknown.join(', ')}; ${usage}\n`);
  process.exit(2);
}

const machine = describeRun();
print(`Node ${machine.node}, ${machine.cores} x ${machine.cpu}; commit ${machine.commit ?? 'unknown'}.`);
print('Ratios are medians of rounds in which all took turns; absolute figures are of this machine and this hour.');

const more: Record<string, unknown> = {};
for (const part of chosen) {
  const result = await parts[part]?.();
  if (result !== undefined) more[part] = result;
}
if (goals.length > 0) print('\nGoals\n');
for (const line of renderGoals(goals)) print(line);
if (values.json !== undefined) {
  const outcome = { ...machine, parts: chosen, tables, goals: goals.map((goal) => ({ ...goal, met: isMet(goal) })) };
  writeFileSync(values.json, `${JSON.stringify({ ...outcome, ...more }, undefined, 2)}\n`);
}
