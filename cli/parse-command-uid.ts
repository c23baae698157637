import { ConfigError } from '../engine/errors.ts';
import { commandUidSchema } from '../engine/stored-response.ts';

/** The id of a response as an argument. Throws ConfigError saying where ids are. */
export const parseCommandUid = (id: string): string => {
  const parsed = commandUidSchema.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    'CONFIG_INVALID',
    `${JSON.stringify(id)} is no id of a response; trailwire respond list has them`,
  );
};
