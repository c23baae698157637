import { createConditionCompiler } from './compile.ts';
import type { Correlated, CorrelatorContent } from './correlation/correlator.ts';
import { usualLatenessMs } from './correlation/lateness.ts';
import type { Delivery } from './delivery.ts';
import { EvaluationError, messageOf } from './errors.ts';
import { evaluationFailed } from './evaluation-failed.ts';
import type { Match } from './finding.ts';
import { type Identity, identify } from './identity.ts';
import type { News } from './news.ts';
import type { Finding } from './ocsf.ts';
import { onFirstUse } from './on-first-use.ts';
import { type CloudTrailRecord, deliveryIdOf, eventTimeOf } from './record.ts';
import type { References } from './reference.ts';
import type { AnyRule, Rule } from './rule.ts';
import { type CompiledRule, compileRules } from './rule-index.ts';
import type { RulesByEvent } from './rules-by-event.ts';
import { createMemorySignalStore, type SignalStore } from './signal-store.ts';
import type { Suppression } from './suppression.ts';
import { isAbout, isExpired } from './suppression-reach.ts';

/** A match by the name of its finding, whether that is news or not. */
export type IdentifiedMatch = { readonly rule: AnyRule; readonly identity: Identity };

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

export type DetectorContent = References &
  CorrelatorContent & {
    readonly suppressions: readonly Suppression[];
    /** The rules by event, where a package has them so. */
    readonly rulesByEvent?: RulesByEvent;
  };

/** Where correlations remember, and how many milliseconds late records may come. */
export type Memory = { readonly signals: SignalStore; readonly latenessMs: number };

const noMatches: Matches = { rules: [], failures: [] };
const nothing: Detection = { findings: [], matches: [], suppressed: [], failures: [] };
const allIsNew: Look = async () => ({ is: 'new' });

/** Without a store that outlives it, a detector remembers for itself. */
const ownMemory = (): Memory => ({ signals: createMemorySignalStore(), latenessMs: usualLatenessMs });

/** Compiles the content once; the detector then takes one record at a time, and what it remembers of them is in `memory`. */
export const createDetector = (content: DetectorContent, memory = ownMemory()): Detector => {
  const matcher = compileRules(content.rules, content, content.rulesByEvent);
  /** The latest time heard of: state of old logs expires by their time, not by ours. */
  let latest = 0;
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

  const suppressionOf = (rule: AnyRule, record: CloudTrailRecord, eventTime: number): Suppression | undefined =>
    suppressions.find(
      ({ suppression, holds }) => isAbout(suppression, rule) && !isExpired(suppression, eventTime) && holds(record),
    )?.suppression;

  /** Loaded with the first match. */
  const openCorrelator = onFirstUse(async () => {
    const { createCorrelator } = await import('./correlation/correlator.ts');
    return createCorrelator(content, memory.signals, memory.latenessMs);
  });

  /** What only news needs, json-rules-engine above all, is loaded with the first: most records have none. */
  const report = async (match: Match, look: Look): Promise<Detection> => {
    const matches = [{ rule: match.rule, identity: match.identity }];
    const news = await look(match.identity);
    if (news.is === 'repeat') return { ...nothing, matches };
    const { confirmMatch } = await import('./confirm.ts');
    const continues = news.is === 'continued' ? news.count : undefined;
    const { finding, failures } = await confirmMatch({ ...match, continues }, content);
    return finding === undefined ? { ...nothing, failures } : { ...nothing, findings: [finding], matches, failures };
  };

  const detect = async (delivery: Delivery, receivedAt: number, look = allIsNew): Promise<Detection> => {
    const { record, replayName } = delivery;
    const matches = match(record);
    if (matches === noMatches) return nothing;
    const eventTime = eventTimeOf(record) ?? receivedAt;
    latest = Math.max(latest, receivedAt, eventTime);
    const suppressed: SuppressedMatch[] = [];
    const failures: EvaluationError[] = [...matches.failures];
    const suppress = (rule: AnyRule): boolean => {
      try {
        const suppression = suppressionOf(rule, record, eventTime);
        if (suppression === undefined) return false;
        suppressed.push({ ruleId: rule.id, eventId: deliveryIdOf(record), suppression });
        return true;
      } catch (error) {
        // A suppression that throws must not silence the rule.
        failures.push(evaluationFailed(rule, record, error));
        return false;
      }
    };
    // A correlation asks for every signal that it counts; of one record it is suppressed, or fails to be, once.
    const answers = new Map<string, boolean>();
    const isSuppressed = (rule: AnyRule): boolean => {
      const answer = answers.get(rule.id) ?? suppress(rule);
      answers.set(rule.id, answer);
      return answer;
    };
    const found = { record, replayName };
    const correlator = await openCorrelator();

    const detectAlone = async (rule: Rule): Promise<Detection> => {
      let identity: Identity;
      try {
        identity = identify(rule, record, eventTime);
      } catch (error) {
        return { ...nothing, failures: [evaluationFailed(rule, record, error)] };
      }
      return report({ ...found, rule, identity, eventTime }, look);
    };
    const detectTogether = async (rule: Rule): Promise<Detection> => {
      let all: readonly Correlated[];
      try {
        all = await correlator.take({ ruleId: rule.id, record, eventTime, now: latest }, isSuppressed);
      } catch (error) {
        return { ...nothing, failures: [correlationFailed(rule, record, error)] };
      }
      const reports = all.map((correlated) =>
        report({ ...found, ...correlated, eventTime: correlated.decisive.at, correlated }, look),
      );
      return merge(await Promise.all(reports));
    };

    const detections = matches.rules
      .filter((rule) => !isSuppressed(rule))
      .flatMap((rule) => [
        ...(isToldAlone(rule) ? [detectAlone(rule)] : []),
        ...(correlator.counts(rule.id) ? [detectTogether(rule)] : []),
      ]);
    const all = merge(await Promise.all(detections));
    return { ...all, suppressed, failures: [...failures, ...all.failures] };
  };

  return { rules: content.rules, match, detect };
};

const isToldAlone = (rule: Rule): boolean => !rule.signal && rule.correlation === undefined;

const correlationFailed = (rule: Rule, record: CloudTrailRecord, error: unknown): EvaluationError =>
  new EvaluationError(
    'CORRELATION_FAILED',
    { ruleId: rule.id, eventId: deliveryIdOf(record) },
    `its match could not be counted: ${messageOf(error)}`,
    { cause: error },
  );

const merge = (detections: readonly Detection[]): Detection => ({
  findings: detections.flatMap(({ findings }) => findings),
  matches: detections.flatMap(({ matches }) => matches),
  suppressed: detections.flatMap(({ suppressed }) => suppressed),
  failures: detections.flatMap(({ failures }) => failures),
});
