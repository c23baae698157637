import type { Identity } from '../identity.ts';
import { identifyInWindow } from '../identity.ts';
import type { Finding } from '../ocsf.ts';
import { ocsfVersion, product, severityCaption } from '../ocsf-terms.ts';
import { severityId } from '../severity.ts';
import { oneLine } from '../template.ts';
import type { Complaint } from './complaint.ts';
import type { Site } from './sites.ts';

/** People are told of a complaint when it comes up, and reminded once a day while it lasts. */
const reminderMs = 24 * 3_600_000;
const shownRules = 20;

/** Names a complaint of one day. */
export const identifyComplaint = ({ check, regions, subject }: Complaint, { account }: Site, now: number): Identity =>
  identifyInWindow(`doctor-${check}`, JSON.stringify([account, regions, subject]), now, reminderMs);

/** The OCSF Detection Finding by which the bus, and through it people, hear of a complaint. `now` is ms since 1970. */
export const buildComplaintFinding = (complaint: Complaint, { account, region }: Site, now: number): Finding => {
  const { check, severity, says, lost, rules, mend } = complaint;
  const { id, key } = identifyComplaint(complaint, { account, region }, now);
  const title = 'Trailwire does not see or tell everything';
  return {
    class_uid: 2004,
    class_name: 'Detection Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: 1,
    activity_name: 'Create',
    type_uid: 200401,
    type_name: 'Detection Finding: Create',
    severity_id: severityId(severity),
    severity: severityCaption(severity),
    status_id: 1,
    status: 'New',
    is_alert: true,
    time: now,
    message: oneLine(says, 1_000),
    metadata: { version: ocsfVersion, product, profiles: ['cloud'], uid: id, event_code: check },
    finding_info: {
      uid: id,
      title,
      desc: oneLine(lost, 1_000),
      created_time: now,
      analytic: { type_id: 1, type: 'Rule', uid: `doctor-${check}`, name: title },
      data_sources: ['AWS CloudTrail'],
    },
    cloud: { provider: 'AWS', account: { uid: account, type_id: 10, type: 'AWS Account' }, region },
    evidences: [{ data: { ...complaint, rules: rules.slice(0, shownRules) } }],
    remediation: { desc: mend.map((step, index) => `${index + 1}. ${oneLine(step, 900)}`).join('\n') },
    unmapped: {
      trailwire: {
        rule_status: 'stable',
        remediate: [],
        dedup: { key: oneLine(key, 500), window_ms: reminderMs },
        compliance: {},
        false_positives: [],
      },
    },
  };
};
