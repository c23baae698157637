import { createConditionCompiler, type References } from './compile.ts';
import type { Delivery } from './delivery.ts';
import type { EvaluationError } from './errors.ts';
import { evaluationFailed } from './evaluation-failed.ts';
import type { Finding } from './ocsf.ts';
import { type CloudTrailRecord, deliveryIdOf, eventTimeOf } from './record.ts';
import type { Rule } from './rule.ts';
import { type CompiledRule, compileRules } from './rule-index.ts';
import type { Suppression } from './suppression.ts';
import { isAbout, isExpired } from './suppression-reach.ts';

export type SuppressedMatch = { readonly ruleId: string; readonly eventId: string; readonly suppression: Suppression };

/** What the rules say of one record. */
export type Detection = {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedMatch[];
  /** Rules that threw or whose two evaluations disagree; the others are not touched by it. */
  readonly failures: readonly EvaluationError[];
};

export type Detector = {
  readonly rules: readonly Rule[];
  /** The rules whose conditions hold, without findings: the fast path, free of allocation where nothing matches. */
  readonly match: (record: CloudTrailRecord) => Matches;
  /** Evaluates one record; `receivedAt` (ms since 1970) stands in for an event time that cannot be read. */
  readonly detect: (delivery: Delivery, receivedAt: number) => Promise<Detection>;
};

export type Matches = { readonly rules: readonly Rule[]; readonly failures: readonly EvaluationError[] };

export type DetectorContent = References & {
  readonly rules: readonly Rule[];
  readonly suppressions: readonly Suppression[];
};

const noMatches: Matches = { rules: [], failures: [] };
const nothing: Detection = { findings: [], suppressed: [], failures: [] };

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
  const confirm = async (rule: Rule, delivery: Delivery, eventTime: number): Promise<Detection> => {
    const { confirmMatch } = await import('./confirm.ts');
    return { ...nothing, ...(await confirmMatch(rule, delivery, eventTime, content)) };
  };

  const detect = async (delivery: Delivery, receivedAt: number): Promise<Detection> => {
    const { record } = delivery;
    const matches = match(record);
    if (matches === noMatches) return nothing;
    const eventTime = eventTimeOf(record) ?? receivedAt;
    const detections = matches.rules.map((rule): Detection | Promise<Detection> => {
      try {
        const suppression = suppressionOf(rule, record, eventTime);
        if (suppression === undefined) return confirm(rule, delivery, eventTime);
        return { ...nothing, suppressed: [{ ruleId: rule.id, eventId: deliveryIdOf(record), suppression }] };
      } catch (error) {
        // A suppression that throws must not silence the rule.
        const failures = [evaluationFailed(rule, record, error)];
        return confirm(rule, delivery, eventTime).then((detection) => ({
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
  suppressed: detections.flatMap(({ suppressed }) => suppressed),
  failures: detections.flatMap(({ failures }) => failures),
});
