import { createDetector, type Detector } from '../engine/detector.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import type { References } from '../engine/reference.ts';
import type { Rule } from '../engine/rule.ts';
import { compileRules } from '../engine/rule-index.ts';
import type { Corpus } from './corpus.ts';
import { createEventIndex, isAbout } from './event-index.ts';
import { createJsonLogic } from './json-logic.ts';
import { createReferenceEngine } from './json-rules-engine.ts';
import type { Contestant } from './measure.ts';
import { createMingo } from './mingo.ts';
import { createTranslation, type Dialect } from './translate.ts';

export const parseAlone = 'JSON.parse alone';
export const parseAndMatch = 'JSON.parse, then Trailwire';
export const trailwire = 'Trailwire';
export const referenceBehindIndex = 'json-rules-engine behind an index on events';
export const referenceAlone = 'json-rules-engine, all rules in one engine';

/** Trailwire on records that are parsed already, on their text, and JSON.parse of the text to measure both by. */
export const createOwnContestants = (
  rules: readonly Rule[],
  references: References,
  { records, texts }: Corpus,
): readonly Contestant[] => {
  const detector: Detector = createDetector({ ...references, rules, correlationRules: [], suppressions: [] });
  const textAt = (index: number): string => texts[index] as string;
  return [
    { name: parseAlone, run: (index) => (JSON.parse(textAt(index)) === null ? 1 : 0) },
    { name: parseAndMatch, run: (index) => detector.match(JSON.parse(textAt(index))).rules.length },
    { name: trailwire, run: (index) => detector.match(records[index] as CloudTrailRecord).rules.length },
  ];
};

/** The same rules in other engines, those that are installed, each on parsed records, with what there is to say of it. */
export const createOtherContestants = async (
  rules: readonly Rule[],
  references: References,
  { records }: Corpus,
): Promise<{ readonly contestants: readonly Contestant[]; readonly notes: readonly string[] }> => {
  const recordAt = (index: number) => records[index] as CloudTrailRecord;
  const oneEngine = createReferenceEngine(rules, references, isAbout);
  const engines = createEventIndex(rules, records, (some) => createReferenceEngine(some, references));
  const notes: string[] = [];

  const behindIndex = <T>(name: string, made: { dialect: Dialect<T>; prepare: (tree: T) => Holds }): Contestant => {
    const { translate, ownShare } = createTranslation(made.dialect, references, records);
    const prepared = new Map(rules.map((rule) => [rule, made.prepare(translate(rule.conditions))]));
    const index = createEventIndex(rules, records, (some) => some.map((rule) => prepared.get(rule) as Holds));
    notes.push(`${name}: ${Math.round(ownShare() * 100)} % of the leaves by operators of its own, the others by ours.`);
    return {
      name: `${name} behind an index on events`,
      run: (at) => {
        let matches = 0;
        for (const some of index(recordAt(at))) for (const holds of some) if (holds(recordAt(at))) matches++;
        return matches;
      },
    };
  };

  const [jsonLogic, mingo] = await Promise.all(['json-logic-js', 'mingo'].map(importInstalled));
  const contestants: Contestant[] = [
    { name: referenceAlone, run: (index) => oneEngine(recordAt(index)) },
    {
      name: referenceBehindIndex,
      run: async (index) => {
        let matches = 0;
        for (const engine of engines(recordAt(index))) matches += await engine(recordAt(index));
        return matches;
      },
    },
  ];
  if (jsonLogic !== undefined) contestants.push(behindIndex('json-logic-js', createJsonLogic(jsonLogic.default)));
  if (mingo !== undefined) contestants.push(behindIndex('mingo', createMingo(mingo)));
  if (jsonLogic === undefined || mingo === undefined) {
    notes.push('json-logic-js and mingo are left out as far as they are not installed: npm ci --prefix bench');
  }
  return { contestants, notes };
};

type Holds = (record: CloudTrailRecord) => boolean;

/** Packages of bench/package.json; the project does not need them. */
const importInstalled = async (name: string) => {
  try {
    return await import(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};

/** How many rules Trailwire tries on a record, on average. */
export const candidatesPerRecord = (rules: readonly Rule[], references: References, { records }: Corpus): number => {
  const matcher = compileRules(rules, references);
  let candidates = 0;
  for (const record of records) matcher.forEachCandidate(record, () => candidates++);
  return candidates / records.length;
};
