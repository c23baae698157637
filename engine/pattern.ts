import { cloudTrailDetailTypes } from './delivery.ts';
import { parseFieldPath } from './field.ts';
import { type Demand, demandsOf, join } from './pattern-demand.ts';
import { covers, type Matcher, nameMatcher } from './pattern-matcher.ts';
import type { References } from './reference.ts';
import type { Rule } from './rule.ts';

/** Field -> what it may be, or the fields below it. */
export type FieldPattern = { readonly [field: string]: FieldPattern | readonly Matcher[] };

/** What a subscription passes. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export type EventPattern = {
  readonly source: readonly [{ readonly prefix: 'aws.' }];
  readonly 'detail-type': readonly string[];
  readonly detail?: FieldPattern | { readonly $or: readonly FieldPattern[] };
};

/** The quota is 2,048; it is not said whether blanks that CloudFormation may write count. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const maxCharacters = 1_900;
/** What other fields must hold is said again with each part of a demand; beyond this it is left out. */
const maxWhere = 600;

/** One way for a record to be of interest: a field is as `matcher` says, where other fields are as `where` says. */
type Filter = { readonly where: Demand; readonly field: string; readonly matcher: Matcher };

/**
 * Compiles the subscriptions of a set of rules: together they pass every record that any of the rules could match, and as
 * little else as can be said in their language. A condition on `source` keeps out what customers put on the bus
 * themselves: PutEvents refuses sources that begin with `aws.`.
 */
export const compilePatterns = (rules: readonly Rule[], references: References): readonly EventPattern[] =>
  groupFilters(rules.map((rule) => filtersOfRule(rule, references))).map(renderPattern);

/** As `compilePatterns`, each with the ids of the rules that ask for what it passes. */
export const compileSubscriptions = (
  rules: readonly Rule[],
  references: References,
): readonly { readonly pattern: EventPattern; readonly rules: readonly string[] }[] => {
  const wanted = rules.map((rule) => ({ id: rule.id, filters: filtersOfRule(rule, references) }));
  return groupFilters(wanted.map(({ filters }) => filters)).map((group) => ({
    pattern: renderPattern(group),
    rules: wanted.filter(({ filters }) => asksFor(group, filters)).map(({ id }) => id),
  }));
};

/** Whether a group of filters passes some of what a rule asks for; the empty one passes everything. */
const asksFor = (group: readonly Filter[], filters: readonly Filter[] | undefined): boolean =>
  group.length === 0 || filters?.some((narrow) => group.some((wide) => includes(wide, narrow))) === true;

/** The filters of which every record that the rule matches passes one; `undefined` when that cannot be said. */
const filtersOfRule = (rule: Rule, references: References): readonly Filter[] | undefined =>
  demandsOfRule(rule, references)?.flatMap(filtersOf);

/** The filters of all rules, without those that others include, in groups that fit into a pattern each. */
const groupFilters = (wanted: readonly (readonly Filter[] | undefined)[]): readonly (readonly Filter[])[] => {
  if (wanted.includes(undefined)) return [[]];
  const filters = withoutCovered(wanted.flatMap((each) => each ?? []));
  const patterns: Filter[][] = [];
  for (const filter of filters) {
    const last = patterns.at(-1);
    if (last !== undefined && JSON.stringify(renderPattern([...last, filter])).length <= maxCharacters)
      last.push(filter);
    else patterns.push([filter]);
  }
  return patterns;
};

/** The demands of which every record that the rule matches meets one; `undefined` when that cannot be said. */
const demandsOfRule = ({ events, conditions }: Rule, references: References): readonly Demand[] | undefined => {
  const demands = demandsOf(conditions, references);
  if (events === undefined) return demands;
  const ofEvents = Object.entries(events).map(([source, names]): Demand => {
    const ofSource = new Map<string, readonly Matcher[]>([['eventSource', [source]]]);
    // The engine compares names in any case, as services differ (`viewBilling`, `ViewBilling`): so must its subscription.
    return names === '*'
      ? ofSource
      : ofSource.set(
          'eventName',
          names.map((name) => nameMatcher(name.toLowerCase())),
        );
  });
  return demands === undefined ? ofEvents : join(ofEvents, demands);
};

/** A demand in parts that may lie in several patterns: of the name of the event, or else the field with the most to say, each matcher is one. */
const filtersOf = (demand: Demand): readonly Filter[] => {
  const [[field, matchers] = ['', []], ...others] = [...demand].toSorted(
    ([one, some], [other, more]) =>
      Number(other === 'eventName') - Number(one === 'eventName') || more.length - some.length || compare(one, other),
  );
  // What is said in the same words and order can be one alternative of a pattern.
  const where = others
    .map(([each, some]) => [each, some.toSorted(byText)] as const)
    .toSorted(([one], [other]) => compare(one, other));
  while (JSON.stringify(where).length > maxWhere) where.splice(where.indexOf(longestOf(where)), 1);
  const ofSource = where.filter(([each]) => each === 'eventSource');
  return matchers.map((matcher) => {
    const isEnough = ofSource.length > 0 && field === 'eventName' && isRare(matcher);
    return { where: new Map(isEnough ? ofSource : where), field, matcher };
  });
};

/** Calls that programs repeat all day, by the beginning of their names: reads, and uses of a role, key, object or model. */
const repeated =
  /^(?:assume|batch|consolelogin|converse|copyobject|decrypt|describe|generate|get|head|invoke|list|lookup|put(?:evaluations|log|object)|query|runinstances|scan|search|select)/;
/** Whether a matcher is about one event that is rare: to say more of it would cost more characters than it spares records. */
const isRare = (matcher: Matcher): boolean =>
  typeof matcher === 'object' &&
  matcher !== null &&
  'equals-ignore-case' in matcher &&
  !repeated.test(matcher['equals-ignore-case']);

const byText = (one: unknown, other: unknown): number => compare(JSON.stringify(one), JSON.stringify(other));
const longestOf = <T>(values: readonly T[]): T =>
  values.reduce((one, other) => (JSON.stringify(other).length > JSON.stringify(one).length ? other : one));

/** Puts filters in order and leaves out those that another one includes. */
const withoutCovered = (filters: readonly Filter[]): readonly Filter[] => {
  const sorted = inOrder([...new Map(filters.map((filter) => [keyOf(filter), filter])).values()]);
  const places = new Map(sorted.map((filter, index) => [filter, index]));
  const placeOf = (filter: Filter): number => places.get(filter) ?? -1;
  // What is about one source includes nothing of another: most filters are about one, and there are thousands.
  const bySource = Map.groupBy(sorted, sourceOf);
  return sorted.filter((filter) => {
    const source = sourceOf(filter);
    const wider = [...(bySource.get(undefined) ?? []), ...(source === undefined ? [] : (bySource.get(source) ?? []))];
    // Of two that say the same in different words, the first stays.
    return !wider.some(
      (other) =>
        other !== filter && includes(other, filter) && (placeOf(other) < placeOf(filter) || !includes(filter, other)),
    );
  });
};

/** The one source that a filter is about, if there is one. */
const sourceOf = ({ where, field, matcher }: Filter): string | undefined => {
  const [source, ...more] = field === 'eventSource' ? [matcher] : (where.get('eventSource') ?? []);
  return typeof source === 'string' && more.length === 0 ? source : undefined;
};

/** Whether each field that `wide` asks for is asked for by `narrow`, and no wider. */
const includes = (wide: Filter, narrow: Filter): boolean => {
  const isAsked = (field: string, matchers: readonly Matcher[]): boolean => {
    const asked = field === narrow.field ? [narrow.matcher] : narrow.where.get(field);
    return asked?.every((matcher) => matchers.some((each) => covers(each, matcher))) === true;
  };
  return isAsked(wide.field, [wide.matcher]) && [...wide.where].every(([field, matchers]) => isAsked(field, matchers));
};

const groupOf = ({ where, field }: Filter): string => JSON.stringify([[...where], field]);
const keyOf = (filter: Filter): string => `${groupOf(filter)} ${JSON.stringify(filter.matcher)}`;

/**
 * What is about any source lies together, then what is about each; of these what demands least comes first, as it passes most. An
 * event that passes two subscriptions is paid for twice.
 */
const inOrder = (filters: readonly Filter[]): readonly Filter[] =>
  filters
    .map((filter) => ({ filter, source: sourceOf(filter) ?? '', length: groupOf(filter).length, key: keyOf(filter) }))
    .sort((one, other) => compare(one.source, other.source) || one.length - other.length || compare(one.key, other.key))
    .map(({ filter }) => filter);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const renderPattern = (filters: readonly Filter[]): EventPattern => {
  const alternatives = [...Map.groupBy(filters, groupOf).values()].map(renderAlternative);
  const [only] = alternatives;
  return {
    source: [{ prefix: 'aws.' }],
    'detail-type': cloudTrailDetailTypes,
    ...(only === undefined ? {} : { detail: alternatives.length === 1 ? only : { $or: alternatives } }),
  };
};

/** Filters of one group as one pattern: `{"eventSource": [...], "eventName": [...]}`. */
const renderAlternative = (filters: readonly Filter[]): FieldPattern => {
  const [{ where, field } = { where: new Map(), field: '' }] = filters;
  const fields: Demand = new Map([...where, [field, filters.map(({ matcher }) => matcher)]]);
  return [...fields].reduce<FieldPattern>(
    (pattern, [path, matchers]) => place(pattern, parseFieldPath(path), matchers),
    {},
  );
};

const place = (
  pattern: FieldPattern,
  [step = '', ...rest]: readonly string[],
  matchers: readonly Matcher[],
): FieldPattern => {
  if (rest.length === 0) return { ...pattern, [step]: matchers };
  const below = pattern[step];
  return { ...pattern, [step]: place(isMatchers(below) ? {} : (below ?? {}), rest, matchers) };
};

const isMatchers = (below: FieldPattern | readonly Matcher[] | undefined): below is readonly Matcher[] =>
  Array.isArray(below);
