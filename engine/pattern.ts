import type { Condition, Leaf } from './condition.ts';
import { cloudTrailDetailTypes } from './delivery.ts';
import { parseFieldPath } from './field.ts';
import { isFieldReference } from './leaf-value.ts';
import type { OperatorName } from './operators.ts';
import { constantOf, type References, sharedConditionOf } from './reference.ts';
import type { Rule } from './rule.ts';

type Matcher =
  | string
  | boolean
  | { readonly 'equals-ignore-case': string }
  | { readonly prefix: string | { readonly 'equals-ignore-case': string } }
  | { readonly exists: true };

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
/** A longer constant is not compared by the subscription, only asked for. */
const maxConstant = 500;

/** One way for a record to be of interest: a field is as `matcher` says, in records of `source` if that is given. */
type Filter = { readonly source?: string; readonly field: string; readonly matcher: Matcher };

/**
 * Compiles the subscriptions of a set of rules: together they pass every record that any of the rules could match, and as
 * little else as can be said in their language. A condition on `source` keeps out what customers put on the bus
 * themselves: PutEvents refuses sources that begin with `aws.`.
 */
export const compilePatterns = (rules: readonly Rule[], references: References): readonly EventPattern[] => {
  const demands = rules.map((rule) => filtersOf(rule, references));
  if (demands.includes(undefined)) return [renderPattern([])];
  const filters = withoutCovered(demands.flatMap((each) => each ?? []));
  const patterns: Filter[][] = [];
  for (const filter of filters) {
    const last = patterns.at(-1);
    if (last !== undefined && JSON.stringify(renderPattern([...last, filter])).length <= maxCharacters)
      last.push(filter);
    else patterns.push([filter]);
  }
  return patterns.map(renderPattern);
};

/** The filters of which every record that the rule matches passes one; `undefined` when that cannot be said. */
const filtersOf = ({ events, conditions }: Rule, references: References): readonly Filter[] | undefined => {
  if (events === undefined) return demandOf(conditions, references);
  return Object.entries(events).flatMap(([source, names]): readonly Filter[] => {
    if (names === '*') return [{ field: 'eventSource', matcher: source }];
    // The engine compares names in any case, as services differ (`viewBilling`, `ViewBilling`): so must its subscription.
    return names.map((name) => ({ source, field: 'eventName', matcher: nameMatcher(name.toLowerCase()) }));
  });
};

const nameMatcher = (name: string): Matcher =>
  name.endsWith('*') ? { prefix: { 'equals-ignore-case': name.slice(0, -1) } } : { 'equals-ignore-case': name };

/** What a condition demands of single fields: of an `all` the most selective part, of an `any` what all branches demand. */
const demandOf = (condition: Condition, references: References): readonly Filter[] | undefined => {
  if ('all' in condition) {
    const demands = condition.all.map((part) => demandOf(part, references)).filter((demand) => demand !== undefined);
    return demands.sort((one, other) => weightOf(one) - weightOf(other))[0];
  }
  if ('any' in condition) {
    const demands = condition.any.map((branch) => demandOf(branch, references));
    return demands.includes(undefined) ? undefined : demands.flatMap((demand) => demand ?? []);
  }
  if ('condition' in condition) return demandOf(sharedConditionOf(condition.condition, references), references);
  return 'fact' in condition ? demandOfLeaf(condition, references) : undefined;
};

const exists: Matcher = { exists: true };
/** That a field is there says far less than which value it has. */
const weightOf = (demand: readonly Filter[]): number =>
  demand.reduce((sum, { matcher }) => sum + (matcher === exists ? 1_000 : 1), 0);

const comparing: ReadonlySet<string> = new Set<OperatorName>(['equal', 'in', 'contains', 'prefix']);
/** These hold of a text or number only, hence never of a field that is missing. */
const demandingOne: ReadonlySet<string> = new Set<OperatorName>([
  'suffix',
  'equalsIgnoreCase',
  'wildcard',
  'cidr',
  'ofAccount',
  'regex',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
]);

const demandOfLeaf = ({ fact, operator, value }: Leaf, references: References): readonly Filter[] | undefined => {
  if (!isVisible(fact)) return undefined;
  if (demandingOne.has(operator)) return [{ field: fact, matcher: exists }];
  // Two fields may also be equal as objects, and `exists` is about texts, numbers and the like.
  if (!comparing.has(operator) || isFieldReference(value)) return undefined;
  const constants = [constantOf(value, references)].flat();
  // A list that is empty here may be filled where it runs, as that of Trailwire's own roles is.
  if (constants.length === 0) return [{ field: fact, matcher: exists }];
  return constants.map((constant) => ({ field: fact, matcher: matcherOf(operator, constant) }));
};

const matcherOf = (operator: string, constant: unknown): Matcher => {
  if (!isExact(constant) || constant === '') return exists;
  return operator === 'prefix' && typeof constant === 'string' ? { prefix: constant } : constant;
};

/** Numbers are left out: 1 and 1.0 are one number to the engine and, by an exact match, two to EventBridge. */
const isExact = (constant: unknown): constant is string | boolean =>
  typeof constant === 'boolean' || (typeof constant === 'string' && constant.length <= maxConstant);

/**
 * Whether EventBridge sees what the engine sees at this path. The engine opens JSON carried in texts, which requests and
 * responses may hold below their first level (`requestParameters.policyDocument.Statement`).
 */
const isVisible = (fact: string): boolean => {
  const path = parseFieldPath(fact);
  return path.length <= 2 || path[0] === 'userIdentity';
};

/** Sorts filters and leaves out those that another one includes. */
const withoutCovered = (filters: readonly Filter[]): readonly Filter[] => {
  const byKey = new Map(filters.map((filter) => [keyOf(filter), filter]));
  const wholeSources = new Set(
    filters.flatMap(({ field, matcher }) => (field === 'eventSource' && typeof matcher === 'string' ? [matcher] : [])),
  );
  const isCovered = (filter: Filter): boolean => {
    const { source, matcher } = filter;
    if (source === undefined) return matcher !== exists && byKey.has(keyOf({ ...filter, matcher: exists }));
    return (
      wholeSources.has(source) || beginningsOf(matcher).some((each) => byKey.has(keyOf({ ...filter, matcher: each })))
    );
  };
  return [...byKey.keys()]
    .sort()
    .flatMap((key) => byKey.get(key) ?? [])
    .filter((filter) => !isCovered(filter));
};

const keyOf = ({ source = '', field, matcher }: Filter): string => JSON.stringify([source, field, matcher]);

/** The prefixes that would pass all that a matcher of names passes. */
const beginningsOf = (matcher: Matcher): readonly Matcher[] => {
  if (typeof matcher !== 'object' || 'exists' in matcher) return [];
  const text = 'prefix' in matcher ? matcher.prefix : matcher;
  if (typeof text === 'string') return [];
  const name = text['equals-ignore-case'];
  const longest = 'prefix' in matcher ? name.length - 1 : name.length;
  return Array.from({ length: longest }, (_, index) => ({
    prefix: { 'equals-ignore-case': name.slice(0, index + 1) },
  }));
};

const renderPattern = (filters: readonly Filter[]): EventPattern => {
  const groups = Map.groupBy(filters, ({ source = '', field }) => `${source} ${field}`);
  const alternatives = [...groups.values()].map(renderAlternative);
  const [only] = alternatives;
  return {
    source: [{ prefix: 'aws.' }],
    'detail-type': cloudTrailDetailTypes,
    ...(only === undefined ? {} : { detail: alternatives.length === 1 ? only : { $or: alternatives } }),
  };
};

/** Filters of one source and field as one pattern: `{"eventSource": [...], "eventName": [...]}`. */
const renderAlternative = (filters: readonly Filter[]): FieldPattern => {
  const [{ source, field } = { source: undefined, field: '' }] = filters;
  const matchers: FieldPattern | readonly Matcher[] = filters.map(({ matcher }) => matcher);
  const nested = parseFieldPath(field).reduceRight<FieldPattern | readonly Matcher[]>(
    (below, step) => ({ [step]: below }),
    matchers,
  );
  return { ...(source === undefined ? {} : { eventSource: [source] }), ...(nested as FieldPattern) };
};
