import * as z from 'zod';
import { createInvoke } from '../account/invoke.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';
import { parseCommandUid } from './parse-command-uid.ts';

export type RespondUndoOptions = { readonly force: boolean; readonly region?: string };

/** The function that has the rights; nothing is taken back from here. */
const functionName = 'trailwire-undo';

const answerSchema = z.looseObject({ outcome: z.string(), message: z.string(), detail: z.string().optional() });

/**
 * `trailwire respond undo <id>`: has a response taken back by the stack, so that whoever asks needs no right but
 * `lambda:InvokeFunction` on one function, and the record of it is complete. 1 when it was not taken back.
 */
export const respondUndo = async (id: string, { force, region }: RespondUndoOptions, io: Io): Promise<number> => {
  const commandUid = parseCommandUid(id);
  const invoke = createInvoke(region === undefined ? {} : { region });
  const answer = answerSchema.parse(await invoke(functionName, { undo: commandUid, ...(force ? { force } : {}) }));
  io.out(oneLine(answer.message, 1_000));
  if (answer.detail !== undefined && !answer.message.includes(answer.detail)) io.out(oneLine(answer.detail, 2_000));
  return answer.outcome === 'undone' ? 0 : 1;
};
