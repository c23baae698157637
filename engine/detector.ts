import { createConditionCompiler, type References } from './compile.ts';
import type { Delivery } from './delivery.ts';
import type { EvaluationError } from './errors.ts';
import { evaluationFailed } from './evaluation-failed.ts';
import { type Identity, identify } from './identity.ts';
import type { News } from './news.ts';
import type { Finding } from './ocsf.ts';
import { type CloudTrailRecord, deliveryIdOf, eventTimeOf } from './record.ts';
import type { Rule } from './rule.ts';
import { type CompiledRule, compileRules } from './rule-index.ts';
import type { Suppression } from './suppression.ts';
import { isAbout, isExpired } from './suppression-reach.ts';

/** A match by the name of its finding, whether that is news or not. */
export type IdentifiedMatch = { readonly rule: Rule; readonly identity: Identity };

export type SuppressedMatch = { readonly ruleId: string; readonly eventId: string; readonly suppression: Suppression };

/** What the rules say of one record. */
export type Detection = {
  /** What is news. */
  readonly findings: readonly Finding[];
  /** What the findings stand for: their matches, and those of findings that were told before. */
  readonly matches: readonly IdentifiedMatch[];
  readonly suppressed: readonly SuppressedMatch[];
  /** Rules that threw or whose two evaluations disagree; the others are not touched by it. */
  readonly failures: readonly EvaluationError[];
};

export type Detector = {
  readonly rules: readonly Rule[];
  /** The rules whose conditions hold, without findings: the fast path, free of allocation where nothing matches. */
  readonly match: (record: CloudTrailRecord) => Matches;
  /**
   * Evaluates one record; `receivedAt` (ms since 1970) stands in for an event time that cannot be read. What `look` knows
   * is neither confirmed nor built again: of a thousand denied calls one is told. Without it, everything is new.
   */
  readonly detect: (delivery: Delivery, receivedAt: number, look?: Look) => Promise<Detection>;
};

/** Says what a finding is to those who were told before; what it throws goes to the caller of `detect`. */
export type Look = (identity: Identity) => Promise<News>;

export type Matches = { readonly rules: readonly Rule[]; readonly failures: readonly EvaluationError[] };

export type DetectorContent = References & {
  readonly rules: readonly Rule[];
  readonly suppressions: readonly Suppression[];
};

const noMatches: Matches = { rules: [], failures: [] };
const nothing: Detection = { findings: [], matches: [], suppressed: [], failures: [] };
const allIsNew: Look = async () => ({ is: 'new' });

/** Compiles the content once; the detector then takes one record at a time and keeps no state between them. */
export const createDetector = (content: DetectorContent): Detector => {
  const matcher = compileRules(content.rules, content);
  const compileCondition = createConditionCompiler(content);
  const suppressions = content.suppressions.map((suppression) => ({
    suppression,
    holds: compileCondition(suppression.when),
  }));

  // One visitor for all records, and lists only where something is found: most records concern no rule.
  let current: CloudTrailRecord = {};
  let found: { rules: Rule[]; failures: EvaluationError[] } | undefined;
  const visit = (candidate: CompiledRule): void => {
    try {
      if (!candidate.matches(current)) return;
      found ??= { rules: [], failures: [] };
      found.rules.push(candidate.rule);
    } catch (error) {
      found ??= { rules: [], failures: [] };
      found.failures.push(evaluationFailed(candidate.rule, current, error));
    }
  };
  const match = (record: CloudTrailRecord): Matches => {
    current = record;
    found = undefined;
    matcher.forEachCandidate(record, visit);
    return found ?? noMatches;
  };

  const suppressionOf = (rule: Rule, record: CloudTrailRecord, eventTime: number): Suppression | undefined =>
    suppressions.find(
      ({ suppression, holds }) => isAbout(suppression, rule) && !isExpired(suppression, eventTime) && holds(record),
    )?.suppression;

  /** What only a match needs, json-rules-engine above all, is loaded with the first one: most records have none. */
  const confirm = async (rule: Rule, delivery: Delivery, eventTime: number, look: Look): Promise<Detection> => {
    let identity: Identity;
    try {
      identity = identify(rule, delivery.record, eventTime);
    } catch (error) {
      return { ...nothing, failures: [evaluationFailed(rule, delivery.record, error)] };
    }
    const matches = [{ rule, identity }];
    const news = await look(identity);
    if (news.is === 'repeat') return { ...nothing, matches };
    const { confirmMatch } = await import('./confirm.ts');
    const { record, event } = delivery;
    const continues = news.is === 'continued' ? news.count : undefined;
    const { finding, failures } = await confirmMatch(
      { rule, record, identity, eventTime, replayName: event?.replayName, continues },
      content,
    );
    return finding === undefined ? { ...nothing, failures } : { ...nothing, findings: [finding], matches, failures };
  };

  const detect = async (delivery: Delivery, receivedAt: number, look = allIsNew): Promise<Detection> => {
    const { record } = delivery;
    const matches = match(record);
    if (matches === noMatches) return nothing;
    const eventTime = eventTimeOf(record) ?? receivedAt;
    const detections = matches.rules.map((rule): Detection | Promise<Detection> => {
      try {
        const suppression = suppressionOf(rule, record, eventTime);
        if (suppression === undefined) return confirm(rule, delivery, eventTime, look);
        return { ...nothing, suppressed: [{ ruleId: rule.id, eventId: deliveryIdOf(record), suppression }] };
      } catch (error) {
        // A suppression that throws must not silence the rule.
        const failures = [evaluationFailed(rule, record, error)];
        return confirm(rule, delivery, eventTime, look).then((detection) => ({
          ...detection,
          failures: [...failures, ...detection.failures],
        }));
      }
    });
    return merge([{ ...nothing, failures: matches.failures }, ...(await Promise.all(detections))]);
  };

  return { rules: content.rules, match, detect };
};

const merge = (detections: readonly Detection[]): Detection => ({
  findings: detections.flatMap(({ findings }) => findings),
  matches: detections.flatMap(({ matches }) => matches),
  suppressed: detections.flatMap(({ suppressed }) => suppressed),
  failures: detections.flatMap(({ failures }) => failures),
});
