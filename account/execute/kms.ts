import {
  CancelKeyDeletionCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { Connect, Service } from './service.ts';

export const connectKms = (connect: Connect): Service<'kms'> => {
  const kms = connect(KMSClient);
  return {
    calls: {
      'kms:CancelKeyDeletion': (parameters) => kms.send(new CancelKeyDeletionCommand(parameters)),
      'kms:ScheduleKeyDeletion': (parameters) => kms.send(new ScheduleKeyDeletionCommand(parameters)),
      'kms:EnableKey': (parameters) => kms.send(new EnableKeyCommand(parameters)),
      'kms:DisableKey': (parameters) => kms.send(new DisableKeyCommand(parameters)),
    },
    reads: {
      'kms:DescribeKey': async (parameters) => {
        const { KeyMetadata } = await kms.send(new DescribeKeyCommand(parameters));
        const state = KeyMetadata?.KeyState;
        return {
          enabled: state === 'Enabled',
          pendingDeletion: state === 'PendingDeletion' || state === 'PendingReplicaDeletion',
        };
      },
    },
    absent: ['NotFoundException'],
  };
};
