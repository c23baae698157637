import type { Rule } from '../engine/rule.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import {
  candidatesPerRecord,
  createOtherContestants,
  createOwnContestants,
  parseAlone,
  parseAndMatch,
  referenceAlone,
  referenceBehindIndex,
  trailwire,
} from './contestants.ts';
import { type Corpus, readAccountCorpus, readVariedCorpus } from './corpus.ts';
import { type Contestant, type Measurement, measure, measurementOf, median, timesAsFast } from './measure.ts';
import type { Report } from './report.ts';
import { generateRules, usualMix } from './rules.ts';

const rounds = 7;
const milliseconds = 150;

/** What Trailwire is held to, by number of generated rules: times json-rules-engine, and the share left of JSON.parse. */
const goals = [
  { count: 100, reference: 200, parse: 0.7 },
  { count: 1_000, reference: 600, parse: 0.5 },
  { count: 10_000, reference: 2_500, parse: 0.35 },
] as const;
const shippedParse = 0.75;

/** Evaluation of records against other ways to do it, with the shipped rules and with generated ones. */
export const measureMatching = async (ruleSet: RuleSet, report: Report): Promise<void> => {
  const varied = await readVariedCorpus();
  const account = await readAccountCorpus();
  for (const corpus of account === undefined ? [varied] : [account, varied]) {
    const { parse } = await measureRules(`shipped rules, ${corpus.name}`, ruleSet.rules, ruleSet, corpus, report);
    const figure = `JSON.parse and match over JSON.parse alone, shipped rules, ${corpus.name}`;
    report.goal({ figure, measured: parse, format: 'ratio', wanted: { atLeast: shippedParse } });
  }
  for (const { count, ...wanted } of goals) {
    const rules = generateRules(count, ruleSet.rules, varied, usualMix);
    const { reference, parse } = await measureRules('generated rules', rules, ruleSet, varied, report);
    const of = `${count.toLocaleString('en')} generated rules`;
    report.goal({
      figure: `match over json-rules-engine behind an index, ${of}`,
      measured: reference,
      format: 'ratio',
      wanted: { atLeast: wanted.reference },
    });
    report.goal({
      figure: `JSON.parse and match over JSON.parse alone, ${of}`,
      measured: parse,
      format: 'ratio',
      wanted: { atLeast: wanted.parse },
    });
  }
};

const measureRules = async (
  kind: string,
  rules: readonly Rule[],
  references: RuleSet,
  corpus: Corpus,
  report: Report,
): Promise<{ readonly reference: number; readonly parse: number }> => {
  const own = createOwnContestants(rules, references, corpus);
  const { contestants: others, notes } = await createOtherContestants(rules, references, corpus);
  // What leaves much garbage behind comes first, so that it is not those after it whom the ratios are about.
  const contestants = [...others, ...own];
  const matches = await checkAgreement(contestants, corpus, rules.length);
  const measurements = await measure(contestants, { rounds, milliseconds, records: corpus.records.length });
  const [parse, reference] = [parseAlone, referenceBehindIndex].map((name) => measurementOf(measurements, name));
  const row = (measurement: Measurement) => ({
    name: measurement.name,
    cells: {
      'records/s': median(measurement.rates),
      'over JSON.parse': timesAsFast(measurement, parse as Measurement),
      'over json-rules-engine, index': timesAsFast(measurement, reference as Measurement),
    },
  });
  const candidates = candidatesPerRecord(rules, references, corpus).toFixed(1);
  report.table({
    title: `${rules.length.toLocaleString('en')} ${kind}`,
    columns: { 'records/s': 'rate', 'over JSON.parse': 'ratio', 'over json-rules-engine, index': 'ratio' },
    rows: measurements.map(row),
    notes: [`${candidates} rules tried and ${matches.toFixed(3)} matched per record.`, ...notes],
  });
  return {
    reference: timesAsFast(measurementOf(measurements, trailwire), reference as Measurement),
    parse: timesAsFast(measurementOf(measurements, parseAndMatch), parse as Measurement),
  };
};

/**
 * All contestants but JSON.parse find the same number of matches, or there would be nothing to compare; the slow ones are
 * asked about fewer records. Says how many matches a record has on average.
 */
export const checkAgreement = async (
  contestants: readonly Contestant[],
  { records }: Corpus,
  rules: number,
): Promise<number> => {
  const reference = contestants.find(({ name }) => name === trailwire);
  if (reference === undefined) throw new TypeError(`there is no "${trailwire}" to compare with`);
  const expected = await Promise.all(records.map((_, index) => reference.run(index)));
  for (const { name, run } of contestants) {
    if (name === parseAlone || name === trailwire) continue;
    const asked = name === referenceAlone ? Math.ceil(10_000 / rules) : 100;
    const step = Math.ceil(records.length / asked);
    for (let index = 0; index < records.length; index += step) {
      const found = await run(index);
      if (found === expected[index]) continue;
      throw new Error(`${name} finds ${found} matches in record ${index}, Trailwire ${expected[index]}`);
    }
  }
  return expected.reduce((sum, count) => sum + count, 0) / records.length;
};
