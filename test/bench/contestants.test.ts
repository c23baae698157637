import { beforeAll, describe, expect, it } from 'vitest';
import {
  createOtherContestants,
  createOwnContestants,
  parseAndMatch,
  referenceAlone,
  trailwire,
} from '../../bench/contestants.ts';
import { type Corpus, corpusOf } from '../../bench/corpus.ts';
import { checkAgreement } from '../../bench/match.ts';
import { generateRules, hotMix } from '../../bench/rules.ts';
import { loadRules } from '../../cli/load-rules.ts';
import { readInputs } from '../../cli/read-inputs.ts';
import { readRecords } from '../../cli/read-records.ts';

const ruleSet = loadRules('rules');
let corpus: Corpus;
beforeAll(async () => {
  const records = [];
  for await (const item of readRecords(readInputs(['samples/incident']))) {
    if (item.kind === 'delivery') records.push(item.delivery.record);
  }
  const all = corpusOf('samples/incident', records);
  corpus = { ...all, records: all.records.slice(0, 300), texts: all.texts.slice(0, 300) };
});

describe('the contestants of the benchmark', () => {
  it('find the same matches, and some, with the shipped rules and with generated ones', async () => {
    for (const rules of [ruleSet.rules, generateRules(200, ruleSet.rules, corpus, hotMix)]) {
      const own = createOwnContestants(rules, ruleSet, corpus);
      const { contestants } = await createOtherContestants(rules, ruleSet, corpus);
      expect(contestants.map(({ name }) => name)).toContain(referenceAlone);
      expect(await checkAgreement([...own, ...contestants], corpus, rules.length)).toBeGreaterThan(0);
    }
  });

  it('are refused when one of them finds something else', async () => {
    const own = createOwnContestants(ruleSet.rules, ruleSet, corpus);
    const wrong = own.map((each) => (each.name === parseAndMatch ? { ...each, run: () => 1_000 } : each));
    await expect(checkAgreement(wrong, corpus, ruleSet.rules.length)).rejects.toThrow(
      `${parseAndMatch} finds 1000 matches in record 0, ${trailwire}`,
    );
  });
});
