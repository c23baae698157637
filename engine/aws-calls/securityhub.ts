import * as z from 'zod/mini';

export const securityhubCalls = [
  z.strictObject({
    action: z.literal('securityhub:EnableSecurityHub'),
    parameters: z.strictObject({ EnableDefaultStandards: z.literal(true) }),
  }),
  z.strictObject({ action: z.literal('securityhub:DisableSecurityHub'), parameters: z.strictObject({}) }),
] as const;

export const securityhubReads = [
  /** `{"enabled": true}`. */
  z.strictObject({ action: z.literal('securityhub:DescribeHub'), parameters: z.strictObject({}) }),
] as const;
