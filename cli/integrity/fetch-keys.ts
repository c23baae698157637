import { resolve } from 'node:path';
import { ConfigError, messageOf } from '../../engine/errors.ts';
import { placeOf } from '../../engine/integrity/place.ts';
import { findLogFiles } from '../find-log-files.ts';
import { type Key, toKey } from './key.ts';

/** A folder may be called anything; the name of a region becomes part of the address that is asked. */
const digestPlace = /^CloudTrail-Digest\/([a-z]{2}(?:-[a-z]+)+-\d)\/(\d{4})\/(\d{2})\/(\d{2})\//;
const dayMs = 86_400_000;

/**
 * Asks CloudTrail for the keys of the digests at or below paths, in each region from the day before the first of them. Needs
 * `cloudtrail:ListPublicKeys` in any account. Throws ConfigError with AWS's own words.
 */
export const fetchKeys = async (paths: readonly string[]): Promise<readonly Key[]> => {
  const { listPublicKeys } = await import('../../account/public-keys.ts');
  const lists = [...firstDays(paths)].map(async ([region, day]) => {
    try {
      return await listPublicKeys(region, new Date(day - dayMs));
    } catch (error) {
      const message = `${region}: cloudtrail:ListPublicKeys: ${messageOf(error)}`;
      throw new ConfigError('CONFIG_INVALID', message, { cause: error });
    }
  });
  return (await Promise.all(lists)).flat().map(({ fingerprint, der }) => toKey('AWS', fingerprint, der));
};

/** Region -> the first day of which a digest is there, in ms since 1970. */
const firstDays = (paths: readonly string[]): ReadonlyMap<string, number> => {
  const days = new Map<string, number>();
  for (const found of paths.flatMap((path) => [...findLogFiles(path)])) {
    if (found.kind === 'unreadable') continue;
    const [, region, ...date] = digestPlace.exec(placeOf(resolve(found.path))?.within ?? '') ?? [];
    if (region === undefined) continue;
    days.set(region, Math.min(days.get(region) ?? Number.POSITIVE_INFINITY, Date.parse(date.join('-'))));
  }
  return days;
};
