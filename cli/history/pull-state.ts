import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ConfigError, messageOf } from '../../engine/errors.ts';
import { renderIssue } from '../../engine/schema-issue.ts';

const seconds = z.int().nonnegative();
/** A time in seconds since 1970; `to` is no part of it. */
const spanSchema = z.strictObject({ from: seconds, to: seconds });
export type Span = z.infer<typeof spanSchema>;

/** How far a span is pulled, from its end backwards: all after `until` is there, and of that second what is `seen`. */
const positionSchema = z.strictObject({ ...spanSchema.shape, until: seconds, seen: z.array(z.string()) });
export type Position = z.infer<typeof positionSchema>;

const regionSchema = z.strictObject({ covered: spanSchema.optional(), begun: positionSchema.optional() });
/** What is there of a region: all of `covered`, and a part of what is `begun`, which touches it. */
export type RegionState = z.infer<typeof regionSchema>;

const stateSchema = z.strictObject({ account: z.string(), regions: z.record(z.string(), regionSchema) });

/** No log file by its name, so that `replay` leaves it alone. */
const fileName = 'trailwire-pull.state';

/** What was pulled into a folder, kept there. Throws ConfigError where the folder is of another account or the file is damaged. */
export const openPullState = (folder: string, account: string) => {
  const file = join(folder, fileName);
  const state = readState(file) ?? { account, regions: {} };
  if (state.account !== account) {
    const message = `${file}: the folder has events of account ${state.account}, the credentials are of ${account}`;
    throw new ConfigError('CONFIG_INVALID', message);
  }
  return {
    of: (region: string): RegionState => state.regions[region] ?? {},
    set: (region: string, regionState: RegionState): void => {
      state.regions[region] = regionState;
      mkdirSync(folder, { recursive: true });
      writeWhole(file, JSON.stringify(state));
    },
  };
};
export type PullState = ReturnType<typeof openPullState>;

/** Writes a file so that it is there whole or not at all. */
export const writeWhole = (path: string, content: string | Uint8Array): void => {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
};

const readState = (file: string): z.infer<typeof stateSchema> | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = stateSchema.safeParse(parseJson(file, text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(renderIssue).map(({ path, message }) => `${path}: ${message}`);
  throw new ConfigError('CONFIG_INVALID', `${file}: ${problems.join('; ')}`);
};

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError('CONFIG_INVALID', `${file}: ${messageOf(error)}`, { cause: error });
  }
};

/** What is to be pulled so that `wanted` is covered and no second twice, the latest first; what lies between is pulled too. */
export const missingSpans = (covered: Span | undefined, wanted: Span): readonly Span[] =>
  (covered === undefined
    ? [wanted]
    : [
        { from: covered.to, to: wanted.to },
        { from: wanted.from, to: covered.from },
      ]
  ).filter(({ from, to }) => from < to);

/** Two spans that touch, as one; where they do not, what lies between is not there, and the later stands. */
export const joinSpans = (one: Span | undefined, other: Span): Span => {
  if (one === undefined) return other;
  const [earlier, later] = one.from <= other.from ? [one, other] : [other, one];
  return earlier.to < later.from ? later : { from: earlier.from, to: Math.max(earlier.to, later.to) };
};
