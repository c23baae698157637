import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadRules } from '../cli/load-rules.ts';
import type { References } from '../engine/compile.ts';
import type { Rule } from '../engine/rule.ts';
import {
  type Contestant,
  candidatesPerRecord,
  createContestants,
  parseAlone,
  referenceBehindIndex,
} from './contestants.ts';
import { type Measurement, measure, median, timesAsFast } from './measure.ts';
import { type Corpus, readCorpus } from './records.ts';
import { synthesiseRules } from './rules.ts';

const repository = join(import.meta.dirname, '..');
const rounds = 7;
const milliseconds = 150;

const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

/** All contestants but JSON.parse find the same matches, or there would be nothing to compare. */
const checkAgreement = async (contestants: readonly Contestant[], { records }: Corpus): Promise<number> => {
  const step = Math.ceil(records.length / 100);
  let matches = 0;
  for (let index = 0; index < records.length; index += step) {
    const found = await Promise.all(contestants.filter(({ name }) => name !== parseAlone).map(({ run }) => run(index)));
    if (new Set(found).size !== 1) throw new Error(`matches of record ${index} differ: ${found.join(', ')}`);
    matches += found[0] ?? 0;
  }
  return matches;
};

const whole = (number: number): string => Math.round(number).toLocaleString('en');
const significant = (number: number): string => number.toLocaleString('en', { maximumSignificantDigits: 3 });
const ratio = (number: number): string => (number < 1 ? `1/${significant(1 / number)} x` : `${significant(number)} x`);

const printTable = (title: string, measurements: readonly Measurement[]): void => {
  const named = (name: string): Measurement => {
    const found = measurements.find((measurement) => measurement.name === name);
    if (found === undefined) throw new TypeError(`"${name}" was not measured`);
    return found;
  };
  const rows = measurements.map((measurement) => [
    measurement.name,
    whole(median(measurement.rates)),
    ratio(timesAsFast(measurement, named(parseAlone))),
    ratio(timesAsFast(measurement, named(referenceBehindIndex))),
  ]);
  const head = [title, 'records/s', 'JSON.parse', 'json-rules-engine, index'];
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join('  ');
  print(line(head));
  print(line(widths.map((width) => '-'.repeat(width))));
  for (const row of rows) print(line(row));
  print();
};

const run = async (corpus: Corpus, rules: readonly Rule[], kind: string, references: References): Promise<void> => {
  const contestants = createContestants(rules, references, corpus);
  const matches = await checkAgreement(contestants, corpus);
  const measurements = await measure(contestants, { rounds, milliseconds, records: corpus.records.length });
  const candidates = candidatesPerRecord(rules, references, corpus).toFixed(1);
  printTable(`${whole(rules.length)} ${kind} rules (${candidates} to try on a record)`, measurements);
  if (matches === 0) print('(none of the records looked at beforehand matched a rule)\n');
};

const introduction = [
  `Node ${process.version}, ${process.arch}, one of ${availableParallelism()} cores. Records per second: the median of ${rounds} rounds, in each of which`,
  `all five work in turn for ${milliseconds} ms on the same parsed records, in random order. A ratio is the median of the`,
  "rounds' ratios; the last two columns say how many times as fast as these two a line is.",
];

const ruleSet = loadRules(join(repository, 'rules'));
const corpora = [await readCorpus('samples/incident', repository, 'samples/incident')];
// biome-ignore lint/style/noProcessEnv: run by hand; the variable names the folder of real records, as for the tests.
const real = process.env.TRAILWIRE_CORPUS;
if (real !== undefined) corpora.push(await readCorpus('account/sans504', real, 'account/sans504.jsonl.gz'));

for (const line of introduction) print(line);
for (const corpus of corpora) {
  const average = corpus.texts.reduce((sum, text) => sum + text.length, 0) / corpus.texts.length;
  print(`\n${corpus.name}: ${whole(corpus.records.length)} records of ${whole(average)} characters on average\n`);
  await run(corpus, ruleSet.rules, 'shipped', ruleSet);
  for (const count of [100, 1_000]) {
    await run(corpus, synthesiseRules(count, ruleSet.rules, corpus), 'synthesised', ruleSet);
  }
}
