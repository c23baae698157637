import { createHash } from 'node:crypto';
import { durationMs } from './duration.ts';
import { parseFieldPath, readField } from './field.ts';
import { accountOf, actionIdOf, type CloudTrailRecord } from './record.ts';
import type { Rule } from './rule.ts';

/** What makes two matches one finding: the same rule, key and bucket of the dedup window. */
export type Identity = {
  readonly id: string;
  readonly key: string;
  /** For rules with a dedup window: its bounds, and the id the same key has in the bucket before. */
  readonly window?: { readonly start: number; readonly end: number; readonly previousId: string };
};

/**
 * Identifies the finding of a match. The id is a function of the record alone, so repeats, retries and reordering give the
 * same one: hash of rule, dedup key and the fixed bucket that the event time (ms since 1970) falls in; without dedup, of
 * rule and action.
 */
export const identify = (rule: Rule, record: CloudTrailRecord, eventTime: number): Identity => {
  if (rule.dedup === undefined) {
    const key = actionIdOf(record);
    return { id: hash(rule.id, key), key };
  }
  const values = (rule.dedup.by ?? []).map((path) => readField(record, parseFieldPath(path)) ?? null);
  const key = JSON.stringify([accountOf(record) ?? null, ...values]);
  return identifyInWindow(rule.id, key, eventTime, durationMs(rule.dedup.window));
};

/** Identifies what has a key in the fixed bucket of `length` ms that a time (ms since 1970) falls in. */
export const identifyInWindow = (ruleId: string, key: string, time: number, length: number): Identity => {
  const bucket = Math.floor(time / length);
  return {
    id: hash(ruleId, key, bucket),
    key,
    window: { start: bucket * length, end: (bucket + 1) * length, previousId: hash(ruleId, key, bucket - 1) },
  };
};

/** Half of a SHA-256: cut as bytes, since half of a text keeps the other half in memory for as long. */
const hash = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest().toString('hex', 0, 16);
