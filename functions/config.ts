import * as z from 'zod/mini';
import { ConfigError } from '../engine/errors.ts';

/** A list with commas between, absent when empty. */
export const arnListSchema = z.pipe(
  z._default(z.string(), ''),
  z.transform((arns: string) => arns.split(',').filter((arn) => arn !== '')),
);

/** What roles of member accounts demand; absent when empty, and then no account is entered. */
export const externalIdSchema = z.pipe(
  z._default(z.string().check(z.regex(/^(?:[\w+=,.@:/-]{2,1224})?$/, 'expected an external id')), ''),
  z.transform((id: string) => (id === '' ? undefined : id)),
);

/** Reads and checks the environment of a function. Throws ConfigError naming each variable that is wrong. */
export const readConfig = <Schema extends z.ZodMiniType>(name: string, schema: Schema): z.infer<Schema> => {
  const result = schema.safeParse(process.env);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new ConfigError('CONFIG_INVALID', `environment of ${name}: ${wrong}`);
};
