import type { Plan } from './plan.ts';
import { type ReadState, readOnce } from './planning.ts';
import { shows } from './state.ts';

/** The first read that shows neither what a plan found nor what it wants, so that somebody else changed it; in words. */
export const changedSince = async ({ changes }: Plan, readState: ReadState): Promise<string | undefined> => {
  const read = readOnce(readState);
  for (const change of changes) {
    const state = await read(change.read);
    if (shows(state, change.to) || shows(state, change.from)) continue;
    return `${change.read.action} ${JSON.stringify(change.read.parameters)}`;
  }
  return undefined;
};
