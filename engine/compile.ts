import type { Condition, Leaf } from './condition.ts';
import { parseFieldPath, readField } from './field.ts';
import { isFieldReference } from './leaf-value.ts';
import { type FieldTest, parseOperator } from './operators.ts';
import type { RecordMemory } from './record-memory.ts';
import { constantOf, type References, sharedConditionOf } from './reference.ts';
import { createTryOrder, settledBy } from './try-order.ts';

/**
 * How conditions become fast. A tree is compiled once into closures, so that trying it on a record parses no text, makes no
 * promise and leaves no garbage: no evaluation of strings, no generated code. Which trees are tried at all is decided before,
 * by `rule-index.ts`. json-rules-engine (`explain.ts`) evaluates the same trees in its own way, and a property test holds
 * the two equal.
 */

type Test = (item: unknown) => boolean;

/** Compiles condition trees; equal leaves and equal shared conditions become one closure, with a memory if one is given. */
export const createConditionCompiler = (
  references: References,
  memory?: RecordMemory,
): ((condition: Condition) => Test) => {
  const leaves = new Map<string, Test>();
  const shared = new Map<string, Test>();
  const cheapestFirst = createTryOrder(references);

  const once = (cache: Map<string, Test>, key: string, make: () => Test): Test => {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const test = make();
    const made = memory?.remember(test) ?? test;
    cache.set(key, made);
    return made;
  };

  const readerOf =
    memory?.readerOf ??
    ((fact: string) => {
      const path = parseFieldPath(fact);
      return (item: unknown) => readField(item, path);
    });

  const compileLeaf = ({ fact, operator: written, value }: Leaf): Test => {
    const operator = parseOperator(written);
    if (operator === undefined) throw new TypeError(`"${written}" is not an operator`);
    const read = readerOf(fact);
    if (isFieldReference(value)) {
      const readOther = readerOf(value.fact);
      return (item) => operator.compile(readOther(item), compile)(read(item));
    }
    const constant = constantOf(value, references);
    const test: FieldTest = operator.compile(constant, compile);
    const quick = operator.isSlow?.(constant) && memory !== undefined ? memory.rememberTexts(test) : test;
    return (item) => quick(read(item));
  };

  const compile = (condition: Condition): Test => {
    if ('all' in condition) {
      return settledBy(false, cheapestFirst(condition.all), compile);
    }
    if ('any' in condition) {
      return settledBy(true, cheapestFirst(condition.any), compile);
    }
    if ('not' in condition) {
      const test = compile(condition.not);
      return (item) => !test(item);
    }
    if ('condition' in condition) {
      const { condition: name } = condition;
      return once(shared, name, () => compile(sharedConditionOf(name, references)));
    }
    return once(leaves, JSON.stringify(condition), () => compileLeaf(condition));
  };

  return compile;
};
