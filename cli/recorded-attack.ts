import { join } from 'node:path';
import type { DetectorContent } from '../engine/detector.ts';
import { ConfigError } from '../engine/errors.ts';
import { compareTold } from './compare-told.ts';
import type { Io } from './io.ts';
import { replaySides } from './replay-sides.ts';
import { createToldCollector, type Told, type ToldCollector } from './told.ts';

/** The logs of the intrusion that this project brings; every alert in them is one of the attack. */
export const sampleAttack = join(import.meta.dirname, '..', 'samples', 'incident');

export type Losses = { readonly lost: readonly Told[]; readonly after: ToldCollector };

/**
 * The alerts of recorded logs, from medium up, that are there under the content before and not under the one after. Throws
 * ConfigError where the logs hold no record.
 */
export const lossesIn = async (
  path: string,
  before: DetectorContent,
  after: DetectorContent,
  io: Io,
): Promise<Losses> => {
  const [had, has] = [createToldCollector('medium'), createToldCollector('medium')];
  const { records } = await replaySides(
    [path],
    [
      { name: 'before', content: before, hear: had.hear },
      { name: 'after', content: after, hear: has.hear },
    ],
    io,
  );
  if (records === 0) {
    const message = `${path}: no record of an attack could be read; say with --attack where there are some`;
    throw new ConfigError('CONFIG_INVALID', message);
  }
  return { lost: compareTold(had.all(), has.all()).flatMap(({ lost }) => lost), after: has };
};
