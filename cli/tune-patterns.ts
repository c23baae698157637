import { principalOf } from '../engine/actor.ts';
import type { Leaf } from '../engine/condition.ts';
import { readText } from '../engine/field.ts';
import { type CloudTrailRecord, eventTimeOf } from '../engine/record.ts';
import { type AnyRule, hasConditions } from '../engine/rule.ts';
import type { Heard } from './replay-sides.ts';
import { eventIdOf, type ToldCollector } from './told.ts';
import { createTraits } from './traits.ts';

/** Matches of one rule by one principal that are alike: what a suppression could be made of. Times are ms since 1970. */
export type Pattern = {
  readonly rule: AnyRule;
  readonly principal: string;
  /** Who, as exact values; empty where the records name nobody. */
  readonly who: readonly Leaf[];
  /** Fields that all its records have in common, as they are. */
  readonly common: ReadonlyMap<string, string>;
  /** What the rule tells its findings apart by, and was not the same. */
  readonly varying: ReadonlySet<string>;
  readonly isRoot: boolean;
  readonly alerts: ReadonlySet<string>;
  readonly matches: number;
  /** Days (UTC) on which it was seen. */
  readonly days: ReadonlySet<string>;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly events: readonly string[];
  readonly traits: ReturnType<typeof createTraits>;
};

type Growing = Omit<Pattern, 'who'> & {
  who: readonly Leaf[];
  readonly common: Map<string, string>;
  readonly varying: Set<string>;
  readonly alerts: Set<string>;
  readonly days: Set<string>;
  readonly events: string[];
  matches: number;
  isRoot: boolean;
  firstTime: number;
  lastTime: number;
};

const maxEvents = 3;
/** An exact value that nobody can read is none that anybody can review. */
const maxValue = 256;
const unreadable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Collects what is alike among matches: by rule and principal, and more narrowly by what is done to what. */
export const createPatternCollector = (told: ToldCollector) => {
  const wide = new Map<string, Growing>();
  const narrow = new Map<string, Map<string, Growing>>();

  return {
    hear: ({ record, detection }: Heard): void => {
      for (const { rule, identity } of detection.matches) {
        const key = JSON.stringify([rule.id, principalOf(record)]);
        const what = JSON.stringify(thingsOf(rule).map((field) => readText(record, field)));
        const ofKey = narrow.get(key) ?? new Map<string, Growing>();
        narrow.set(key, ofKey);
        const isAlert = told.find(identity.id)?.isAlert === true;
        for (const pattern of [open(wide, key, rule, record), open(ofKey, what, rule, record)]) {
          add(pattern, record);
          if (isAlert) pattern.alerts.add(identity.id);
        }
      }
    },
    /** Those with alerts: by rule and principal, each with its narrower ones. */
    all: (): readonly { readonly wide: Pattern; readonly narrow: readonly Pattern[] }[] =>
      [...wide]
        .filter(([, { alerts }]) => alerts.size > 0)
        .map(([key, pattern]) => ({
          wide: pattern,
          narrow: [...(narrow.get(key)?.values() ?? [])].filter(({ alerts }) => alerts.size > 0),
        })),
  };
};

/** What is done to what, in the words of the rule: its dedup, without who does it. A correlation counts different records. */
const thingsOf = (rule: AnyRule): readonly string[] => {
  if (rule.correlation !== undefined || !hasConditions(rule)) return ['recipientAccountId'];
  const by = (rule.dedup?.by ?? []).filter((field) => field !== 'eventID' && !field.startsWith('userIdentity.'));
  return [...new Set(['recipientAccountId', 'eventName', ...by])];
};

/** What may narrow a suppression of a rule further, where it is always the same. */
const narrowingFields = (rule: AnyRule): readonly string[] =>
  rule.correlation === undefined ? [...thingsOf(rule), 'awsRegion', 'sourceIPAddress', 'userAgent'] : thingsOf(rule);

const isReadable = (value: string): boolean =>
  value.length <= maxValue && value.isWellFormed() && !unreadable.test(value);

const open = (patterns: Map<string, Growing>, key: string, rule: AnyRule, record: CloudTrailRecord): Growing => {
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const fields = narrowingFields(rule).map((field) => [field, readText(record, field)] as const);
  const pattern: Growing = {
    rule,
    principal: principalOf(record),
    who: whoOf(record),
    common: new Map(fields.filter((each): each is [string, string] => each[1] !== undefined && isReadable(each[1]))),
    varying: new Set(),
    isRoot: false,
    alerts: new Set(),
    matches: 0,
    days: new Set(),
    firstTime: Number.POSITIVE_INFINITY,
    lastTime: 0,
    events: [],
    traits: createTraits(),
  };
  patterns.set(key, pattern);
  return pattern;
};

const add = (pattern: Growing, record: CloudTrailRecord): void => {
  for (const [field, value] of pattern.common) {
    if (readText(record, field) === value) continue;
    pattern.common.delete(field);
    if (thingsOf(pattern.rule).includes(field)) pattern.varying.add(field);
  }
  if (!pattern.who.every(({ fact, value }) => readText(record, fact) === value)) pattern.who = [];
  pattern.isRoot ||= readText(record, 'userIdentity.type') === 'Root';
  pattern.matches += 1;
  if (pattern.events.length < maxEvents) pattern.events.push(eventIdOf(record));
  pattern.traits.add(record);
  const time = eventTimeOf(record);
  if (time === undefined) return;
  pattern.days.add(new Date(time).toISOString().slice(0, 10));
  pattern.firstTime = Math.min(pattern.firstTime, time);
  pattern.lastTime = Math.max(pattern.lastTime, time);
};

const equal = (fact: string, value: string): Leaf => ({ fact, operator: 'equal', value });

/** The role of a session, the user, or the service: never the name of a session, which whoever takes the role makes up. */
const whoOf = (record: CloudTrailRecord): readonly Leaf[] => {
  const service = readText(record, 'userIdentity.invokedBy');
  if (readText(record, 'userIdentity.type') === 'AWSService' && service !== undefined) {
    return [equal('userIdentity.type', 'AWSService'), equal('userIdentity.invokedBy', service)];
  }
  for (const fact of ['userIdentity.sessionContext.sessionIssuer.arn', 'userIdentity.arn']) {
    const arn = readText(record, fact);
    if (arn !== undefined) return isReadable(arn) ? [equal(fact, arn)] : [];
  }
  return [];
};
