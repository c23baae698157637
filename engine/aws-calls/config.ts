import * as z from 'zod/mini';

const name = z.string().check(z.regex(/^[\w-]{1,256}$/));
const recorder = z.strictObject({ ConfigurationRecorderName: name });

export const configCalls = [
  z.strictObject({ action: z.literal('config:StartConfigurationRecorder'), parameters: recorder }),
  z.strictObject({ action: z.literal('config:StopConfigurationRecorder'), parameters: recorder }),
] as const;

export const configReads = [
  /** `{"recording": true}`. */
  z.strictObject({
    action: z.literal('config:DescribeConfigurationRecorderStatus'),
    parameters: z.strictObject({ ConfigurationRecorderNames: z.array(name).check(z.length(1)) }),
  }),
] as const;
