import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../engine/rule.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import type { Outcome, Task } from './compile-child.ts';
import { candidatesPerRecord, createOwnContestants, parseAlone, parseAndMatch, trailwire } from './contestants.ts';
import { type Corpus, readVariedCorpus } from './corpus.ts';
import { type Measurement, measure, measurementOf, median, timesAsFast } from './measure.ts';
import type { Report, Row } from './report.ts';
import { generateRules, hotMix, type Mix, usualMix } from './rules.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const rounds = 9;
const child = join(import.meta.dirname, 'compile-child.ts');

/** Milliseconds that a fresh process may take to compile so many generated rules. */
const goals: Readonly<Record<number, number>> = { 400: 15, 10000: 250 };

/** The time to compile rule sets, and how the speed of matching falls as they grow. */
export const measureCompiling = async (ruleSet: RuleSet, report: Report): Promise<void> => {
  const corpus = await readVariedCorpus();
  await measureFreshProcesses(ruleSet, corpus, report);
  await measureCurve('usual mix', usualMix, ruleSet, corpus, report);
  await measureCurve('hot: half of the rules are on events that occur', hotMix, ruleSet, corpus, report);
};

const measureFreshProcesses = async (ruleSet: RuleSet, corpus: Corpus, report: Report): Promise<void> => {
  const folder = makeTemporaryFolder();
  try {
    const sizes = [100, 400, 1_000, 10_000];
    const tasks = sizes.map((count) => {
      const rules = generateRules(count, ruleSet.rules, corpus, usualMix);
      return { name: `${count.toLocaleString('en')} generated rules`, count, rules, outcomes: [] as Outcome[] };
    });
    const shipped = { name: `${ruleSet.rules.length} shipped rules`, count: 0, rules: ruleSet.rules, outcomes: [] };
    const all = [shipped, ...tasks];
    for (const { name, rules } of all)
      writeFileSync(join(folder, name), JSON.stringify(taskOf(rules, ruleSet, corpus)));
    for (let round = 0; round < rounds; round++) {
      for (const { name, outcomes } of all) {
        const answer = execFileSync(process.execPath, [child, join(folder, name)], { encoding: 'utf8' });
        outcomes.push(JSON.parse(answer));
      }
    }
    const middle = (outcomes: readonly Outcome[], key: keyof Outcome) => median(outcomes.map((each) => each[key]));
    report.table({
      title: 'in a fresh process',
      columns: { compile: 'milliseconds', 'first match of the records': 'milliseconds', 'JSON.parse': 'milliseconds' },
      rows: all.map(({ name, outcomes }) => ({
        name,
        cells: {
          compile: middle(outcomes, 'compile'),
          'first match of the records': middle(outcomes, 'match'),
          'JSON.parse': middle(outcomes, 'parse'),
        },
      })),
      notes: [`The last two are for ${corpus.records.length.toLocaleString('en')} records, seen for the first time.`],
    });
    for (const { name, count, outcomes } of tasks) {
      const atMost = goals[count];
      if (atMost === undefined) continue;
      const measured = middle(outcomes, 'compile');
      report.goal({ figure: `compile ${name}`, measured, format: 'milliseconds', wanted: { atMost } });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const taskOf = (rules: readonly Rule[], { conditions, lists }: RuleSet, { texts }: Corpus): Task => ({
  rules,
  conditions: [...conditions],
  lists: [...lists],
  texts,
});

const measureCurve = async (
  name: string,
  mix: Mix,
  ruleSet: RuleSet,
  corpus: Corpus,
  report: Report,
): Promise<void> => {
  const sizes = [100, 300, 1_000, 3_000, 10_000];
  const sets = sizes.map((count) => ({ count, rules: generateRules(count, ruleSet.rules, corpus, mix) }));
  const contestants = sets.flatMap(({ count, rules }) =>
    createOwnContestants(rules, ruleSet, corpus).map(({ name, run }) => ({ name: `${count} ${name}`, run })),
  );
  const plan = { rounds: 7, milliseconds: 150, records: corpus.records.length };
  const measurements = await measure(contestants, plan);
  const of = (count: number, contestant: string): Measurement => measurementOf(measurements, `${count} ${contestant}`);
  const smallest = of(sizes[0] as number, trailwire);
  const rows = sets.map(({ count, rules }): Row => {
    const match = of(count, trailwire);
    return {
      name: count.toLocaleString('en'),
      cells: {
        'records/s': median(match.rates),
        'us per record': 1e6 / median(match.rates),
        'times as long as 100': timesAsFast(smallest, match),
        'tried per record': candidatesPerRecord(rules, ruleSet, corpus),
        'JSON.parse and match over JSON.parse': timesAsFast(of(count, parseAndMatch), of(count, parseAlone)),
      },
    };
  });
  report.table({
    title: `rules, ${name}`,
    columns: {
      'records/s': 'rate',
      'us per record': 'number',
      'times as long as 100': 'ratio',
      'tried per record': 'number',
      'JSON.parse and match over JSON.parse': 'ratio',
    },
    rows,
  });
  for (const [index, { count }] of sets.entries()) {
    const before = sets[index - 1]?.count;
    if (before === undefined) continue;
    const measured = timesAsFast(of(before, trailwire), of(count, trailwire));
    const figure = `match time of ${count.toLocaleString('en')} over ${before.toLocaleString('en')} rules, ${name}`;
    report.goal({ figure, measured, format: 'ratio', wanted: { atMost: count / before } });
  }
};
