import type { AwsRead } from '../aws-call.ts';
import { callMade } from './call-made.ts';
import type { Remediation } from './remediation.ts';

/**
 * Switches Security Hub on again, with the standards that AWS enables by itself.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHub.html
 */
export const enableSecurityHub: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Switches Security Hub on again in the region of the call',
  doesNotStop:
    'Findings, standards, controls, insights and members that were there before do not come back; the default standards are enabled.',
  actions: {
    reads: ['securityhub:DescribeHub'],
    calls: ['securityhub:EnableSecurityHub'],
    undoCalls: ['securityhub:DisableSecurityHub'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'securityhub.amazonaws.com', 'DisableSecurityHub');
    if ('refused' in place) return place;
    const { account, partition, region } = place;
    const read: AwsRead = { action: 'securityhub:DescribeHub', parameters: {} };
    return {
      target: {
        type: 'security-hub',
        account,
        arn: `arn:${partition}:securityhub:${region}:${account}:hub/default`,
        name: region,
      },
      reads: [read],
      changes: () => [
        {
          read,
          to: { enabled: true },
          call: { action: 'securityhub:EnableSecurityHub', parameters: { EnableDefaultStandards: true } },
          undo: { action: 'securityhub:DisableSecurityHub', parameters: {} },
        },
      ],
    };
  },
};
