import * as z from 'zod/mini';

const KeyId = z.string().check(z.regex(/^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/));
const key = z.strictObject({ KeyId });

export const kmsCalls = [
  z.strictObject({ action: z.literal('kms:CancelKeyDeletion'), parameters: key }),
  z.strictObject({
    action: z.literal('kms:ScheduleKeyDeletion'),
    parameters: z.strictObject({ KeyId, PendingWindowInDays: z.int().check(z.minimum(7), z.maximum(30)) }),
  }),
  z.strictObject({ action: z.literal('kms:EnableKey'), parameters: key }),
  z.strictObject({ action: z.literal('kms:DisableKey'), parameters: key }),
] as const;

export const kmsReads = [
  /** `{"enabled": false, "pendingDeletion": true}`. */
  z.strictObject({ action: z.literal('kms:DescribeKey'), parameters: key }),
] as const;
