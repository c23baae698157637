import {
  DescribeHubCommand,
  DisableSecurityHubCommand,
  EnableSecurityHubCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { Connect, Service } from './service.ts';

export const connectSecurityhub = (connect: Connect): Service<'securityhub'> => {
  const securityHub = connect(SecurityHubClient);
  return {
    calls: {
      'securityhub:EnableSecurityHub': (parameters) => securityHub.send(new EnableSecurityHubCommand(parameters)),
      'securityhub:DisableSecurityHub': (parameters) => securityHub.send(new DisableSecurityHubCommand(parameters)),
    },
    reads: {
      'securityhub:DescribeHub': async (parameters) => {
        await securityHub.send(new DescribeHubCommand(parameters));
        return { enabled: true };
      },
    },
    // InvalidAccessException is what it says while it is switched off.
    // https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html
    absent: ['InvalidAccessException', 'ResourceNotFoundException'],
  };
};
