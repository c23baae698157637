import { GetDetectorCommand, GuardDutyClient, UpdateDetectorCommand } from '@aws-sdk/client-guardduty';
import type { Connect, Service } from './service.ts';

export const connectGuardduty = (connect: Connect): Service<'guardduty'> => {
  const guardDuty = connect(GuardDutyClient);
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
