import { closest } from '../engine/closest.ts';
import type { EventCatalog } from '../engine/rule-lint.ts';
import modelled from './aws-events.json' with { type: 'json' };
import extra from './aws-events-extra.json' with { type: 'json' };

type NamesBySource = Readonly<Record<string, readonly string[]>>;

/** What tells two sources apart: `iam`, `iam.amazonaws.com` and EventBridge's `aws.iam` are meant alike. */
const stem = (source: string): string => source.replace(/^aws\./, '').replace(/\..*$/, '');

const eventsBySource = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const bySource = new Map(
    Object.entries(modelled as NamesBySource).map(([source, names]) => [source, new Set(names)]),
  );
  const of = (source: string): Set<string> => {
    const names = bySource.get(source) ?? new Set();
    bySource.set(source, names);
    return names;
  };
  for (const { source, names } of extra.neverWritten) {
    for (const [never, instead] of Object.entries(names)) {
      of(source).delete(never);
      of(source).add(instead);
    }
  }
  for (const { source, events } of extra.added) for (const event of events) of(source).add(event);
  for (const source of Object.keys(extra.open)) of(source);
  return bySource;
};

const insteadOf = (source: string, name: string): string | undefined => {
  for (const rename of extra.neverWritten) {
    const names = rename.names as Readonly<Record<string, string>>;
    if (rename.source === source && Object.hasOwn(names, name)) return names[name];
  }
  return undefined;
};

/**
 * Knows which event sources and event names CloudTrail writes: AWS's service models (`aws-events.json`), corrected by
 * what is known of the events themselves (`aws-events-extra.json`, with the reasons).
 */
export const createEventCatalog = (): EventCatalog => {
  const bySource = eventsBySource();
  const sourceByStem = new Map([...bySource.keys()].map((source) => [stem(source), source]));
  const mistaken = new Map(Object.entries(extra.mistakenSources).map(([source, meant]) => [stem(source), meant]));

  return {
    knowsSource: (source) => bySource.has(source),

    knowsEvent: (source, name) => {
      if (name === '*') return true;
      const names = bySource.get(source);
      if (names === undefined) return false;
      if (Object.hasOwn(extra.open, source) || names.has(name)) return true;
      if (!name.endsWith('*')) return false;
      const prefix = name.slice(0, -1);
      return [...names].some((known) => known.startsWith(prefix));
    },

    closestSource: (source) => {
      const meant = stem(source.toLowerCase());
      return mistaken.get(meant) ?? sourceByStem.get(closest(meant, sourceByStem.keys()) ?? '');
    },

    closestEvent: (source, name) => {
      const meant = name.replace(/\*$/, '');
      const names = [...(bySource.get(source) ?? [])];
      // Many a mistaken name is most of the real one: a date is missing, or the "Association" at the end.
      const longer = names
        .filter((known) => known.toLowerCase().startsWith(meant.toLowerCase()) && known.length <= 2 * meant.length)
        .sort((one, other) => one.length - other.length);
      return insteadOf(source, meant) ?? longer[0] ?? closest(meant, names);
    },

    namesOf: (source) => (Object.hasOwn(extra.open, source) ? undefined : bySource.get(source)),

    sourcesOf: (name) => [...bySource].flatMap(([source, names]) => (names.has(name) ? [source] : [])),
  };
};
