import { readFileSync } from 'node:fs';
import type { Condition } from '../engine/condition.ts';
import type { DetectorContent } from '../engine/detector.ts';
import { ConfigError, messageOf } from '../engine/errors.ts';
import type { Rule } from '../engine/rule.ts';

/**
 * The rules as they lie beside a function, validated by the build: a first line with what is needed to find the rule for a
 * record, then each rule on a line of its own. A cold start parses the first line alone, and a rule when it is tried.
 */
type FirstLine = Pick<DetectorContent, 'suppressions'> & {
  readonly rules: readonly Known[];
  readonly conditions: readonly (readonly [string, Condition])[];
  readonly lists: readonly (readonly [string, readonly (string | number)[]])[];
};

type Known = Pick<Rule, 'id' | 'events'>;

/** Writes rules and what they refer to as `readPackedRules` reads them. */
export const packRules = ({ rules, suppressions, conditions, lists }: DetectorContent): string => {
  const first: FirstLine = {
    rules: rules.map(({ id, events }) => ({ id, events })),
    suppressions,
    conditions: [...conditions],
    lists: [...lists],
  };
  return [first, ...rules].map((line) => `${JSON.stringify(line)}\n`).join('');
};

/** Reads the packed rules. Throws ConfigError when the file is not there or not of their form. */
export const readPackedRules = (path: string): DetectorContent => {
  try {
    const nextLine = linesOf(readFileSync(path));
    const { rules, suppressions, conditions, lists } = JSON.parse(nextLine().toString()) as FirstLine;
    return {
      rules: rules.map((known) => lateRule(known, nextLine())),
      suppressions,
      conditions: new Map(conditions),
      lists: new Map(lists),
    };
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `cannot read the packed rules ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
};

const linesOf = (file: Buffer): (() => Buffer) => {
  let start = 0;
  return () => {
    const end = file.indexOf('\n', start);
    if (end < 0) throw new TypeError('it ends before its last rule');
    const line = file.subarray(start, end);
    start = end + 1;
    return line;
  };
};

/** A rule like any other, but its line is parsed when it is asked for more than is known. */
const lateRule = (known: Known, line: Buffer): Rule => {
  let parsed: Rule | undefined;
  const whole = (): Rule => {
    parsed ??= JSON.parse(line.toString()) as Rule;
    return parsed;
  };
  return new Proxy(known as Rule, {
    get: (_, name) => Reflect.get(Object.hasOwn(known, name) ? known : whole(), name),
    has: (_, name) => Reflect.has(whole(), name),
    ownKeys: () => Reflect.ownKeys(whole()),
    getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(whole(), name),
  });
};
