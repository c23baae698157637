import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Condition } from '../engine/condition.ts';
import { destinationNameSchema } from '../engine/destination.ts';
import type { DetectorContent } from '../engine/detector.ts';
import { ConfigError, messageOf } from '../engine/errors.ts';
import { severitySchema } from '../engine/severity.ts';

const text = z.string();
const arnList = z.pipe(
  z._default(text, ''),
  z.transform((arns: string) => arns.split(',').filter((arn) => arn !== '')),
);

/** What each function takes from its environment; serverless.yml sets it, infra.test.ts compares. Each builds its own alone. */
export const configSchemas = {
  detect: () =>
    z.object({
      TRAILWIRE_BUS: text,
      TRAILWIRE_TABLE: text,
      TRAILWIRE_RULES: text,
      TRAILWIRE_OWN_ROLES: arnList,
    }),
  notify: () =>
    z.object({
      TRAILWIRE_DESTINATION: destinationNameSchema,
      TRAILWIRE_TABLE: text,
      TRAILWIRE_MIN_SEVERITY: z._default(severitySchema, 'medium'),
      TRAILWIRE_TOPIC_ARN: z.optional(text),
      TRAILWIRE_SLACK_WEBHOOK_PARAMETER: z.optional(text),
    }),
  remediate: () =>
    z.object({
      TRAILWIRE_BUS: text,
      TRAILWIRE_TABLE: text,
      TRAILWIRE_RULES: text,
      TRAILWIRE_MODE: z._default(z.enum(['off', 'plan', 'execute']), 'plan'),
      TRAILWIRE_OWN_ROLES: arnList,
      TRAILWIRE_CHECK_QUEUE: text,
      TRAILWIRE_LIMIT_PER_HOUR: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(1_000)), 5),
    }),
} as const;

export type ConfigOf<Name extends keyof typeof configSchemas> = z.infer<ReturnType<(typeof configSchemas)[Name]>>;

/** Reads and checks the environment of a function. Throws ConfigError naming each variable that is wrong. */
export const readConfig = <Name extends keyof typeof configSchemas>(name: Name): ConfigOf<Name> => {
  const result = configSchemas[name]().safeParse(process.env);
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
