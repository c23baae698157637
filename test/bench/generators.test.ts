import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Corpus, corpusOf } from '../../bench/corpus.ts';
import { readPlainly } from '../../bench/floor.ts';
import { createLogWriter } from '../../bench/log-files.ts';
import { generateRules, usualMix } from '../../bench/rules.ts';
import { findLogFiles } from '../../cli/find-log-files.ts';
import { loadRules } from '../../cli/load-rules.ts';
import { readInputs } from '../../cli/read-inputs.ts';
import { readRecords } from '../../cli/read-records.ts';
import { type Rule, ruleSchema } from '../../engine/rule.ts';
import { complainOfReferences } from '../../engine/rule-references.ts';

const ruleSet = loadRules('rules');
let corpus: Corpus;
let folder = '';
beforeAll(async () => {
  const records = [];
  for await (const item of readRecords(readInputs(['samples/incident']))) {
    if (item.kind === 'delivery') records.push(item.delivery.record);
  }
  corpus = corpusOf('samples/incident', records);
  folder = mkdtempSync(join(tmpdir(), 'trailwire-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const generate = (count: number) => generateRules(count, ruleSet.rules, corpus, usualMix);
const share = (rules: readonly Rule[], holds: (rule: Rule) => boolean) => rules.filter(holds).length / rules.length;

describe('generated rules', () => {
  it('are the same every time, and the first of more', () => {
    expect(generate(300)).toEqual(generate(300));
    expect(generate(1_000).slice(0, 300)).toEqual(generate(300));
  });

  it('are rules that an author could have written', () => {
    const known = { ...ruleSet, files: { conditions: new Set<string>(), lists: new Set<string>() } };
    for (const rule of generate(1_000)) {
      expect(ruleSchema.safeParse(rule).error).toBeUndefined();
      expect(complainOfReferences(rule.conditions, 'conditions', known)).toEqual([]);
    }
  });

  it('name no event in about one of twenty cases, with constants of their own', () => {
    const rules = generate(5_000);
    const unpinned = rules.filter(({ events }) => events === undefined);
    expect(unpinned.length / rules.length).toBeGreaterThan(0.03);
    expect(unpinned.length / rules.length).toBeLessThan(0.07);
    expect(new Set(unpinned.map(({ conditions }) => JSON.stringify(conditions))).size).toBeGreaterThan(
      unpinned.length / 2,
    );
  });

  it('are mostly about events that do not occur in the corpus', () => {
    const occurring = new Set(corpus.records.map(({ eventSource, eventName }) => `${eventSource} ${eventName}`));
    const isHot = ({ events = {} }: Rule) =>
      Object.entries(events).some(([source, names]) => names !== '*' && occurring.has(`${source} ${names[0]}`));
    expect(share(generate(5_000), isHot)).toBeGreaterThan(0.02);
    expect(share(generate(5_000), isHot)).toBeLessThan(0.08);
  });
});

describe('written logs', () => {
  const pathsIn = (path: string) =>
    [...findLogFiles(path)].map((found) => (found.kind === 'file' ? found.path : found.place));
  const contentsOf = (path: string) =>
    pathsIn(path).map((file) => [relative(path, file), gunzipSync(readFileSync(file)).toString('utf8')]);

  it('are the same every time, in the layout of a bucket', () => {
    const [one, other] = ['one', 'other'].map((name) => join(folder, name)) as [string, string];
    for (const path of [one, other]) createLogWriter(corpus).writeFiles(path, [30, 5, 1]);
    expect(contentsOf(one)).toEqual(contentsOf(other));
    expect(pathsIn(one)).toHaveLength(3);
    expect(readPlainly(one)).toBe(36);
  });

  it('have an id of its own in every record', () => {
    const path = join(folder, 'ids');
    const count = corpus.records.length + 100;
    createLogWriter(corpus).writeFiles(path, [count]);
    const [[, text = ''] = []] = contentsOf(path);
    const ids = JSON.parse(text).Records.map(({ eventID }: { eventID: string }) => eventID);
    expect(new Set(ids).size).toBe(count);
  });

  it.each(['lines', 'joined'] as const)('can be one large file: %s', async (shape) => {
    const path = join(folder, `${shape}.json.gz`);
    const { records } = await createLogWriter(corpus).writeLargeFile(path, shape, 1_000);
    let found = 0;
    for await (const item of readRecords(readInputs([path]))) if (item.kind === 'delivery') found += 1;
    expect(found).toBe(records);
  });
});
