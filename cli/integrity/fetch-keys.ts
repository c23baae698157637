import { resolve } from 'node:path';
import type { PublicKey } from '../../account/public-keys.ts';
import { ConfigError, messageOf } from '../../engine/errors.ts';
import { placeOf } from '../../engine/integrity/place.ts';
import { isRegionName } from '../../engine/region-name.ts';
import { findLogFiles } from '../find-log-files.ts';
import { type Key, toKey } from './key.ts';

const digestPlace = /^CloudTrail-Digest\/([^/]+)\/(\d{4})\/(\d{2})\/(\d{2})\//;
const dayMs = 86_400_000;

/**
 * Asks CloudTrail for the keys of the digests at or below paths, in each region from the day before the first of them. Needs
 * `cloudtrail:ListPublicKeys` in any account. `refuse` hears of regions that give none: whoever can write to the bucket can
 * make a folder that is called like a region, and must not keep others from being verified. Throws ConfigError where none does.
 */
export const fetchKeys = async (
  paths: readonly string[],
  refuse: (what: string, why: string) => void,
): Promise<readonly Key[]> => {
  const { listPublicKeys } = await import('../../account/public-keys.ts');
  const asked = [...firstDays(paths)].map(async ([region, day]): Promise<Answer> => {
    try {
      return { region, keys: await listPublicKeys(region, new Date(day - dayMs)) };
    } catch (error) {
      return { region, why: `cloudtrail:ListPublicKeys: ${messageOf(error)}`, error };
    }
  });
  const answers = await Promise.all(asked);
  const failures = answers.filter((answer) => 'why' in answer);
  const [first] = failures;
  if (first !== undefined && failures.length === answers.length) {
    throw new ConfigError('CONFIG_INVALID', `${first.region}: ${first.why}`, { cause: first.error });
  }
  for (const { region, why } of failures) refuse(`keys of ${region}`, why);
  return answers
    .flatMap((answer) => ('keys' in answer ? answer.keys : []))
    .map(({ fingerprint, der }) => toKey('AWS', fingerprint, der));
};

type Answer = { readonly region: string } & (
  | { readonly keys: readonly PublicKey[] }
  | { readonly why: string; readonly error: unknown }
);

/** Region -> the first day of which a digest is there, in ms since 1970. */
const firstDays = (paths: readonly string[]): ReadonlyMap<string, number> => {
  const days = new Map<string, number>();
  for (const found of paths.flatMap((path) => [...findLogFiles(path)])) {
    if (found.kind === 'unreadable') continue;
    const [, region = '', ...date] = digestPlace.exec(placeOf(resolve(found.path))?.within ?? '') ?? [];
    const day = Date.parse(date.join('-'));
    // A folder may be called anything.
    if (!isRegionName(region) || Number.isNaN(day)) continue;
    days.set(region, Math.min(days.get(region) ?? Number.POSITIVE_INFINITY, day));
  }
  return days;
};
