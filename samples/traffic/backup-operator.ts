import { call, consoleLogin } from '../cloudtrail/calls.ts';
import { ACCOUNT, INSTANCES } from '../cloudtrail/company.ts';
import { userAtSignIn, userInBrowser } from '../cloudtrail/people.ts';
import type { Call, Scene } from '../cloudtrail/record.ts';
import { clock } from '../cloudtrail/time.ts';
import { volumePage } from './console-pages.ts';

/** The one IAM user who signs in to the console: with a second factor, from the office. */
export const backupOperator = (): Scene[] => {
  const address = '198.51.100.60';
  const atSignIn = userAtSignIn('backup-operator', address);
  const who = userInBrowser('backup-operator', address, '08:51:20', true);
  const checkMfa = call('signin', 'CheckMfa', null, {
    region: 'us-east-1',
    readOnly: false,
    host: 'signin.aws.amazon.com',
    responseElements: { CheckMfa: 'Success' },
    also: { eventType: 'AwsConsoleSignIn', additionalEventData: { MfaType: 'Virtual MFA' } },
  });
  const visit: readonly Call[] = [
    call('backup', 'ListBackupJobs', { maxResults: '100' }),
    call('backup', 'ListBackupVaults', { maxResults: '100' }),
    call('backup', 'ListRecoveryPointsByBackupVault', { backupVaultName: 'acme-daily' }),
    ...INSTANCES.flatMap(volumePage),
  ];
  return [
    { at: clock('08:51:12'), who: atSignIn, does: checkMfa },
    {
      at: clock('08:51:20'),
      who: atSignIn,
      does: consoleLogin('Success', `arn:aws:iam::${ACCOUNT}:mfa/backup-operator`),
    },
    ...['08:53:00', '09:12:00'].flatMap((start) =>
      visit.map((does, index) => ({ at: clock(start) + 4 * index, who, does })),
    ),
  ];
};
