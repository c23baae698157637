import { constantOf, type References, sharedConditionOf } from './compile.ts';
import type { Condition, Leaf } from './condition.ts';
import { parseFieldPath } from './field.ts';
import { isFieldReference } from './leaf-value.ts';
import type { OperatorName } from './operators.ts';
import { constantMatcher, exists, type Matcher, noneOf, textMatchers } from './pattern-matcher.ts';

/** Fields that must all pass, each by any of its matchers. */
export type Demand = ReadonlyMap<string, readonly Matcher[]>;

/**
 * What a condition demands of single fields: every record for which it holds meets one of these demands. `undefined` when
 * nothing is demanded. Of an `all` it is the most selective part, together with what other parts say in a few words; of an `any`
 * what all branches demand.
 */
export const demandsOf = (condition: Condition, references: References): readonly Demand[] | undefined => {
  if ('all' in condition) {
    const parts = condition.all.map((part) => demandsOf(part, references)).filter((demands) => demands !== undefined);
    const [best, ...others] = parts.toSorted((one, other) => weightOf(one) - weightOf(other));
    others.push(...condition.all.flatMap((part) => exclusionsOf(part, references)));
    return others.reduce((joined, other) => (joined === undefined ? undefined : join(joined, other)), best);
  }
  if ('any' in condition) {
    const branches = condition.any.map((branch) => demandsOf(branch, references));
    return branches.includes(undefined) ? undefined : branches.flatMap((demands) => demands ?? []);
  }
  if ('condition' in condition) return demandsOf(sharedConditionOf(condition.condition, references), references);
  if (!('fact' in condition)) return undefined;
  const matchers = matchersOf(condition, references);
  return matchers === undefined ? undefined : [new Map([[condition.fact, matchers]])];
};

/** That a field is there says far less than which value it has. */
const weightOf = (demands: readonly Demand[]): number =>
  demands.reduce((sum, demand) => sum + Math.min(...[...demand.values()].map(weightOfField)), 0);
const weightOfField = (matchers: readonly Matcher[]): number =>
  matchers.reduce((sum, matcher) => sum + (matcher === exists ? 1_000 : 1), 0);

/** Beyond these, a demand would fill patterns rather than narrow them. */
const maxJoined = { demands: 4, matchers: 8 };

/** Adds to each of some demands what another list demands, where that is one demand and can be said in a few words. */
export const join = (demands: readonly Demand[], other: readonly Demand[]): readonly Demand[] => {
  const [more] = other;
  if (more === undefined || other.length > 1 || demands.length > maxJoined.demands) return demands;
  return demands.map((demand) => {
    const joinable = [...more].filter(
      ([field, matchers]) =>
        !matchers.includes(exists) &&
        matchers.length <= maxJoined.matchers &&
        [...demand.keys()].every((each) => isApart(each, field)),
    );
    return new Map([...demand, ...joinable]);
  });
};

/**
 * Whether two fields can be demanded at once. Below one list EventBridge wants both from the same element, the engine from any:
 * so they must have nothing in common, or only what AWS writes as one object.
 */
const isApart = (one: string, other: string): boolean => {
  const [[first], [second]] = [parseFieldPath(one), parseFieldPath(other)];
  if (first !== second) return true;
  return first === 'userIdentity' && !`${one}.`.startsWith(`${other}.`) && !`${other}.`.startsWith(`${one}.`);
};

const excluding: ReadonlySet<string> = new Set<OperatorName>(['notEqual', 'notIn', 'doesNotContain']);
const comparing: ReadonlySet<string> = new Set<OperatorName>(['equal', 'in', 'contains']);
/** These hold of a text or number only, hence never of a field that is missing. */
const demandingOne: ReadonlySet<string> = new Set<OperatorName>([
  'prefix',
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

const matchersOf = ({ fact, operator, value }: Leaf, references: References): readonly Matcher[] | undefined => {
  if (!isVisible(fact)) return undefined;
  // Two fields may also be equal as objects, and `exists` is about texts, numbers and the like.
  if (isFieldReference(value)) return demandingOne.has(operator) ? [exists] : undefined;
  if (comparing.has(operator)) return anyOf([constantOf(value, references)].flat(), constantMatcher);
  if (!demandingOne.has(operator)) return undefined;
  const toMatcher = textMatchers[operator];
  if (toMatcher === undefined) return [exists];
  return anyOf([constantOf(value, references)].flat(), (each) => toMatcher(String(each)));
};

/** A list that is empty here may be filled where it runs, as that of Trailwire's own roles is. */
const anyOf = (values: readonly unknown[], toMatcher: (value: unknown) => Matcher): readonly Matcher[] => {
  const matchers = values.map(toMatcher);
  return matchers.length === 0 || matchers.includes(exists) ? [exists] : matchers;
};

/** What a negation demands: too little to go by alone, and much beside another demand, as services make most calls. */
const exclusionsOf = (part: Condition, references: References): readonly (readonly Demand[])[] => {
  if (!('fact' in part) || !excluding.has(part.operator) || !isVisible(part.fact)) return [];
  if (isFieldReference(part.value)) return [];
  const values = [constantOf(part.value, references)].flat();
  return values.length > 0 && values.every((value) => typeof value === 'string')
    ? [[new Map([[part.fact, noneOf(values)]])]]
    : [];
};

/** What AWS writes as objects down to the last field. */
const plainObjects: ReadonlySet<string | undefined> = new Set(['userIdentity', 'insightDetails', 'tlsDetails']);

/**
 * Whether EventBridge sees what the engine sees at this path. The engine opens JSON carried in texts, which requests and
 * responses may hold below their first level (`requestParameters.policyDocument.Statement`).
 */
const isVisible = (fact: string): boolean => {
  const path = parseFieldPath(fact);
  return path.length <= 2 || plainObjects.has(path[0]);
};
