import { principalOf } from '../engine/actor.ts';
import { alertOfFinding, isFor } from '../engine/alert.ts';
import type { CorrelatorContent } from '../engine/correlation/correlator.ts';
import { destinationNameSchema } from '../engine/destination.ts';
import { readText } from '../engine/field.ts';
import { severityOf } from '../engine/ocsf.ts';
import { type CloudTrailRecord, deliveryIdOf, eventTimeOf } from '../engine/record.ts';
import type { AnyRule } from '../engine/rule.ts';
import { withSources } from '../engine/rule-sequence.ts';
import type { Severity } from '../engine/severity.ts';
import type { Suppression } from '../engine/suppression.ts';
import { isoTime } from '../engine/utc.ts';
import type { News } from './pipeline.ts';
import type { Heard } from './replay-sides.ts';

/** A finding of a replay, with the records that it stands for. Times are milliseconds since 1970. */
export type Told = {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly principal: string;
  readonly message: string;
  /** Whether somebody is alerted: neither below the least severity, nor experimental, nor the update of an earlier one. */
  readonly isAlert: boolean;
  /** Responses that would be carried out. */
  readonly responses: number;
  /** Of a correlation: what its matches have in common, and the value that was new. */
  readonly group?: Readonly<Record<string, string>>;
  readonly firstTime: number;
  readonly lastTime: number;
  /** Ids of its records; of a correlation those that completed it, and of the others the first and the last. */
  readonly events: ReadonlySet<string>;
  /** The one that it was told of. */
  readonly record: CloudTrailRecord;
};

type Growing = Omit<Told, 'events' | 'lastTime'> & { readonly events: Set<string>; lastTime: number };

/** Collects what a replay tells of; memory grows with what matches, not with the logs. */
export const createToldCollector = (least: Severity) => {
  const told = new Map<string, Growing>();
  const suppressed = new Map<string, Map<Suppression, Set<string>>>();

  const noteSuppression = (event: string, suppression: Suppression, rule: string): void => {
    const ofEvent = suppressed.get(event) ?? new Map<Suppression, Set<string>>();
    suppressed.set(event, ofEvent.set(suppression, (ofEvent.get(suppression) ?? new Set()).add(rule)));
  };

  return {
    all: (): readonly Told[] => [...told.values()],
    find: (id: string): Told | undefined => told.get(id),
    /** The suppressions behind it that a finding is not there: those of its rule and, for a correlation, of what it counts. */
    suppressionsOf: ({ rule: id, events }: Told, content: CorrelatorContent): readonly Suppression[] => {
      const rules: readonly AnyRule[] = [...content.rules, ...content.correlationRules];
      const rule = rules.find((each) => each.id === id);
      if (rule === undefined) return [];
      const sources = withSources(rule, content);
      const related = new Set([...sources.rules, ...sources.correlationRules].map((each) => each.id));
      const found = [...events].flatMap((event) => [...(suppressed.get(event) ?? [])]);
      return [...new Set(found.flatMap(([each, of]) => (of.isDisjointFrom(related) ? [] : [each])))];
    },
    hear: ({ record, detection, news }: Heard): void => {
      const event = eventIdOf(record);
      for (const each of news) {
        const opened = toldOf(each, least);
        if (!told.has(opened.id)) told.set(opened.id, opened);
      }
      for (const { identity } of detection.matches) {
        const known = told.get(identity.id);
        if (known === undefined) continue;
        known.events.add(event);
        known.lastTime = Math.max(known.lastTime, eventTimeOf(record) ?? 0);
      }
      for (const { ruleId, suppression } of detection.suppressed) noteSuppression(event, suppression, ruleId);
    },
  };
};
export type ToldCollector = ReturnType<typeof createToldCollector>;

/** The id of a record as correlations name their evidence. */
export const eventIdOf = (record: CloudTrailRecord): string => readText(record, 'eventID') ?? deliveryIdOf(record);

/** The days (UTC) on which findings began. */
export const daysOf = (told: readonly Told[]): ReadonlySet<string> =>
  new Set(told.map(({ firstTime }) => isoTime(firstTime).slice(0, 10)));

/** When findings began and ended, as ISO 8601. */
export const timesOf = (told: readonly Told[]): { readonly first: string; readonly last: string } => ({
  first: isoTime(told.reduce((first, { firstTime }) => Math.min(first, firstTime), Number.POSITIVE_INFINITY)),
  last: isoTime(told.reduce((last, { lastTime }) => Math.max(last, lastTime), 0)),
});

const toldOf = ({ finding, activities }: News, least: Severity): Growing => {
  const { analytic, first_seen_time: first, last_seen_time: last, uid } = finding.finding_info;
  const { correlation } = finding.unmapped.trailwire;
  const record = finding.evidences[0]?.data ?? {};
  const alert = alertOfFinding(finding);
  const reaches = destinationNameSchema.options.some((destination) => isFor(alert, destination, least));
  return {
    id: uid,
    rule: analytic.uid,
    severity: severityOf(finding),
    principal: principalOf(record),
    message: alert.message,
    isAlert: reaches && finding.activity_id === 1,
    responses: activities.filter(({ unmapped }) => unmapped.trailwire.outcome === 'planned').length,
    ...(correlation === undefined ? {} : { group: groupOf(correlation) }),
    firstTime: Number(first ?? finding.time),
    lastTime: Number(last ?? finding.time),
    events: new Set(correlation?.evidence.map(({ uid: event }) => event)),
    record,
  };
};

const groupOf = ({ type, group, values }: Correlation): Readonly<Record<string, string>> =>
  type === 'new_value' ? { ...group, 'new value': values.join(', ') } : group;

type Correlation = NonNullable<News['finding']['unmapped']['trailwire']['correlation']>;
