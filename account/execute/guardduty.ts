import { GetDetectorCommand, GuardDutyClient, UpdateDetectorCommand } from '@aws-sdk/client-guardduty';
import type { Observe, Service } from './service.ts';

export const connectGuardduty = (observe: Observe): Service<'guardduty'> => {
  const guardDuty = observe(new GuardDutyClient());
  return {
    calls: {
      'guardduty:UpdateDetector': (parameters) => guardDuty.send(new UpdateDetectorCommand(parameters)),
    },
    reads: {
      'guardduty:GetDetector': async (parameters) => {
        const { Status } = await guardDuty.send(new GetDetectorCommand(parameters));
        return { enabled: Status === 'ENABLED' };
      },
    },
    // What it says of a detector that is not there. https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetDetector.html
    absent: ['BadRequestException'],
  };
};
