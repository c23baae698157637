import { oneLine } from '../template.ts';
import type { Correlated } from './correlator.ts';
import type { Signal } from './signal.ts';

/** What a finding says of the matches that make it, for people and programs. Times are milliseconds since 1970. */
export type Summary = {
  readonly type: string;
  readonly group: Readonly<Record<string, string>>;
  /** Matches, distinct values or rules, whichever the type counts; `is_least` where there may be more. */
  readonly count: number;
  readonly is_least: boolean;
  readonly first_time: number;
  readonly last_time: number;
  readonly timespan?: string;
  readonly values: string[];
  readonly evidence: Evidence[];
};

/** A record that counted. `rule` names the rule it matched where the correlation is about several. */
export type Evidence = {
  readonly uid: string;
  readonly time: number;
  readonly event: string;
  readonly rule?: string;
  readonly value?: string;
};

const maxEvidence = 20;
const maxValues = 20;

/** Sums up the matches of a finding: of many records the first and the last, so that it fits into an event. */
export const summarize = ({ correlation, group, decisive }: Correlated): Summary => {
  const { signals, count, isLeast } = decisive;
  const values = [...new Set(signals.map(({ value }) => value))].filter((value) => value !== '');
  return {
    type: correlation.type,
    group: Object.fromEntries(group.map(([field, value]) => [field, oneLine(value)])),
    count,
    is_least: isLeast,
    first_time: signals[0]?.at ?? decisive.at,
    last_time: signals.at(-1)?.at ?? decisive.at,
    ...('timespan' in correlation ? { timespan: correlation.timespan } : {}),
    values: values.slice(0, maxValues).map((value) => oneLine(value)),
    evidence: firstAndLast(signals).map((signal) => evidenceOf(signal, correlation.rules)),
  };
};

const firstAndLast = (signals: readonly Signal[]): readonly Signal[] =>
  signals.length <= maxEvidence ? signals : [...signals.slice(0, maxEvidence / 2), ...signals.slice(-maxEvidence / 2)];

const evidenceOf = ({ eventId, at, event, rule, value }: Signal, rules: readonly string[] | undefined): Evidence => ({
  uid: oneLine(eventId, 64),
  time: at,
  event: oneLine(event, 128),
  ...(rules?.[rule] === undefined ? {} : { rule: rules[rule] }),
  ...(value === '' ? {} : { value: oneLine(value) }),
});

/** What `{correlation.…}` places of a message stand for; `check` knows no others. */
export const correlationPlaces = ['count', 'timespan', 'first', 'last', 'values', 'group'] as const;

/** The fields that a message may name beside those of the record. */
export const placesOfSummary = (summary: Summary): Readonly<Record<(typeof correlationPlaces)[number], unknown>> => ({
  count: `${summary.is_least ? 'at least ' : ''}${summary.count}`,
  timespan: summary.timespan,
  first: new Date(summary.first_time).toISOString(),
  last: new Date(summary.last_time).toISOString(),
  values: summary.values,
  group: Object.values(summary.group),
});
