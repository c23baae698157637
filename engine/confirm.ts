import { EvaluationError } from './errors.ts';
import { evaluationFailed } from './evaluation-failed.ts';
import { explain } from './explain.ts';
import { buildFinding, type Match } from './finding.ts';
import type { Finding } from './ocsf.ts';
import { type CloudTrailRecord, deliveryIdOf } from './record.ts';
import type { References } from './reference.ts';
import type { Rule } from './rule.ts';

export type Confirmation = {
  /** Absent only where it could not be built. */
  readonly finding?: Finding;
  readonly failures: readonly EvaluationError[];
};

/**
 * The finding of a match with its explanation. Where the reference does not confirm the match or cannot explain it, the
 * alert still goes out, and so does the failure.
 */
export const confirmMatch = async (match: Match, references: References): Promise<Confirmation> => {
  const { rule, record } = match;
  const failures: EvaluationError[] = [];
  try {
    // A rule about other rules has nothing of its own to confirm: each of these did so by itself.
    if (!('conditions' in rule)) return { finding: buildFinding(match), failures };
    const explanation = await explain(rule.conditions, record, references);
    if (!explanation.holds) failures.push(disagreement(rule, record));
    return { finding: buildFinding({ ...match, explanation }), failures };
  } catch (error) {
    failures.push(evaluationFailed(rule, record, error));
  }
  try {
    return { finding: buildFinding(match), failures };
  } catch (error) {
    return { failures: [...failures, evaluationFailed(rule, record, error)] };
  }
};

const disagreement = (rule: Rule, record: CloudTrailRecord): EvaluationError =>
  new EvaluationError(
    'EVALUATION_DISAGREES',
    { ruleId: rule.id, eventId: deliveryIdOf(record) },
    'the compiled rule matches and json-rules-engine does not; please report this with the rule and the record',
  );
