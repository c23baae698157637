import type { References } from './compile.ts';
import type { Delivery } from './delivery.ts';
import { EvaluationError } from './errors.ts';
import { evaluationFailed } from './evaluation-failed.ts';
import { type Explanation, explain } from './explain.ts';
import { buildFinding } from './finding.ts';
import { identify } from './identity.ts';
import type { Finding } from './ocsf.ts';
import { type CloudTrailRecord, deliveryIdOf } from './record.ts';
import type { Rule } from './rule.ts';

export type Confirmation = {
  readonly findings: readonly Finding[];
  readonly failures: readonly EvaluationError[];
};

/**
 * The finding of a match with its explanation. Where the reference does not confirm the match or cannot explain it, the
 * alert still goes out, and so does the failure.
 */
export const confirmMatch = async (
  rule: Rule,
  { record, event }: Delivery,
  eventTime: number,
  references: References,
): Promise<Confirmation> => {
  const build = (explanation?: Explanation): Finding => {
    const identity = identify(rule, record, eventTime);
    return buildFinding({ rule, record, identity, eventTime, explanation, replayName: event?.replayName });
  };
  const failures: EvaluationError[] = [];
  try {
    const explanation = await explain(rule.conditions, record, references);
    if (!explanation.holds) failures.push(disagreement(rule, record));
    return { findings: [build(explanation)], failures };
  } catch (error) {
    failures.push(evaluationFailed(rule, record, error));
  }
  try {
    return { findings: [build()], failures };
  } catch (error) {
    return { findings: [], failures: [...failures, evaluationFailed(rule, record, error)] };
  }
};

const disagreement = (rule: Rule, record: CloudTrailRecord): EvaluationError =>
  new EvaluationError(
    'EVALUATION_DISAGREES',
    { ruleId: rule.id, eventId: deliveryIdOf(record) },
    'the compiled rule matches and json-rules-engine does not; please report this with the rule and the record',
  );
