import { describe, expect, test } from 'vitest';
import { alertOfFinding } from '../../../engine/alert.ts';
import type { Complaint } from '../../../engine/doctor/complaint.ts';
import { buildComplaintFinding, identifyComplaint } from '../../../engine/doctor/complaint-finding.ts';
import { findingSchema } from '../../../engine/ocsf.ts';
import { validateFinding } from '../../ocsf/validators.ts';

const complaint: Complaint = {
  check: 'trail-stopped',
  severity: 'critical',
  regions: ['us-east-1'],
  subject: 'management-events',
  says: 'The trail management-events is not logging.',
  lost: 'Nothing is detected.',
  rules: ['iam-user-created'],
  mend: ['aws cloudtrail start-logging --name management-events', 'Look again.'],
};
const site = { account: '111122223333', region: 'us-east-1' };
const now = Date.parse('2026-10-14T10:20:00Z');
const finding = buildComplaintFinding(complaint, site, now);

describe('the finding of a complaint', () => {
  test('is a Detection Finding of OCSF that the bus takes', () => {
    expect(validateFinding(JSON.parse(JSON.stringify(finding)))).toEqual([]);
    expect(findingSchema.safeParse(finding).error).toBeUndefined();
  });

  test('is told once a day while it lasts', () => {
    const idAt = (time: number, change: Partial<Complaint> = {}) =>
      identifyComplaint({ ...complaint, ...change }, site, time).id;
    expect(idAt(now + 3_600_000)).toBe(finding.finding_info.uid);
    expect(idAt(now + 24 * 3_600_000)).not.toBe(finding.finding_info.uid);
    for (const other of [{ subject: 'another' }, { check: 'trail-narrowed' }, { regions: ['eu-west-1'] }] as const) {
      expect(idAt(now, other)).not.toBe(finding.finding_info.uid);
    }
  });

  test('reads as what is wrong, what is lost and how to mend it, and names no caller', () => {
    expect(alertOfFinding(finding)).toMatchObject({
      severity: 'critical',
      message: complaint.says,
      about: complaint.lost,
      next: '1. aws cloudtrail start-logging --name management-events\n2. Look again.',
      rule: 'doctor-trail-stopped',
      facts: [
        { label: 'When', value: '2026-10-14 10:20:00 UTC' },
        { label: 'Where', value: '111122223333, us-east-1' },
      ],
    });
  });
});
