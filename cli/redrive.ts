import type { DeadLetters, HeldLetter, OpenQueue } from '../account/dead-letters.ts';
import { type DeadLetterQueue, deadLetterQueues, planRedrive, type Redrive } from '../engine/dead-letter.ts';
import { messageOf } from '../engine/errors.ts';
import { plural } from '../engine/plural.ts';
import { oneLine } from '../engine/template.ts';
import type { Io } from './io.ts';

export type RedriveOptions = {
  /** One of the queues; all of them where it is absent. */
  readonly queue?: DeadLetterQueue;
  readonly dryRun: boolean;
  readonly responses: boolean;
};

type Outcome = 'sent' | 'left' | 'failed' | 'came-later';

/**
 * `trailwire redrive`: sends dead letters again. Each is sent before it is deleted: what dies in between is sent twice, which
 * changes nothing, and nothing is lost. 0 when all that is to be sent was sent, 1 when something was not.
 */
export const redrive = async (options: RedriveOptions, io: Io, { open, send }: DeadLetters): Promise<number> => {
  const began = io.now();
  const total: Record<Outcome, number> = { sent: 0, left: 0, failed: 0, 'came-later': 0 };

  const takeOne = async (queue: DeadLetterQueue, from: OpenQueue, letter: HeldLetter): Promise<Outcome> => {
    // What failed again since the start, perhaps because we sent it, waits for the next run: this one ends.
    if (letter.sentAt >= began) return 'came-later';
    const plan = planRedrive({ queue, queueArn: from.arn, responses: options.responses }, letter);
    const tell = (words: string): void => io.out(`${queue} ${letter.id}: ${oneLine(words, 500)}`);
    if (plan.to === 'nobody') {
      tell(`left: ${plan.reason}`);
      return 'left';
    }
    try {
      if (!options.dryRun) await sendAndDelete(plan, from, letter);
    } catch (error) {
      tell(`failed: ${plan.name}: ${messageOf(error)}`);
      return 'failed';
    }
    tell(`${options.dryRun ? 'would go' : 'went'} to ${plan.name}`);
    return 'sent';
  };
  const sendAndDelete = async (plan: Exclude<Redrive, { to: 'nobody' }>, from: OpenQueue, letter: HeldLetter) => {
    await send(plan);
    await from.delete(letter);
  };

  /** Whether there may be more that was there at the start. */
  const takeBatch = async (
    queue: DeadLetterQueue,
    from: OpenQueue,
    kept: Map<string, HeldLetter>,
  ): Promise<boolean> => {
    let isWorthMore = false;
    for (const letter of await from.receive()) {
      const outcome = kept.has(letter.id) ? undefined : await takeOne(queue, from, letter);
      if (outcome !== undefined) total[outcome] += 1;
      isWorthMore ||= outcome !== undefined && outcome !== 'came-later';
      if (options.dryRun || outcome !== 'sent') kept.set(letter.id, letter);
    }
    return isWorthMore;
  };

  const takeQueue = async (queue: DeadLetterQueue, from: OpenQueue): Promise<void> => {
    const kept = new Map<string, HeldLetter>();
    try {
      while (await takeBatch(queue, from, kept));
    } finally {
      for (const letter of kept.values()) await from.release(letter);
    }
  };

  for (const queue of options.queue === undefined ? deadLetterQueues : [options.queue]) {
    const from = await open(queue);
    if (from === undefined) io.err(`${queue}: there is no such queue here`);
    else await takeQueue(queue, from);
  }
  const later = total['came-later'] === 0 ? '' : `, ${total['came-later']} came meanwhile: run it again later`;
  io.err(
    `${plural(total.sent, 'message')} ${options.dryRun ? 'would be ' : ''}sent again, ${total.left} left, ${total.failed} failed${later}`,
  );
  return total.failed === 0 ? 0 : 1;
};
