import type { AwsRead } from '../aws-call.ts';
import { readField, readText } from '../field.ts';
import type { State } from '../state.ts';
import { callMade } from './call-made.ts';
import { notApplicable, type Remediation, type WantedChange } from './remediation.ts';

/**
 * Cancels the deletion of a KMS key that the call scheduled, which leaves the key disabled, and enables it; or enables the
 * key that the call disabled.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
 */
export const keepKmsKey: Remediation = {
  actsOn: 'call',
  usually: 'auto',
  says: 'Cancels the deletion of a KMS key that the call scheduled, and enables the key',
  doesNotStop:
    'Who may administer the key can disable it or schedule its deletion again. Undo schedules the deletion anew, its days counted from then.',
  actions: {
    reads: ['kms:DescribeKey'],
    calls: ['kms:CancelKeyDeletion', 'kms:EnableKey'],
    undoCalls: ['kms:ScheduleKeyDeletion', 'kms:DisableKey'],
  },
  draft: ({ record }) => {
    const place = callMade(record, 'kms.amazonaws.com', 'ScheduleKeyDeletion', 'DisableKey');
    if ('refused' in place) return place;
    const prefix = `arn:${place.partition}:kms:${place.region}:${place.account}:key/`;
    // The request has the key as the caller typed it; the answer has its ARN.
    const named = readText(record, 'responseElements.keyId') ?? readText(record, 'requestParameters.keyId') ?? '';
    const KeyId = named.startsWith(prefix) ? named.slice(prefix.length) : named;
    if (!/^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(KeyId)) {
      return notApplicable('the record does not name a key of this account and region');
    }
    const days = readField(record, ['requestParameters', 'pendingWindowInDays']);
    const PendingWindowInDays =
      typeof days === 'number' && Number.isInteger(days) && days >= 7 && days <= 30 ? days : 30;
    const read: AwsRead = { action: 'kms:DescribeKey', parameters: { KeyId } };
    return {
      target: { type: 'kms-key', account: place.account, arn: `${prefix}${KeyId}`, name: KeyId },
      reads: [read],
      changes: (stateOf) => {
        const state = stateOf(read);
        if (Object.keys(state).length === 0) return notApplicable(`there is no key ${KeyId} any more`);
        return [
          ...cancelDeletion(read, state, KeyId, PendingWindowInDays),
          {
            read,
            to: { enabled: true },
            call: { action: 'kms:EnableKey', parameters: { KeyId } },
            undo: { action: 'kms:DisableKey', parameters: { KeyId } },
          },
        ];
      },
    };
  },
};

const cancelDeletion = (
  read: AwsRead,
  state: State,
  KeyId: string,
  PendingWindowInDays: number,
): readonly WantedChange[] =>
  state.pendingDeletion === true
    ? [
        {
          read,
          to: { pendingDeletion: false },
          call: { action: 'kms:CancelKeyDeletion', parameters: { KeyId } },
          undo: { action: 'kms:ScheduleKeyDeletion', parameters: { KeyId, PendingWindowInDays } },
        },
      ]
    : [];
