import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Switches on again the GuardDuty detector that the call switched off. One that was deleted cannot be brought back: its
 * findings and settings went with it.
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html
 */
export const enableGuardduty: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Switches on again the GuardDuty detector that the call switched off',
  doesNotStop:
    'What happened while it was off is not looked at by GuardDuty; protection plans, filters, lists and members that the intruder changed stay changed.',
  actions: {
    reads: ['guardduty:GetDetector'],
    calls: ['guardduty:UpdateDetector'],
    undoCalls: ['guardduty:UpdateDetector'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'guardduty.amazonaws.com', 'UpdateDetector');
    if ('refused' in place) return place;
    const DetectorId = readText(record, 'requestParameters.detectorId') ?? '';
    if (!/^[0-9a-f]{32}$/.test(DetectorId)) return notApplicable('the record does not name the detector');
    const { account, partition, region } = place;
    const read: AwsRead = { action: 'guardduty:GetDetector', parameters: { DetectorId } };
    const update = (Enable: boolean): AwsCall => ({
      action: 'guardduty:UpdateDetector',
      parameters: { DetectorId, Enable },
    });
    return {
      target: {
        type: 'detector',
        account,
        arn: `arn:${partition}:guardduty:${region}:${account}:detector/${DetectorId}`,
        name: DetectorId,
      },
      reads: [read],
      needs: [{ read, aspect: 'enabled', otherwise: `there is no detector ${DetectorId} any more` }],
      changes: () => [{ read, to: { enabled: true }, call: update(true), undo: update(false) }],
    };
  },
};
