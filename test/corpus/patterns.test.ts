import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRules } from '../../cli/load-rules.ts';
import { readInputs } from '../../cli/read-inputs.ts';
import { readRecords } from '../../cli/read-records.ts';
import { matchesPattern } from '../../engine/match-pattern.ts';
import { compilePatterns } from '../../engine/pattern.ts';
import { compileRules } from '../../engine/rule-index.ts';
import { corpus } from './corpus.ts';

const ruleSet = loadRules('rules');
const details = compilePatterns(ruleSet.rules, ruleSet).map(({ detail }) => detail);
const matcher = compileRules(ruleSet.rules, ruleSet);

let account = '';
beforeAll(() => {
  account = mkdtempSync(join(tmpdir(), 'trailwire-patterns-'));
  execFileSync('tar', ['-xf', corpus('account', 'sans504-s3-layout.tar'), '-C', account]);
});
afterAll(() => rmSync(account, { recursive: true, force: true }));

/** Sources of correlations are rules like others: what they count is what they match. */
it('the subscriptions pass every real record that any rule matches', async () => {
  const counts = { records: 0, matching: 0, passing: 0 };
  const missed: string[] = [];
  for await (const item of readRecords(readInputs([account, corpus('attacks'), corpus('records'), corpus('cases')]))) {
    if (item.kind !== 'delivery') continue;
    const { record } = item.delivery;
    const matching: string[] = [];
    matcher.forEachCandidate(record, (candidate) => {
      if (candidate.matches(record)) matching.push(candidate.rule.id);
    });
    const isPassing = details.some((detail) => detail === undefined || matchesPattern(detail, record));
    if (matching.length > 0 && !isPassing) missed.push(`${item.place}: ${matching}`);
    counts.records += 1;
    counts.matching += matching.length > 0 ? 1 : 0;
    counts.passing += isPassing ? 1 : 0;
  }
  console.info(`of ${counts.records} records ${counts.passing} pass and ${counts.matching} match`);
  expect(missed).toEqual([]);
  expect(counts.records).toBeGreaterThan(30_000);
  expect(counts.matching).toBeGreaterThan(700);
  expect(counts.passing).toBeLessThan(counts.records / 2);
}, 120_000);
