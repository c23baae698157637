import type { CorrelatorContent } from './correlation/correlator.ts';
import { createDetector, type DetectorContent } from './detector.ts';
import { durationMs } from './duration.ts';
import { type CloudTrailRecord, eventTimeOf, isJsonObject } from './record.ts';
import type { AnyRule } from './rule.ts';
import { type RuleStep, recordOfCase } from './rule-test.ts';
import type { Suppression } from './suppression.ts';
import { isoTime } from './utc.ts';

/**
 * The records of a sequence, in its order. Each is a copy of its fixture with a time and an `eventID` of its own, unless its
 * step sets them. Throws a TypeError where a path leads nowhere or the first fixture has no time.
 */
export const recordsOfSequence = (
  sequence: readonly RuleStep[],
  fixtureOf: (name: string | undefined) => unknown,
): readonly CloudTrailRecord[] => {
  const beginning = eventTimeOf(asRecord(fixtureOf(undefined)));
  if (beginning === undefined) throw new TypeError('the fixture has no eventTime that a sequence could begin at');
  let records = 0;
  return sequence.flatMap((step) =>
    Array.from({ length: step.repeat }, (_, index) => {
      const fixture = asRecord(fixtureOf(step.fixture));
      const at = beginning + durationMs(step.at.slice(1)) + index * durationMs(step.every);
      records += 1;
      const own = { eventTime: isoTime(at), eventID: `00000000-0000-4000-8000-${String(records).padStart(12, '0')}` };
      const set = numbered(step.with, index + 1) as RuleStep['with'];
      return asRecord(recordOfCase({ ...fixture, ...own }, { with: set, without: step.without }));
    }),
  );
};

const asRecord = (value: unknown): CloudTrailRecord => {
  if (!isJsonObject(value)) throw new TypeError('the fixture is not a record');
  return value;
};

/** `{n}` in any text of a value becomes a number. */
const numbered = (value: unknown, number: number): unknown => {
  if (typeof value === 'string') return value.replaceAll('{n}', String(number));
  if (Array.isArray(value)) return value.map((item) => numbered(item, number));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbered(item, number)]));
};

/** A rule and all that it correlates, directly or through others. */
export const withSources = (rule: AnyRule, content: CorrelatorContent): CorrelatorContent => {
  const wanted = new Set([rule.id]);
  const all: readonly AnyRule[] = [...content.rules, ...content.correlationRules];
  const byId = new Map(all.map((each) => [each.id, each]));
  for (const id of wanted) for (const source of byId.get(id)?.correlation?.rules ?? []) wanted.add(source);
  return {
    rules: content.rules.filter(({ id }) => wanted.has(id)),
    correlationRules: content.correlationRules.filter(({ id }) => wanted.has(id)),
  };
};

/** What the records of a sequence come to: how many findings of the rule, how many of its records counted, and what did not. */
export type SequenceOutcome = {
  readonly findings: number;
  readonly counted: number;
  readonly suppressed: readonly Suppression[];
};

/**
 * Runs the records through a detector of the rule and what it correlates, with the suppressions of the content. Throws what kept
 * one from being evaluated.
 */
export const runSequence = async (
  rule: AnyRule,
  records: readonly CloudTrailRecord[],
  content: DetectorContent,
): Promise<SequenceOutcome> => {
  // A silent one is tested by what it says to others.
  const aloud = <Each extends AnyRule>(each: Each): Each => (each.id === rule.id ? { ...each, signal: false } : each);
  const { rules, correlationRules } = withSources(rule, content);
  const detector = createDetector({
    ...content,
    rules: rules.map(aloud),
    correlationRules: correlationRules.map(aloud),
  });
  const ids = new Set<string>();
  const hiding = new Set<Suppression>();
  let counted = 0;
  for (const record of records) {
    counted += detector.match(record).rules.length > 0 ? 1 : 0;
    const { matches, suppressed, failures } = await detector.detect({ record }, 0, async () => ({ is: 'repeat' }));
    for (const failure of failures) throw failure;
    for (const match of matches) if (match.rule.id === rule.id) ids.add(match.identity.id);
    for (const { suppression } of suppressed) hiding.add(suppression);
  }
  return { findings: ids.size, counted, suppressed: [...hiding] };
};
