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
  readonly rules: readonly LateRule[];
  readonly conditions: readonly (readonly [string, Condition])[];
  readonly lists: readonly (readonly [string, readonly (string | number)[]])[];
};

/** What the index asks of every rule, and where its line is: so many bytes after the first. */
type LateRule = Pick<Rule, 'id' | 'events'> & { readonly start: number; readonly end: number; whole?: Rule };

/** Writes rules and what they refer to as `readPackedRules` reads them. */
export const packRules = ({ rules, suppressions, conditions, lists }: DetectorContent): string => {
  const lines = rules.map((rule) => `${JSON.stringify(rule)}\n`);
  let end = 0;
  const first: FirstLine = {
    rules: rules.map(({ id, events }, index) => {
      const start = end;
      end += Buffer.byteLength(lines[index] ?? '');
      return { id, events, start, end };
    }),
    suppressions,
    conditions: [...conditions],
    lists: [...lists],
  };
  return [`${JSON.stringify(first)}\n`, ...lines].join('');
};

/** Reads the packed rules. Throws ConfigError when the file is not there or not of their form. */
export const readPackedRules = (path: string): DetectorContent => {
  try {
    const file = readFileSync(path);
    const end = file.indexOf('\n') + 1;
    const { rules, suppressions, conditions, lists } = JSON.parse(file.toString('utf8', 0, end)) as FirstLine;
    const handler = parseWhenAsked(file.subarray(end));
    return {
      rules: rules.map((rule) => new Proxy<object>(rule, handler) as Rule),
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

/** Makes rules like any others of late ones. One handler serves all: a cold start makes hundreds, and tries a few. */
const parseWhenAsked = (lines: Buffer): ProxyHandler<LateRule & object> => {
  const whole = (late: LateRule): Rule => {
    late.whole ??= JSON.parse(lines.toString('utf8', late.start, late.end)) as Rule;
    return late.whole;
  };
  return {
    get: (late, name) => (name === 'id' || name === 'events' ? late[name] : Reflect.get(whole(late), name)),
    has: (late, name) => Reflect.has(whole(late), name),
    ownKeys: (late) => Reflect.ownKeys(whole(late)),
    getOwnPropertyDescriptor: (late, name) => Reflect.getOwnPropertyDescriptor(whole(late), name),
  };
};
