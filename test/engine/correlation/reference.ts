import { identifyInWindow } from '../../../engine/identity.ts';

/** A record, as far as correlations are concerned. Times and spans are milliseconds, times since 1970 and whole seconds. */
export type Happening = {
  /** Copies of an action for several accounts have ids of their own. */
  readonly id: string;
  readonly action: string;
  readonly at: number;
  /** The rule that it matches. */
  readonly rule: string;
  /** The values of each field: none where it is missing, several where it is a list. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
};

type Sliding = { readonly timespan: number };
type Learning = { readonly lookback: number; readonly learning: number };

/** A correlation, written for the reference. */
export type Spec = {
  readonly id: string;
  /** Rules whose matches, or correlations before this one whose findings, it is about. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly dedup: number;
} & (
  | ({ readonly type: 'event_count'; readonly least: number } & Sliding)
  | ({ readonly type: 'value_count'; readonly least: number; readonly field: string } & Sliding)
  | ({ readonly type: 'temporal' } & Sliding)
  | ({ readonly type: 'temporal_ordered' } & Sliding)
  | ({ readonly type: 'new_value'; readonly field: string } & Learning)
  | ({ readonly type: 'spike'; readonly least: number; readonly deviations: number } & Sliding & Learning)
);
export type SpecOf<Type extends Spec['type']> = Extract<Spec, { readonly type: Type }>;

/** What counts in one group. */
type Counted = { readonly at: number; readonly action: string; readonly rule: string; readonly value: string };
/** The key of what is found, beside the group's own, and its time. */
type Found = { readonly key: readonly string[]; readonly at: number };

const hour = 3_600_000;

/**
 * The ids of all findings of correlations, from the meaning of each type: all records at hand at once, every time tried, every
 * record looked at for each. No state, no order, no bounds.
 */
export const referenceFindings = (
  specs: readonly Spec[],
  happenings: readonly Happening[],
  lateness: number,
): ReadonlySet<string> => {
  const ids = new Set<string>();
  let matches = happenings;
  for (const spec of specs) {
    const findings: Happening[] = [];
    for (const [group, counted] of groupsOf(spec, matches)) {
      for (const { key, at } of foundIn(spec, counted, lateness)) {
        const names = JSON.stringify([...group, ...key]);
        const { id } = identifyInWindow(spec.id, names, at, spec.dedup);
        ids.add(id);
        // Of a finding others count every time it is made, as the same action.
        const fields = Object.fromEntries(spec.groupBy.map((field, index) => [field, [group[index] as string]]));
        findings.push({ id, action: id, at, rule: spec.id, fields });
      }
    }
    matches = [...matches, ...findings];
  }
  return ids;
};

/** A match counts in the group of every combination of its values; where a field is missing there is none. */
const groupsOf = (spec: Spec, matches: readonly Happening[]): readonly [readonly string[], readonly Counted[]][] => {
  const groups = new Map<string, Counted[]>();
  for (const { rule, at, action, fields } of matches.filter((match) => spec.rules.includes(match.rule))) {
    let keys: readonly (readonly string[])[] = [[]];
    for (const field of spec.groupBy) {
      keys = keys.flatMap((key) => [...new Set(fields[field])].map((value) => [...key, value]));
    }
    const values = 'field' in spec ? [...new Set(fields[spec.field])] : [''];
    for (const key of keys.map((each) => JSON.stringify(each))) {
      const counted = values.map((value) => ({ at, action, rule, value }));
      groups.set(key, [...(groups.get(key) ?? []), ...counted]);
    }
  }
  return [...groups].map(([key, counted]) => [JSON.parse(key), counted]);
};

const foundIn = (spec: Spec, counted: readonly Counted[], lateness: number): readonly Found[] => {
  if (spec.type === 'new_value') return newValues(spec, counted, lateness);
  if (spec.type === 'spike') return spikes(spec, counted);
  return distinct(counted.map(({ at }) => at))
    .filter((end) =>
      isMet(
        spec,
        counted.filter(({ at }) => at > end - spec.timespan && at <= end),
        end,
      ),
    )
    .map((at) => ({ key: [], at }));
};

/** Whether the matches of the window that ends at a time are what a correlation asks for. */
const isMet = (
  spec: Exclude<Spec, SpecOf<'new_value' | 'spike'>>,
  window: readonly Counted[],
  end: number,
): boolean => {
  switch (spec.type) {
    case 'event_count':
      return distinct(window.map(({ action }) => action)).length >= spec.least;
    case 'value_count':
      return distinct(window.map(({ value }) => value)).length >= spec.least;
    case 'temporal':
      return spec.rules.every((rule) => window.some((match) => match.rule === rule));
    case 'temporal_ordered':
      return window.some((match) => match.at === end && endsChain(spec.rules, match, window));
  }
};

/** Whether a match is the last of a chain of all rules in their order; matches of one second may be in any. */
const endsChain = (rules: readonly string[], last: Counted, window: readonly Counted[]): boolean =>
  last.rule === rules.at(-1) &&
  (rules.length === 1 || window.some((match) => match.at <= last.at && endsChain(rules.slice(0, -1), match, window)));

const newValues = (
  { lookback, learning }: SpecOf<'new_value'>,
  counted: readonly Counted[],
  lateness: number,
): readonly Found[] => {
  const hourOf = (at: number): number => Math.floor(at / hour) * hour;
  const since = hourOf(Math.min(...counted.map(({ at }) => at)));
  const gap = (Math.ceil(lateness / hour) + 1) * hour;
  return counted
    .filter(({ at, value }) => {
      const now = hourOf(at);
      const isKnown = counted.some(
        (other) => other.value === value && hourOf(other.at) >= now - lookback && hourOf(other.at) <= now - gap,
      );
      return !isKnown && since <= now - learning;
    })
    .map(({ at, value }) => ({ key: [value], at }));
};

const spikes = (spec: SpecOf<'spike'>, counted: readonly Counted[]): readonly Found[] => {
  const half = spec.timespan / 2;
  const halfOf = (at: number): number => Math.floor(at / half);
  const countOfPair = (end: number): number =>
    distinct(counted.filter(({ at }) => halfOf(at) === end || halfOf(at) === end - 1).map(({ action }) => action))
      .length;
  return distinct(counted.map(({ at }) => halfOf(at)))
    .filter((end) => {
      const before = Array.from({ length: Math.floor(spec.lookback / spec.timespan) }, (_, index) =>
        countOfPair(end - 2 * (index + 1)),
      );
      while (before.at(-1) === 0) before.pop();
      if (before.length === 0 || before.length < spec.learning / spec.timespan) return false;
      return countOfPair(end) >= spec.least && countOfPair(end) > mostUsualOf(before, spec.deviations);
    })
    .map((end) => ({ key: [], at: end * half }));
};

/** Median and, so many times, the scaled median absolute deviation, which is at least 1 and the median's square root. */
const mostUsualOf = (counts: readonly number[], deviations: number): number => {
  const middle = median(counts);
  const deviation = 1.4826 * median(counts.map((count) => Math.abs(count - middle)));
  return middle + deviations * Math.max(deviation, Math.sqrt(middle), 1);
};

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  if (!Number.isInteger(half)) return sorted[Math.floor(half)] as number;
  return ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
};

const distinct = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];
