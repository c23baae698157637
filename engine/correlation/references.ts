import { plural } from '../plural.ts';
import type { AnyRule } from '../rule.ts';
import { type Complaint, whatThereIs } from '../rule-references.ts';
import type { Correlation } from './correlation.ts';
import { leastOf } from './measures.ts';
import { countedField, fieldFor } from './source.ts';

/**
 * Takes rules out whose correlation refers to what is not there, to itself, or to what was taken out, or can never hold, until
 * all that are left can be compiled. `ids` are those of all files, usable or not; `report` learns why each one went.
 */
export const keepUsableCorrelations = <Known extends AnyRule>(
  rules: readonly Known[],
  ids: ReadonlySet<string>,
  report: (rule: Known, complaint: Complaint) => void,
): readonly Known[] => {
  let usable = rules;
  for (;;) {
    const byId = new Map<string, AnyRule>(usable.map((rule) => [rule.id, rule]));
    const left = usable.filter((rule) => {
      const complaints = complainOfCorrelation(rule, byId, ids);
      for (const complaint of complaints) report(rule, complaint);
      return complaints.length === 0;
    });
    if (left.length === usable.length) return usable;
    usable = left;
  }
};

const complainOfCorrelation = (
  rule: AnyRule,
  byId: ReadonlyMap<string, AnyRule>,
  ids: ReadonlySet<string>,
): readonly Complaint[] => {
  const { correlation } = rule;
  if (correlation === undefined) return [];
  const sources = correlation.rules ?? [rule.id];
  const unknown = (correlation.rules ?? []).flatMap((id, index): readonly Complaint[] => {
    const path = `correlation.rules[${index}]`;
    if (id === rule.id) return [{ path, message: 'is the rule itself' }];
    if (byId.has(id)) return [];
    const message = ids.has(id)
      ? `the rule "${id}" has problems of its own`
      : `there is no rule "${id}"${whatThereIs(id, ids)}`;
    return [{ path, message }];
  });
  if (unknown.length > 0) return unknown;
  if (leadsTo(rule.id, correlation, byId)) {
    return [{ path: 'correlation.rules', message: 'leads back to the rule itself, through others' }];
  }
  return [
    ...complainOfRepeats(sources),
    ...complainOfAliases(correlation, sources),
    ...complainOfSources(rule, correlation, sources, byId),
    ...complainOfValues(correlation, sources, byId),
  ];
};

const leadsTo = (
  id: string,
  { rules = [] }: Correlation,
  byId: ReadonlyMap<string, AnyRule>,
  seen = new Set<string>(),
): boolean =>
  rules.some((next) => {
    if (next === id) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    const correlation = byId.get(next)?.correlation;
    return correlation !== undefined && leadsTo(id, correlation, byId, seen);
  });

const complainOfRepeats = (sources: readonly string[]): readonly Complaint[] =>
  sources.flatMap((id, index) =>
    sources.indexOf(id) === index ? [] : [{ path: `correlation.rules[${index}]`, message: `"${id}" is there already` }],
  );

/** The names of fields and aliases that a correlation counts by, each with its place. */
export const namesIn = (correlation: Correlation): readonly { readonly path: string; readonly name: string }[] => {
  const counted = countedField(correlation);
  return [
    ...correlation.groupBy.map((name, index) => ({ path: `correlation.groupBy[${index}]`, name })),
    ...(counted === undefined ? [] : [{ path: 'correlation.field', name: counted }]),
  ];
};

const complainOfAliases = (correlation: Correlation, sources: readonly string[]): readonly Complaint[] => {
  const names = namesIn(correlation);
  const { aliases } = correlation;
  return [
    ...Object.entries(aliases).flatMap(([alias, fields]) => [
      ...(names.some(({ name }) => name === alias)
        ? []
        : [{ path: `correlation.aliases.${alias}`, message: 'is used by neither "groupBy" nor "field"' }]),
      ...Object.keys(fields)
        .filter((id) => !sources.includes(id))
        .map((id) => ({ path: `correlation.aliases.${alias}.${id}`, message: 'is not among the "rules"' })),
    ]),
    ...names.flatMap(({ path, name }) =>
      sources
        .filter((id) => fieldFor(name, id, correlation) === undefined)
        .map((id) => ({ path, message: `the alias "${name}" names no field for the rule "${id}"` })),
    ),
  ];
};

/** Of a rule that correlates, only what all of its matches share is known. */
const complainOfSources = (
  rule: AnyRule,
  correlation: Correlation,
  sources: readonly string[],
  byId: ReadonlyMap<string, AnyRule>,
): readonly Complaint[] =>
  sources.flatMap((id) => {
    const source = id === rule.id ? undefined : byId.get(id)?.correlation;
    if (source === undefined) return [];
    return namesIn(correlation).flatMap(({ path, name }) =>
      source.groupBy.includes(fieldFor(name, id, correlation) ?? '')
        ? []
        : [
            {
              path,
              message: `findings of "${id}" have only what it groups by: ${source.groupBy.join(', ') || 'nothing'}`,
            },
          ],
    );
  });

/** Names of events and sources are few where rules list them. */
const complainOfValues = (
  correlation: Correlation,
  sources: readonly string[],
  byId: ReadonlyMap<string, AnyRule>,
): readonly Complaint[] => {
  if (correlation.type !== 'value_count') return [];
  const possible = new Set<string>();
  for (const id of sources) {
    const source = byId.get(id);
    const events = source !== undefined && 'events' in source ? source.events : undefined;
    if (events === undefined) return [];
    for (const [eventSource, names] of Object.entries(events)) {
      if (correlation.field === 'eventSource') possible.add(eventSource);
      else if (correlation.field !== 'eventName' || names === '*' || names.some((name) => name.endsWith('*')))
        return [];
      else for (const name of names) possible.add(name.toLowerCase());
    }
  }
  if (possible.size >= leastOf(correlation.condition)) return [];
  const path = 'correlation.condition';
  return [
    {
      path,
      message: `can never hold: the rules' "events" allow ${plural(possible.size, 'value')} of "${correlation.field}"`,
    },
  ];
};
