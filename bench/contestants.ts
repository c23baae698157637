import { Almanac, Engine, type RuleProperties } from 'json-rules-engine';
import { constantOf, createConditionCompiler, type References, sharedConditionOf } from '../engine/compile.ts';
import type { Condition } from '../engine/condition.ts';
import { createDetector } from '../engine/detector.ts';
import { explain } from '../engine/explain.ts';
import { parseFieldPath, readField } from '../engine/field.ts';
import { isFieldReference } from '../engine/leaf-value.ts';
import { type FieldTest, parseOperator } from '../engine/operators.ts';
import { type CloudTrailRecord, eventNameOf, eventSourceOf } from '../engine/record.ts';
import type { Rule } from '../engine/rule.ts';
import { compileRules, coversEvent } from '../engine/rule-index.ts';
import type { Corpus } from './records.ts';

/** One way to do the work: `run` takes the record of an index and says how many rules matched. */
export type Contestant = {
  readonly name: string;
  readonly run: (index: number) => number | Promise<number>;
};

export const parseAlone = 'JSON.parse alone';
export const compiledBehindIndex = 'compiled rules behind the index';
export const referenceBehindIndex = 'json-rules-engine behind the index on events';

/** All ways to find the matches of a record, and JSON.parse of its text to measure them by. */
export const createContestants = (
  rules: readonly Rule[],
  references: References,
  { records, texts }: Corpus,
): readonly Contestant[] => {
  const matcher = compileRules(rules, references);
  const detector = createDetector({ ...references, rules, suppressions: [] });
  const aboutEvent = createEventIndex(rules);
  const recordAt = (index: number) => records[index] as CloudTrailRecord;
  const oneEngine = createOneEngine(rules, references);
  return [
    { name: parseAlone, run: (index) => (JSON.parse(texts[index] as string) === null ? 1 : 0) },
    {
      name: compiledBehindIndex,
      run: (index) => detector.match(recordAt(index)).rules.length,
    },
    {
      name: 'compiled rules, each tried on each record',
      run: (index) => {
        const record = recordAt(index);
        return matcher.rules.filter(({ rule, matches }) => isAbout(rule, record) && matches(record)).length;
      },
    },
    {
      name: referenceBehindIndex,
      run: async (index) => {
        const record = recordAt(index);
        let matches = 0;
        for (const rule of aboutEvent(record))
          if ((await explain(rule.conditions, record, references)).holds) matches++;
        return matches;
      },
    },
    { name: 'json-rules-engine, all rules in one engine', run: (index) => oneEngine(recordAt(index)) },
  ];
};

/** How many rules the index leaves to be tried on a record, on average. */
export const candidatesPerRecord = (rules: readonly Rule[], references: References, { records }: Corpus): number => {
  const matcher = compileRules(rules, references);
  let candidates = 0;
  for (const record of records) matcher.forEachCandidate(record, () => candidates++);
  return candidates / records.length;
};

const isAbout = ({ events }: Rule, record: CloudTrailRecord): boolean =>
  events === undefined || coversEvent(events, eventSourceOf(record), eventNameOf(record));

/** The plain half of the index: rules by (eventSource, eventName), and those without events for every record. */
const createEventIndex = (rules: readonly Rule[]) => {
  const known = new Map<string, readonly Rule[]>();
  return (record: CloudTrailRecord): readonly Rule[] => {
    const key = `${record.eventSource} ${record.eventName}`;
    const found = known.get(key) ?? rules.filter((rule) => isAbout(rule, record));
    known.set(key, found);
    return found;
  };
};

/** json-rules-engine as its documentation has it: one engine that holds every rule, with our operators and field paths. */
const createOneEngine = (rules: readonly Rule[], references: References) => {
  const engine = new Engine([], { allowUndefinedFacts: true });
  const compile = createConditionCompiler(references);

  const convert = (node: Condition): unknown => {
    if ('all' in node) return { all: node.all.map(convert) };
    if ('any' in node) return { any: node.any.map(convert) };
    if ('not' in node) return { not: convert(node.not) };
    if ('condition' in node) return convert(sharedConditionOf(node.condition, references));
    const operator = parseOperator(node.operator);
    if (operator === undefined) throw new TypeError(`"${node.operator}" is not an operator`);
    if (isFieldReference(node.value)) {
      engine.addOperator(node.operator, (actual: unknown, value) => operator.compile(value, compile)(actual));
      return node;
    }
    // Compiled once, so that it is the engine that is measured; the constant stands in its place.
    const test: FieldTest = operator.compile(constantOf(node.value, references), compile);
    const name = `${node.operator} ${JSON.stringify(node.value)}`.replaceAll(':', ' ');
    engine.addOperator(name, (actual: unknown) => test(actual));
    return { fact: node.fact, operator: name, value: null };
  };

  for (const rule of rules) {
    const byEvent = { fact: '', operator: 'isAbout', value: rule };
    const conditions = { all: [byEvent, convert(rule.conditions)] } as RuleProperties['conditions'];
    engine.addRule({ conditions, event: { type: rule.id } });
  }
  engine.addOperator('isAbout', (record: CloudTrailRecord, rule: Rule) => isAbout(rule, record));

  return async (record: CloudTrailRecord): Promise<number> => {
    const almanac = new Almanac({ allowUndefinedFacts: true });
    almanac.factValue = async <T>(fact: string): Promise<T> =>
      (fact === '' ? record : readField(record, parseFieldPath(fact))) as T;
    const { results } = await engine.run({}, { almanac });
    return results.length;
  };
};
