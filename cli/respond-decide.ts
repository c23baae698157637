import * as z from 'zod';
import { readCaller } from '../account/caller.ts';
import { createInvoke } from '../account/invoke.ts';
import { plural } from '../engine/plural.ts';
import type { Io } from './io.ts';
import { parseCommandUid } from './parse-command-uid.ts';

export type RespondDecideOptions = { readonly by?: string; readonly region?: string };

const answerSchema = z.looseObject({
  activities: z.array(z.looseObject({ id: z.string(), outcome: z.string() })),
});

/** Outcomes of a plan that was decided on as the person wished. */
const wished: Readonly<Record<'approve' | 'reject', readonly string[]>> = { approve: ['applied'], reject: ['refused'] };

/**
 * `trailwire respond approve <id>` and `respond reject <id>`: the one decision on a plan that waits, in the name of whoever
 * the credentials are of. The stack asks the guards and the account again before it acts. 1 when it did not come out so.
 */
export const respondDecide = async (
  is: 'approve' | 'reject',
  id: string,
  { by, region }: RespondDecideOptions,
  io: Io,
): Promise<number> => {
  const commandUid = parseCommandUid(id);
  const settings = region === undefined ? {} : { region };
  const name = by ?? (await readCaller(settings)).arn;
  const answer = await createInvoke(settings)('trailwire-remediate', { [is]: commandUid, by: name });
  const { activities } = answerSchema.parse(answer);
  for (const { outcome } of activities) io.out(`${commandUid} ${outcome}`);
  io.err(`${is === 'approve' ? 'approved' : 'rejected'} by ${name}; ${plural(activities.length, 'report')} on the bus`);
  return activities.some(({ outcome }) => wished[is].includes(outcome)) ? 0 : 1;
};
