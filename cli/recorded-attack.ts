import { join } from 'node:path';
import type { DetectorContent } from '../engine/detector.ts';
import { compareTold } from './compare-told.ts';
import type { Io } from './io.ts';
import { replaySides } from './replay-sides.ts';
import { createToldCollector, type Told, type ToldCollector } from './told.ts';

/** The logs of the intrusion that this project brings; every alert in them is one of the attack. */
export const sampleAttack = join(import.meta.dirname, '..', 'samples', 'incident');

export type Losses = { readonly records: number; readonly lost: readonly Told[]; readonly after: ToldCollector };

/** The alerts of recorded logs, from medium up, that are there under the content before and not under the one after. */
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
  return { records, lost: compareTold(had.all(), has.all()).flatMap(({ lost }) => lost), after: has };
};
