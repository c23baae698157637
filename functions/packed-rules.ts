import { readFileSync } from 'node:fs';
import type { Condition } from '../engine/condition.ts';
import type { DetectorContent } from '../engine/detector.ts';
import { ConfigError, messageOf } from '../engine/errors.ts';
import type { AnyRule, CorrelationRule, Rule } from '../engine/rule.ts';

/**
 * The rules as they lie beside a function, validated by the build: a first line with what is needed to find the rules for a
 * record, then each rule on a line of its own. A cold start parses the first line alone, and a rule when it is tried.
 */
type FirstLine = Pick<DetectorContent, 'suppressions'> & {
  readonly rules: readonly Late<Rule>[];
  readonly correlationRules: readonly Late<CorrelationRule>[];
  readonly conditions: readonly (readonly [string, Condition])[];
  readonly lists: readonly (readonly [string, readonly (string | number)[]])[];
};

/** What is asked of every rule at the start; `undefined` is an answer too. */
const askedOfAll = ['id', 'events', 'correlation'] as const;

/** These fields of a rule, and where its line is: so many bytes after the first. */
type Late<Of extends AnyRule> = Partial<Of> & { readonly start: number; readonly end: number; whole?: Of };

/** Writes rules and what they refer to as `readPackedRules` reads them. */
export const packRules = ({ rules, correlationRules, suppressions, conditions, lists }: DetectorContent): string => {
  const lines: string[] = [];
  let end = 0;
  const late = <Of extends AnyRule>(rule: Of): Late<Of> => {
    const line = `${JSON.stringify(rule)}\n`;
    const start = end;
    end += Buffer.byteLength(line);
    lines.push(line);
    const asked = Object.fromEntries(askedOfAll.map((name) => [name, Reflect.get(rule, name)]));
    return { ...(asked as Partial<Of>), start, end };
  };
  const first: FirstLine = {
    rules: rules.map(late),
    correlationRules: correlationRules.map(late),
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
    const first = JSON.parse(file.toString('utf8', 0, end)) as FirstLine;
    const handler = parseWhenAsked(file.subarray(end));
    const late = <Of extends AnyRule>(rule: Late<Of>): Of => new Proxy<object>(rule, handler) as Of;
    return {
      rules: first.rules.map(late),
      correlationRules: first.correlationRules.map(late),
      suppressions: first.suppressions,
      conditions: new Map(first.conditions),
      lists: new Map(first.lists),
    };
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `cannot read the packed rules ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
};

/** Makes rules like any others of late ones. One handler serves all: a cold start makes hundreds, and tries a few. */
const parseWhenAsked = (lines: Buffer): ProxyHandler<Late<AnyRule>> => {
  const asked: ReadonlySet<unknown> = new Set(askedOfAll);
  const whole = (late: Late<AnyRule>): AnyRule => {
    late.whole ??= JSON.parse(lines.toString('utf8', late.start, late.end)) as AnyRule;
    return late.whole;
  };
  return {
    get: (late, name) => Reflect.get(asked.has(name) ? late : whole(late), name),
    has: (late, name) => Reflect.has(whole(late), name),
    ownKeys: (late) => Reflect.ownKeys(whole(late)),
    getOwnPropertyDescriptor: (late, name) => Reflect.getOwnPropertyDescriptor(whole(late), name),
  };
};
