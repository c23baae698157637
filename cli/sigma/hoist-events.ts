import type { Condition, Leaf } from '../../engine/condition.ts';
import { type NamedEvent, namedEvents, outcomeOn } from '../../engine/event-outcome.ts';
import type { EventCatalog } from '../../engine/rule-lint.ts';
import { Refusal } from './refusal.ts';
import { allOf, anyOf, asRoot, leaf } from './tree.ts';

/** Event source -> event names, as a rule of ours has them. */
export type Events = Readonly<Record<string, '*' | readonly string[]>>;

/** What a tree demands of the event in one of its alternatives; what is absent, it does not ask for. */
type Demand = { readonly sources?: readonly string[]; readonly names?: readonly string[] };

const maxAlternatives = 200;
const none: Demand = {};

/** Takes the demands on event source and name out of a tree where `events` says exactly the same. */
export const hoistEvents = (
  tree: Condition,
  catalog: EventCatalog,
  note: (text: string) => void,
): { readonly events?: Events; readonly conditions: Condition } => {
  const demands = demandsOf(tree);
  if (demands.length > maxAlternatives || demands.some(({ sources }) => sources === undefined)) {
    refuseUnknownNames(demands, catalog);
    return { conditions: asRoot(tree) };
  }
  const events = eventsOf(demands, catalog, note);
  const left = foldUnder(namedEvents(events), tree);
  if (left === false) throw new Refusal('no record can match: its conditions exclude each other');
  // "conditions" is required, and every record has an id.
  return { events, conditions: asRoot(left === true ? leaf('eventID', 'exists', true) : left) };
};

const textsIn = ({ operator, value }: Leaf): readonly string[] | undefined => {
  const texts = [value].flat();
  const isPlain = ['equal', 'in', 'equalsIgnoreCase'].includes(operator);
  return isPlain && texts.every((text) => typeof text === 'string') ? texts : undefined;
};

const demandsOf = (condition: Condition): readonly Demand[] => {
  if ('all' in condition) return condition.all.map(demandsOf).reduce(both, [none]);
  if ('any' in condition) return condition.any.flatMap(demandsOf);
  if (!('fact' in condition)) return [none];
  const texts = textsIn(condition);
  if (texts === undefined) return [none];
  if (condition.fact === 'eventSource') return [{ sources: texts.map((text) => text.toLowerCase()) }];
  return condition.fact === 'eventName' ? [{ names: texts }] : [none];
};

const both = (some: readonly Demand[], others: readonly Demand[]): readonly Demand[] =>
  some.length * others.length > maxAlternatives
    ? [none]
    : some.flatMap((one) => others.map((other) => merge(one, other)));

const merge = (one: Demand, other: Demand): Demand => {
  const common = (mine?: readonly string[], theirs?: readonly string[]): readonly string[] | undefined =>
    mine === undefined || theirs === undefined
      ? (mine ?? theirs)
      : mine.filter((text) => theirs.some((each) => each.toLowerCase() === text.toLowerCase()));
  const sources = common(one.sources, other.sources);
  const names = common(one.names, other.names);
  return { ...(sources === undefined ? {} : { sources }), ...(names === undefined ? {} : { names }) };
};

/** A name in no case is an event of any source: nothing would ever match. */
const refuseUnknownNames = (demands: readonly Demand[], catalog: EventCatalog): void => {
  const names = demands.map((demand) => demand.names);
  if (names.length === 0 || names.some((each) => each === undefined)) return;
  const all = names.flatMap((each) => each ?? []);
  if (!all.some((name) => catalog.sourcesOf(name).length > 0))
    throw neverFires(all.map((name) => `no event source has "${name}"`));
};

const neverFires = (reasons: readonly string[]): Refusal =>
  new Refusal(`no record can match: ${[...new Set(reasons)].join('; ')}`);

/** The events that the demands name, in the case in which AWS writes them; what AWS does not have is left out and said. */
const eventsOf = (demands: readonly Demand[], catalog: EventCatalog, note: (text: string) => void): Events => {
  const events = new Map<string, '*' | Set<string>>();
  const unknown: string[] = [];
  for (const { sources = [], names } of demands) {
    for (const source of sources) {
      if (!catalog.knowsSource(source)) {
        const near = catalog.closestSource(source);
        unknown.push(`"${source}" is not an event source of AWS${near === undefined ? '' : `, perhaps "${near}"`}`);
      } else if (names === undefined) events.set(source, '*');
      else {
        const known = spellings(source, names, catalog);
        const had = events.get(source) ?? new Set<string>();
        if (had !== '*' && known.length > 0) events.set(source, new Set([...had, ...known]));
      }
    }
    for (const name of names ?? []) {
      const known = sources.filter((source) => catalog.knowsSource(source));
      if (known.length === 0 || known.some((source) => spellings(source, [name], catalog).length > 0)) continue;
      unknown.push(`${known.join(', ')} has no event "${name}"${hintFor(known, name, catalog)}`);
    }
  }
  if (events.size === 0) throw neverFires(unknown);
  for (const reason of new Set(unknown)) note(`left out, since no record has it: ${reason}`);
  return Object.fromEntries([...events].map(([source, names]) => [source, names === '*' ? names : [...names]]));
};

/** Sigma compares in any case, CloudTrail writes one: the names of the source that are equal but for it. */
const spellings = (source: string, names: readonly string[], catalog: EventCatalog): readonly string[] => {
  const known = catalog.namesOf(source);
  if (known === undefined) return names;
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return [...known].filter((name) => wanted.has(name.toLowerCase()));
};

const hintFor = ([source = '']: readonly string[], name: string, catalog: EventCatalog): string => {
  const near = catalog.closestEvent(source, name);
  const elsewhere = catalog.sourcesOf(name).map((other) => `${other}/${name}`);
  const hints = [...(near === undefined ? [] : [`${source}/${near}`]), ...elsewhere].slice(0, 2);
  return hints.length === 0 ? '' : `, perhaps ${hints.join(' or ')}`;
};

/** What is left of a tree on these events: what all of them, or none of them, satisfy is decided. */
const foldUnder = (events: readonly NamedEvent[], condition: Condition): Condition | boolean => {
  const outcomes = new Set(events.map((event) => outcomeOn(condition, event)));
  const [only] = outcomes;
  if (outcomes.size === 1 && only !== undefined) return only;
  if ('not' in condition) {
    const left = foldUnder(events, condition.not);
    return typeof left === 'boolean' ? !left : { not: left };
  }
  const open = (each: Condition): readonly Condition[] => {
    const left = foldUnder(events, each);
    return typeof left === 'boolean' ? [] : [left];
  };
  // A part that decides the whole would have decided it above.
  if ('all' in condition) return allOf(condition.all.flatMap(open));
  return 'any' in condition ? anyOf(condition.any.flatMap(open)) : condition;
};
