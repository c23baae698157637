import * as z from 'zod/mini';

const DetectorId = z.string().check(z.regex(/^[0-9a-f]{32}$/));

export const guarddutyCalls = [
  z.strictObject({
    action: z.literal('guardduty:UpdateDetector'),
    parameters: z.strictObject({ DetectorId, Enable: z.boolean() }),
  }),
] as const;

export const guarddutyReads = [
  /** `{"enabled": true}`. */
  z.strictObject({ action: z.literal('guardduty:GetDetector'), parameters: z.strictObject({ DetectorId }) }),
] as const;
