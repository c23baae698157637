import { describe, expect, it } from 'vitest';
import { readRuleFiles } from '../../cli/read-rules.ts';
import { parseRuleSet } from '../../engine/rule-set.ts';
import { readDetections } from './detections.ts';

describe('the coverage of known detections', () => {
  const { coverage } = parseRuleSet(readRuleFiles('rules')).ruleSet;
  const detections = readDetections();
  const idsOf = (...tiers: readonly string[]): readonly string[] =>
    detections.flatMap(({ id = '', tier = '' }) => (tiers.includes(tier) ? [id] : []));
  const isFound = (id: string): boolean => coverage[id]?.rules !== undefined;

  it('decides everything that any public pack detects, and finds all but a few', () => {
    const inPacks = idsOf('pack');
    expect(inPacks).toHaveLength(363);
    expect(inPacks.filter((id) => !Object.hasOwn(coverage, id))).toEqual([]);
    expect(inPacks.filter(isFound).length).toBeGreaterThanOrEqual(340);
  });

  it('finds at least a hundred things that no public pack does', () => {
    expect(idsOf('new-api', 'traildiscover-gap').filter(isFound).length).toBeGreaterThanOrEqual(100);
  });

  it('knows no detection that the table does not have', () => {
    const known = new Set(detections.map(({ id }) => id));
    expect(Object.keys(coverage).filter((id) => !known.has(id))).toEqual([]);
  });
});
