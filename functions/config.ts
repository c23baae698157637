import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Condition } from '../engine/condition.ts';
import { destinationNameSchema } from '../engine/destination.ts';
import type { DetectorContent } from '../engine/detector.ts';
import { ConfigError, messageOf } from '../engine/errors.ts';
import { severitySchema } from '../engine/severity.ts';

const arnList = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter((arn) => arn !== ''));

/** What each function takes from its environment; serverless.yml sets it, infra.test.ts compares. */
export const configSchemas = {
  detect: z.object({
    TRAILWIRE_BUS: z.string(),
    TRAILWIRE_TABLE: z.string(),
    TRAILWIRE_RULES: z.string(),
    TRAILWIRE_OWN_ROLES: arnList,
  }),
  notify: z.object({
    TRAILWIRE_DESTINATION: destinationNameSchema,
    TRAILWIRE_TABLE: z.string(),
    TRAILWIRE_MIN_SEVERITY: severitySchema.default('medium'),
    TRAILWIRE_TOPIC_ARN: z.string().optional(),
    TRAILWIRE_SLACK_WEBHOOK_PARAMETER: z.string().optional(),
  }),
  remediate: z.object({
    TRAILWIRE_BUS: z.string(),
    TRAILWIRE_TABLE: z.string(),
    TRAILWIRE_RULES: z.string(),
    TRAILWIRE_MODE: z.enum(['off', 'plan', 'execute']).default('plan'),
    TRAILWIRE_OWN_ROLES: arnList,
    TRAILWIRE_LIMIT_PER_HOUR: z.coerce.number().int().min(0).max(1_000).default(5),
  }),
} as const;

type ConfigOf<Name extends keyof typeof configSchemas> = z.infer<(typeof configSchemas)[Name]>;

/** Reads and checks the environment of a function. Throws ConfigError naming each variable that is wrong. */
export const readConfig = <Name extends keyof typeof configSchemas>(name: Name): ConfigOf<Name> => {
  const result = configSchemas[name].safeParse(process.env);
  if (result.success) return result.data as ConfigOf<Name>;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new ConfigError('CONFIG_INVALID', `environment of ${name}: ${wrong}`);
};

/** What the build writes next to a function: the rules, validated there and packed with everything they refer to. */
export type PackedRules = Pick<DetectorContent, 'rules' | 'suppressions'> & {
  readonly conditions: readonly (readonly [string, Condition])[];
  readonly lists: readonly (readonly [string, readonly (string | number)[]])[];
};

/** Reads the packed rules. Throws ConfigError when the file is not there or not JSON. */
export const readPackedRules = (path: string): DetectorContent => {
  try {
    const { rules, suppressions, conditions, lists } = JSON.parse(readFileSync(path, 'utf8')) as PackedRules;
    return { rules, suppressions, conditions: new Map(conditions), lists: new Map(lists) };
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `cannot read the packed rules ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
};
