import type { Condition, Leaf } from './condition.ts';
import { parseFieldPath } from './field.ts';
import { isFieldReference } from './leaf-value.ts';
import type { OperatorName } from './operators.ts';
import { absent, constantMatcher, exists, isSelective, type Matcher, noneOf, textMatchers } from './pattern-matcher.ts';
import { constantOf, type References, sharedConditionOf } from './reference.ts';

/** Fields that must all pass, each by any of its matchers. */
export type Demand = ReadonlyMap<string, readonly Matcher[]>;

/**
 * What a condition demands of single fields where it holds (or, with `holds` false, where it does not): every such record meets
 * one of these demands. `undefined` when nothing is demanded. Of parts that must all hold it is the most selective one, together
 * with what the others say in a few words; of parts of which one must hold it is what all of them demand.
 */
export const demandsOf = (
  condition: Condition,
  references: References,
  holds = true,
): readonly Demand[] | undefined => {
  if ('not' in condition) return demandsOf(condition.not, references, !holds);
  if ('condition' in condition) {
    return demandsOf(sharedConditionOf(condition.condition, references), references, holds);
  }
  if ('fact' in condition) {
    const matchers = matchersOf(condition, references, holds);
    return matchers === undefined ? undefined : [new Map([[condition.fact, matchers]])];
  }
  const [parts, mustAllHold] = 'all' in condition ? [condition.all, holds] : [condition.any, !holds];
  const demands = parts.map((part) => demandsOf(part, references, holds));
  if (!mustAllHold) return demands.includes(undefined) ? undefined : either(demands.flatMap((each) => each ?? []));
  const [best, ...others] = demands
    .filter((each) => each !== undefined)
    .toSorted((one, other) => weightOf(one) - weightOf(other));
  return best === undefined ? undefined : others.reduce(join, best);
};

/** Demands of one and the same field are one demand, which others can be joined to. */
const either = (demands: readonly Demand[]): readonly Demand[] => {
  const fields = new Set(demands.flatMap((demand) => [...demand.keys()]));
  const [field] = fields;
  if (field === undefined || fields.size > 1) return demands;
  return [new Map([[field, demands.flatMap((demand) => demand.get(field) ?? [])]])];
};

/** That a field is there, or is not this or that, says far less than which value it has. */
const weightOf = (demands: readonly Demand[]): number =>
  demands.reduce((sum, demand) => sum + Math.min(...[...demand.values()].map(weightOfField)), 0);
const weightOfField = (matchers: readonly Matcher[]): number =>
  matchers.reduce((sum, matcher) => sum + (isSelective(matcher) ? 1 : 1_000), 0);

/** Beyond these, a demand would fill patterns rather than narrow them. */
const maxJoined = { demands: 4, matchers: 8 };

const isAbsence = (matchers: readonly Matcher[]): boolean => matchers.every((matcher) => absent.includes(matcher));

/** Adds to each of some demands what another list demands, where that is one demand and can be said in a few words. */
export const join = (demands: readonly Demand[], other: readonly Demand[]): readonly Demand[] => {
  const [more] = other;
  if (more === undefined || other.length > 1 || demands.length > maxJoined.demands) return demands;
  return demands.map((demand) => {
    const joinable = [...more].filter(
      ([field, matchers]) =>
        !matchers.includes(exists) &&
        // That a second field is missing says little more: what fails has both an error code and a message.
        !(isAbsence(matchers) && [...demand.values()].some(isAbsence)) &&
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

const negated: Readonly<Record<string, string>> = {
  notEqual: 'equal',
  notIn: 'in',
  doesNotContain: 'contains',
} satisfies Partial<Record<OperatorName, OperatorName>>;
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

const matchersOf = (
  { fact, operator: written, value }: Leaf,
  references: References,
  holds: boolean,
): readonly Matcher[] | undefined => {
  if (!isVisible(fact)) return undefined;
  const operator = negated[written] ?? written;
  const isDemanded = holds === (operator === written);
  if (operator === 'exists') return value === holds ? undefined : absent;
  // Two fields may also be equal as objects, and `exists` is about texts, numbers and the like.
  if (isFieldReference(value)) return isDemanded && demandingOne.has(operator) ? [exists] : undefined;
  if (!isDemanded) return comparing.has(operator) ? noneOf([constantOf(value, references)].flat()) : undefined;
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
