import type { AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { callMade } from './call-made.ts';
import type { Remediation } from './remediation.ts';
import { trailAt } from './trail.ts';

/**
 * Starts the trail again that the call stopped.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html
 */
export const restartTrail: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Starts the trail again that the call stopped',
  doesNotStop:
    'What happened between stop and start is not in the trail; whether the trail still records everything, and where to, is not looked at. A trail that was deleted cannot be brought back from the record.',
  actions: {
    reads: ['cloudtrail:GetTrailStatus'],
    calls: ['cloudtrail:StartLogging'],
    undoCalls: ['cloudtrail:StopLogging'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'cloudtrail.amazonaws.com', 'StopLogging');
    if ('refused' in place) return place;
    const trail = trailAt(readText(record, 'requestParameters.name'), place);
    if ('refused' in trail) return trail;
    const parameters = { Name: trail.name };
    const read: AwsRead = { action: 'cloudtrail:GetTrailStatus', parameters };
    return {
      target: trail,
      reads: [read],
      needs: [{ read, aspect: 'logging', otherwise: `there is no trail ${trail.name} any more` }],
      changes: () => [
        {
          read,
          to: { logging: true },
          call: { action: 'cloudtrail:StartLogging', parameters },
          undo: { action: 'cloudtrail:StopLogging', parameters },
        },
      ],
    };
  },
};
