import { EvaluationError, messageOf } from './errors.ts';
import { type CloudTrailRecord, deliveryIdOf } from './record.ts';
import type { AnyRule } from './rule.ts';

/** What a rule threw on a record, as an error that names both. */
export const evaluationFailed = (rule: AnyRule, record: CloudTrailRecord, error: unknown): EvaluationError =>
  new EvaluationError('EVALUATION_FAILED', { ruleId: rule.id, eventId: deliveryIdOf(record) }, messageOf(error), {
    cause: error,
  });
