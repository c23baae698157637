import type { Finding } from '../ocsf.ts';
import { plural } from '../plural.ts';
import { oneLine } from '../template.ts';
import { isoTime } from '../utc.ts';
import type { CorrelationType } from './correlation.ts';
import type { Correlated } from './correlator.ts';
import type { Signal } from './signal.ts';

/** What a finding says of the matches that make it, for people and programs. */
export type Summary = NonNullable<Finding['unmapped']['trailwire']['correlation']>;
type Evidence = Summary['evidence'][number];

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

const says: Readonly<Record<CorrelationType, (summary: Summary) => string>> = {
  event_count: ({ count, is_least }) => `${is_least ? 'at least ' : ''}${plural(count, 'match', 'matches')}`,
  value_count: ({ count, is_least }) => `${is_least ? 'at least ' : ''}${count} different values`,
  temporal: ({ count }) => `all of ${count} rules matched`,
  temporal_ordered: ({ count }) => `${count} rules matched in their order`,
  new_value: () => 'a value that was not there before',
  spike: ({ count, is_least }) =>
    `${is_least ? 'about ' : ''}${plural(count, 'match', 'matches')}, far more than usual`,
};

const maxLines = 8;

/** Why a correlation fired, in lines: how much of what, within what time and for whom, then the records that counted. */
export const renderSummary = (summary: Summary): readonly string[] => {
  const { type, timespan, group, evidence } = summary;
  const within = timespan === undefined ? '' : ` within ${timespan}`;
  const whom = Object.entries(group).map(([field, value]) => `${field} ${JSON.stringify(value)}`);
  const left = evidence.length - maxLines;
  return [
    `${says[type](summary)}${within}${whom.length === 0 ? '' : `, for ${whom.join(', ')}`}`,
    ...evidence.slice(0, maxLines).map(renderEvidence),
    ...(left > 0 ? [`- and ${left} more`] : []),
  ];
};

const renderEvidence = ({ time, event, uid, rule, value }: Evidence): string =>
  `- ${[isoTime(time), event, value === undefined ? undefined : JSON.stringify(value), rule, uid].filter((part) => part !== undefined).join(' ')}`;
