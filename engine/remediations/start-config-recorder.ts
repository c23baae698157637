import type { AwsCall, AwsRead } from '../aws-call.ts';
import { readText } from '../field.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation } from './remediation.ts';

/**
 * Starts the recorder of AWS Config again that the call stopped.
 * https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigurationRecorder.html
 */
export const startConfigRecorder: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Starts the recorder of AWS Config again that the call stopped',
  doesNotStop:
    'Changes between stop and start are seen only where resources differ afterwards; a delivery channel or rules that were deleted are not put back.',
  actions: {
    reads: ['config:DescribeConfigurationRecorderStatus'],
    calls: ['config:StartConfigurationRecorder'],
    undoCalls: ['config:StopConfigurationRecorder'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'config.amazonaws.com', 'StopConfigurationRecorder');
    if ('refused' in place) return place;
    const name = readText(record, 'requestParameters.configurationRecorderName') ?? '';
    if (!/^[\w-]{1,256}$/.test(name)) return notApplicable('the record does not name the recorder');
    if (name.startsWith('AWSConfigurationRecorderFor')) {
      return notApplicable(`${name} belongs to a service of AWS, which alone can change it`);
    }
    const { account, partition, region } = place;
    const read: AwsRead = {
      action: 'config:DescribeConfigurationRecorderStatus',
      parameters: { ConfigurationRecorderNames: [name] },
    };
    const turn = (action: 'config:StartConfigurationRecorder' | 'config:StopConfigurationRecorder'): AwsCall => ({
      action,
      parameters: { ConfigurationRecorderName: name },
    });
    return {
      target: {
        type: 'config-recorder',
        account,
        arn: `arn:${partition}:config:${region}:${account}:configuration-recorder/${name}`,
        name,
      },
      reads: [read],
      needs: [{ read, aspect: 'recording', otherwise: `there is no recorder ${name} any more` }],
      changes: () => [
        {
          read,
          to: { recording: true },
          call: turn('config:StartConfigurationRecorder'),
          undo: turn('config:StopConfigurationRecorder'),
        },
      ],
    };
  },
};
