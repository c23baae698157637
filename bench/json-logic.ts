import type { CloudTrailRecord } from '../engine/record.ts';
import { type Dialect, type Place, simplePattern } from './translate.ts';

/** What we use of json-logic-js, which has no types of its own. */
type JsonLogic = {
  readonly apply: (logic: unknown, data: unknown) => unknown;
  readonly add_operation: (name: string, operation: (this: unknown, ...values: readonly unknown[]) => unknown) => void;
};

const ours = 'trailwire';

/** json-logic-js: the module is given, because only those who ran `npm ci` in bench/ have it. */
export const createJsonLogic = (jsonLogic: JsonLogic) => {
  const tests: ((record: unknown) => boolean)[] = [];
  // Logic is plain JSON, so that a test of ours stands in it as a number.
  jsonLogic.add_operation(ours, function (index) {
    return tests[index as number]?.(this);
  });
  const dialect: Dialect<unknown> = {
    all: (of) => ({ and: of }),
    any: (of) => ({ or: of }),
    not: (of) => ({ '!': [of] }),
    leaf: leafOf,
    test: (test) => ({ [ours]: [tests.push(test) - 1] }),
  };
  const holds = (logic: unknown, record: CloudTrailRecord): boolean => Boolean(jsonLogic.apply(logic, record));
  return { dialect, prepare: (logic: unknown) => (record: CloudTrailRecord) => holds(logic, record) };
};

const leafOf = (fact: string, operator: string, value: unknown): unknown => {
  const field = { var: fact };
  const isThere = { '!==': [field, null] };
  const compared = (sign: string): unknown => ({ and: [isThere, { [sign]: [field, value] }] });
  switch (operator) {
    case 'equal':
    case 'contains':
      return { '===': [field, value] };
    case 'notEqual':
    case 'doesNotContain':
      return { '!==': [field, value] };
    case 'in':
      return { in: [field, value] };
    case 'notIn':
      return { '!': [{ in: [field, value] }] };
    case 'exists':
      return value === true ? isThere : { '===': [field, null] };
    case 'lessThan':
      return compared('<');
    case 'lessThanInclusive':
      return compared('<=');
    case 'greaterThan':
      return compared('>');
    case 'greaterThanInclusive':
      return compared('>=');
    case 'prefix':
      return anyText(value, (text) => textAt(field, text, 'start'));
    case 'suffix':
      return anyText(value, (text) => textAt(field, text, 'end'));
    case 'wildcard':
      return anyText(value, (pattern) => {
        const simple = simplePattern(pattern);
        return simple === undefined ? undefined : textAt(field, simple.text, simple.at);
      });
    default:
      return undefined;
  }
};

const textAt = (field: unknown, text: string, at: Place): unknown => {
  if (at === 'whole') return { '===': [field, text] };
  if (at === 'anywhere') return { in: [text, field] };
  const part = at === 'start' ? [field, 0, text.length] : [field, -text.length];
  return { '===': [{ substr: part }, text] };
};

const anyText = (value: unknown, make: (text: string) => unknown): unknown => {
  const tests = [value].flat().map((text) => make(String(text)));
  return tests.includes(undefined) ? undefined : { or: tests };
};
