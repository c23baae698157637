import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { corpus } from './corpus.ts';

/** Detections that take several records, not decided yet. The list only ever gets shorter. */
const undecided = `
D004 D018 D019 D020 D021 D023 D024 D025 D028 D030 D033 D035 D036 D038 D041 D050 D054 D060 D067 D070 D072 D073 D087
D089 D091 D092 D094 D095 D096 D098 D099 D100 D102 D103 D104 D114 D135 D170 D171 D175 D178 D183 D185 D186 D187 D188
D190 D224 D227 D228 D229 D230 D233 D235 D237 D243 D244 D246 D247 D248 D271 D272 D284 D286 D287 D289 D299 D304 D307
D313 D316 D317 D318 D321 D322 D326 D328 D329 D330 D336 D348 D349 D350 D351 D352 D353 D354 D355 D357 D359 D360 D361
D362 D363
`;

it('everything that any public pack detects is decided, save what is named here', () => {
  const { coverage } = parseRuleSet(readRuleFiles('rules')).ruleSet;
  const table = readFileSync(corpus('detections.csv'), 'utf8');
  const inPacks = [...table.matchAll(/^(D\d+),pack,/gm)].flatMap(([, id]) => (id === undefined ? [] : [id]));
  expect(inPacks).toHaveLength(363);
  expect(inPacks.filter((id) => !Object.hasOwn(coverage, id))).toEqual(undecided.trim().split(/\s+/));
});
