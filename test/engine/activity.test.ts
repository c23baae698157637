import { describe, expect, it } from 'vitest';
import { buildActivity, commandUidOf, type Report } from '../../engine/activity.ts';
import { activitySchema, outcomes } from '../../engine/ocsf.ts';
import { causeOf } from '../../engine/stored-response.ts';
import { exampleFinding } from '../example-finding.ts';
import { examplePlan } from '../example-plan.ts';
import { account } from '../example-records.ts';
import { validateActivity } from '../ocsf/validators.ts';

const now = Date.parse('2026-10-14T09:00:00Z');
const finding = exampleFinding();
const plan = await examplePlan();
const { target } = plan;
const commandUid = commandUidOf('deactivate-access-key', finding.finding_info.uid);

const reportOf = (more: Partial<Report> = {}): Report => ({
  remediation: 'deactivate-access-key',
  commandUid,
  outcome: 'verified',
  message: 'It holds.',
  target,
  plan,
  steps: [{ action: 'iam:UpdateAccessKey', outcome: 'done' }],
  now,
  cause: causeOf(finding),
  account,
  ...more,
});

describe('the id of a response', () => {
  it('is the same for the same remediation and finding, so that a repeated delivery is the same response', () => {
    expect(commandUid).toMatch(/^[0-9a-f]{32}$/);
    expect(commandUidOf('deactivate-access-key', finding.finding_info.uid)).toBe(commandUid);
  });

  it('differs between remediations and between findings', () => {
    const ids = [
      commandUid,
      commandUidOf('quarantine-user', finding.finding_info.uid),
      commandUidOf('deactivate-access-key', 'another'),
      commandUidOf('deactivate-access-key\0', finding.finding_info.uid.slice(1)),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the activity of a response', () => {
  it.each(outcomes)('is a valid OCSF Remediation Activity when it was %s', (outcome) => {
    const activities = [
      buildActivity(reportOf({ outcome })),
      buildActivity(reportOf({ outcome, detail: 'why', steps: [] })),
      buildActivity(reportOf({ outcome, isUndo: true })),
      buildActivity(reportOf({ outcome, refused: 'limit', target: undefined, plan: undefined })),
    ];
    for (const activity of activities) {
      expect(validateActivity(activity)).toEqual([]);
      expect(activitySchema.parse(JSON.parse(JSON.stringify(activity)))).toEqual(JSON.parse(JSON.stringify(activity)));
    }
  });

  it('says what was done for which finding of which rule', () => {
    expect(buildActivity(reportOf())).toMatchObject({
      class_uid: 7001,
      activity_name: 'Isolate',
      type_uid: 700_101,
      status: 'Success',
      severity: 'High',
      severity_id: 4,
      time: now,
      message: 'It holds.',
      command_uid: commandUid,
      metadata: { correlation_uid: finding.finding_info.uid },
      cloud: { provider: 'AWS', account: { uid: account }, region: 'us-east-1' },
      unmapped: {
        trailwire: {
          remediation: 'deactivate-access-key',
          outcome: 'verified',
          rule: 'iam-access-key-created-for-other-user',
          rule_status: 'stable',
          finding_title: 'Access key created for another user',
          target,
          plan,
          steps: [{ action: 'iam:UpdateAccessKey', outcome: 'done' }],
        },
      },
    });
  });

  it.each([
    ['refused', 99, 'Refused'],
    ['planned', 99, 'Planned'],
    ['applied', 1, 'Success'],
    ['verified', 1, 'Success'],
    ['re-applied', 1, 'Success'],
    ['failed', 2, 'Failure'],
    ['undone', 1, 'Success'],
  ] as const)('has a status for %s', (outcome, status_id, status) => {
    expect(buildActivity(reportOf({ outcome }))).toMatchObject({ status_id, status });
  });

  it('names the code of a refusal, the target, and no plan', () => {
    const reason = '5 responses ran within this hour already';
    const { unmapped, status_detail } = buildActivity(
      reportOf({ outcome: 'refused', refused: 'limit', plan: undefined, detail: reason }),
    );
    expect(unmapped.trailwire).toMatchObject({ refused: 'limit', target });
    expect(unmapped.trailwire).not.toHaveProperty('plan');
    expect(status_detail).toBe(reason);
  });

  it('is alerted where the rule says, and nowhere when it is quiet', () => {
    const toSlack = exampleFinding({ respond: { notify: ['slack'], remediate: [{ run: 'deactivate-access-key' }] } });
    const notified = (report: Partial<Report>) => buildActivity(reportOf(report)).unmapped.trailwire.notify;
    expect(notified({})).toBeUndefined();
    expect(notified({ cause: causeOf(toSlack) })).toEqual(['slack']);
    expect(notified({ cause: causeOf(toSlack), isQuiet: true })).toEqual([]);
  });

  it('is a restoration when a person takes a response back, whether that succeeds or fails', () => {
    for (const outcome of ['undone', 'failed'] as const) {
      const activity = buildActivity(reportOf({ outcome, isUndo: true }));
      expect(activity).toMatchObject({
        activity_id: 3,
        activity_name: 'Restore',
        type_uid: 700_103,
        severity: 'Medium',
      });
      expect(activity.cloud.account?.uid).toBe(account);
      expect(activity.metadata.correlation_uid).toBe(finding.finding_info.uid);
    }
  });

  it('has the same id for the same news, and another for other news', () => {
    const idOf = (report: Partial<Report>) => buildActivity(reportOf(report)).metadata.uid;
    expect(idOf({ now: now + 1 })).toBe(idOf({}));
    expect(idOf({ steps: [] })).toBe(idOf({}));
    const ids = [
      idOf({}),
      idOf({ outcome: 'failed' }),
      idOf({ outcome: 'failed', detail: 'why' }),
      idOf({ commandUid: 'another' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
