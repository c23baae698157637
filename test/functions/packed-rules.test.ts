import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRules } from '../../cli/load-rules.ts';
import type { Rule } from '../../engine/rule.ts';
import { groupByEvent } from '../../engine/rules-by-event.ts';
import { packRules, readPackedRules } from '../../functions/packed-rules.ts';

const ruleSet = loadRules(join(import.meta.dirname, '../../rules'));
let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailwire-packed-'));
  path = join(folder, 'rules.jsonl');
  writeFileSync(path, packRules(ruleSet));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('gives back the rules that were packed, and what they refer to', () => {
  const { rules, correlationRules, suppressions, conditions, lists } = readPackedRules(path);
  expect(rules).toEqual(ruleSet.rules);
  expect(correlationRules).toEqual(ruleSet.correlationRules);
  expect(suppressions).toEqual(ruleSet.suppressions);
  expect(conditions).toEqual(ruleSet.conditions);
  expect(lists).toEqual(ruleSet.lists);
});

it('gives the same rules for each source as grouping them does, and none for a source of nobody', () => {
  const { rulesByEvent } = readPackedRules(path);
  const grouped = groupByEvent(ruleSet.rules);
  const sources = new Set(ruleSet.rules.flatMap(({ events }) => Object.keys(events ?? {})));
  expect(sources.size).toBeGreaterThan(50);
  for (const source of sources) expect(rulesByEvent?.ofSource(source)).toEqual(grouped.ofSource(source));
  expect(rulesByEvent?.unpinned).toEqual(grouped.unpinned);
  expect(rulesByEvent?.ofSource('constructor')).toEqual([]);
});

it('reads what every cold start needs at once, however long it is, and each rule when it is asked for', () => {
  const cut = join(folder, 'cut.jsonl');
  const long = Array.from({ length: 20_000 }, (_, index) => `arn:aws:iam::111122223333:user/${index}`);
  const packed = packRules({ ...ruleSet, lists: new Map([['watched', long]]) });
  writeFileSync(cut, packed.slice(0, packed.indexOf('\n') + 1));
  const { rules, rulesByEvent, lists } = readPackedRules(cut);
  expect(lists.get('watched')).toEqual(long);
  const conditionsOf = ({ conditions }: Rule) => conditions;
  const { unpinned } = groupByEvent(ruleSet.rules);
  expect(rulesByEvent?.unpinned.map(conditionsOf)).toEqual(unpinned.map(conditionsOf));
  expect(() => rules.map(({ title }) => title)).toThrow();
  expect(() => rulesByEvent?.ofSource('iam.amazonaws.com')).toThrow();
});

it('says which file is not one of packed rules', () => {
  const broken = join(folder, 'broken.jsonl');
  writeFileSync(broken, 'rules\n');
  expect(() => readPackedRules(broken)).toThrow(`cannot read the packed rules ${broken}`);
});
