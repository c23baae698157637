import { Almanac, Engine, type RuleProperties } from 'json-rules-engine';
import { createConditionCompiler } from '../engine/compile.ts';
import type { Condition } from '../engine/condition.ts';
import { parseFieldPath, readField } from '../engine/field.ts';
import { isFieldReference } from '../engine/leaf-value.ts';
import { type FieldTest, parseOperator } from '../engine/operators.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { constantOf, type References, sharedConditionOf } from '../engine/reference.ts';
import type { Rule } from '../engine/rule.ts';

/** Evaluates rules on a record with json-rules-engine and says how many hold. */
export type ReferenceEngine = (record: CloudTrailRecord) => Promise<number>;

/**
 * json-rules-engine at its best: operators compiled beforehand, our field paths instead of JSONPath, cheap leaves first.
 * `isAbout` is asked as a condition of each rule; without it, the caller has chosen the rules.
 */
export const createReferenceEngine = (
  rules: readonly Rule[],
  references: References,
  isAbout?: (rule: Rule, record: CloudTrailRecord) => boolean,
): ReferenceEngine => {
  const engine = new Engine([], { allowUndefinedFacts: true });
  const compile = createConditionCompiler(references);

  const convert = (node: Condition): object => {
    if ('all' in node) return { all: node.all.map(convert), priority: 1 };
    if ('any' in node) return { any: node.any.map(convert), priority: 1 };
    if ('not' in node) return { not: convert(node.not), priority: 1 };
    if ('condition' in node) return convert(sharedConditionOf(node.condition, references));
    const operator = parseOperator(node.operator);
    if (operator === undefined) throw new TypeError(`"${node.operator}" is not an operator`);
    if (isFieldReference(node.value)) {
      engine.addOperator(node.operator, (actual: unknown, value) => operator.compile(value, compile)(actual));
      return { ...node, priority: 2 };
    }
    const test: FieldTest = operator.compile(constantOf(node.value, references), compile);
    const name = `${node.operator} ${JSON.stringify(node.value)}`.replaceAll(':', ' ');
    engine.addOperator(name, (actual: unknown) => test(actual));
    return { fact: node.fact, operator: name, value: null, priority: node.operator === 'equal' ? 3 : 2 };
  };

  for (const rule of rules) {
    const root = convert(rule.conditions);
    const byEvent = { fact: '', operator: 'isAbout', value: rule, priority: 4 };
    const conditions = (isAbout === undefined ? root : { all: [byEvent, root] }) as RuleProperties['conditions'];
    engine.addRule({ conditions, event: { type: rule.id } });
  }
  if (isAbout !== undefined) {
    engine.addOperator('isAbout', (record: CloudTrailRecord, rule: Rule) => isAbout(rule, record));
  }

  return async (record) => {
    const almanac = new Almanac({ allowUndefinedFacts: true });
    almanac.factValue = async <T>(fact: string): Promise<T> =>
      (fact === '' ? record : readField(record, parseFieldPath(fact))) as T;
    const { results } = await engine.run({}, { almanac });
    return results.length;
  };
};
