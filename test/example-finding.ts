import { buildFinding } from '../engine/finding.ts';
import { identify } from '../engine/identity.ts';
import type { Finding } from '../engine/ocsf.ts';
import type { CloudTrailRecord } from '../engine/record.ts';
import { ruleSchema } from '../engine/rule.ts';
import { exampleRecord } from './example-records.ts';

/** A finding as the detector makes it, of a rule and a record that a test may vary. */
export const exampleFinding = (rule: object = {}, record: CloudTrailRecord = exampleRecord()): Finding => {
  const parsed = ruleSchema.parse({
    id: 'iam-access-key-created-for-other-user',
    title: 'Access key created for another user',
    description: 'Whoever holds the key acts as that user.',
    severity: 'high',
    attack: ['T1098.001'],
    events: { 'iam.amazonaws.com': ['CreateAccessKey'] },
    conditions: { all: [{ fact: 'errorCode', operator: 'exists', value: false }] },
    message: '{userIdentity.arn} created an access key for {requestParameters.userName}',
    respond: { remediate: [{ run: 'deactivate-access-key', mode: 'auto' }] },
    runbook: '1. Ask {userIdentity.arn}.\n2. Deactivate the key.',
    ...rule,
  });
  const eventTime = Date.parse(String(record.eventTime));
  return buildFinding({ rule: parsed, record, eventTime, identity: identify(parsed, record, eventTime) });
};
