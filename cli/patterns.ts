import { matchesPattern } from '../engine/match-pattern.ts';
import { compilePatterns, type EventPattern } from '../engine/pattern.ts';
import { plural } from '../engine/plural.ts';
import type { Io } from './io.ts';
import { jsonLine } from './json-line.ts';
import { loadRules } from './load-rules.ts';
import { readInputs } from './read-inputs.ts';
import { readRecords } from './read-records.ts';

export type PatternsOptions = { readonly rules: string; readonly format: 'text' | 'jsonl' };

type Subscription = { readonly pattern: EventPattern; passed: number };

/**
 * `trailwire patterns [path|-]...`: the EventBridge subscriptions that the rules need, and how many of the records in logs
 * each of them passes. 2 when logs were named and none was readable.
 */
export const patterns = async (paths: readonly string[], options: PatternsOptions, io: Io): Promise<number> => {
  const ruleSet = loadRules(options.rules);
  const subscriptions = compilePatterns(ruleSet.rules, ruleSet).map(
    (pattern): Subscription => ({ pattern, passed: 0 }),
  );
  const counts = await countPassed(paths, subscriptions, io);

  for (const [index, { pattern, passed }] of subscriptions.entries()) {
    const text = JSON.stringify(pattern);
    const share = counts.records === 0 ? undefined : passed / counts.records;
    if (options.format === 'jsonl') {
      io.out(jsonLine({ characters: text.length, ...(share === undefined ? {} : { passed, share }), pattern }));
      continue;
    }
    const size = `${index + 1}. ${plural(text.length, 'character')}`;
    io.out(io.color('bold', share === undefined ? size : `${size}, passes ${passed} (${percent(share)})`));
    io.out(text);
  }
  io.err(`${plural(subscriptions.length, 'subscription')} for ${plural(ruleSet.rules.length, 'rule')}`);
  if (paths.length === 0) return 0;
  if (counts.records === 0) return 2;
  const { records, passed, twice } = counts;
  const invocations = subscriptions.reduce((sum, each) => sum + each.passed, 0);
  const share = `of ${plural(records, 'record')} they pass ${passed} (${percent(passed / records)})`;
  io.err(
    `${share}, in ${plural(invocations, 'invocation')}; ${twice} ${twice === 1 ? 'passes' : 'pass'} more than one`,
  );
  return 0;
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Source and detail-type are the same for all that CloudTrail sends: what a pattern says of the record decides. */
export const passes = ({ detail }: EventPattern, record: unknown): boolean =>
  detail === undefined || matchesPattern(detail, record);

const countPassed = async (paths: readonly string[], subscriptions: readonly Subscription[], io: Io) => {
  const counts = { records: 0, passed: 0, twice: 0 };
  for await (const item of readRecords(readInputs(paths))) {
    if (item.kind === 'unreadable') io.err(`cannot read ${item.place}: ${item.error.message}`);
    if (item.kind !== 'delivery') continue;
    const passing = subscriptions.filter(({ pattern }) => passes(pattern, item.delivery.record));
    for (const subscription of passing) subscription.passed += 1;
    counts.records += 1;
    counts.passed += passing.length > 0 ? 1 : 0;
    counts.twice += passing.length > 1 ? 1 : 0;
  }
  return counts;
};
