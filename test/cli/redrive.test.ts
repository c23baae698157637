import { describe, expect, it } from 'vitest';
import type { DeadLetters, HeldLetter } from '../../account/dead-letters.ts';
import { type RedriveOptions, redrive } from '../../cli/redrive.ts';
import type { DeadLetterQueue, Redrive } from '../../engine/dead-letter.ts';
import { createTerminal } from './terminal.ts';

const now = Date.parse('2026-10-14T09:00:00Z');

/** Queues in memory: what is received is held until it is deleted or released. */
const createQueues = (content: Partial<Record<DeadLetterQueue, readonly { body: string; sentAt?: number }[]>>) => {
  const held = new Set<string>();
  const queues = new Map(
    Object.entries(content).map(([name, letters]) => [
      name,
      letters.map(
        ({ body, sentAt = now - 1 }, index): HeldLetter => ({
          id: `${name}-${index}`,
          body,
          sentAt,
          receipt: String(index),
        }),
      ),
    ]),
  );
  const sent: Redrive[] = [];
  let refused = 0;
  const letters: DeadLetters = {
    open: async (queue) => {
      const there = queues.get(queue);
      if (there === undefined) return undefined;
      return {
        arn: `arn:aws:sqs:us-east-1:111122223333:${queue}`,
        receive: async () => {
          const free = there.filter(({ id }) => !held.has(id)).slice(0, 10);
          for (const { id } of free) held.add(id);
          return free;
        },
        delete: async ({ id }) => {
          held.delete(id);
          there.splice(
            there.findIndex((each) => each.id === id),
            1,
          );
        },
        release: async ({ id }) => {
          held.delete(id);
        },
      };
    },
    send: async (plan) => {
      if (refused > 0) {
        refused -= 1;
        throw new Error('slow down');
      }
      sent.push(plan);
    },
  };
  return {
    letters,
    sent,
    held,
    left: (queue: DeadLetterQueue) => queues.get(queue)?.map(({ body }) => body),
    refuse: (times: number) => {
      refused = times;
    },
  };
};

const run = async (queues: ReturnType<typeof createQueues>, options: Partial<RedriveOptions> = {}) => {
  const { io, out, err } = createTerminal(() => now);
  const code = await redrive({ dryRun: false, responses: false, ...options }, io, queues.letters);
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const failedOn = (name: string, id: string) =>
  JSON.stringify({
    requestContext: { functionArn: `arn:aws:lambda:us-east-1:111122223333:function:${name}:$LATEST` },
    requestPayload: { id, 'detail-type': 'Detection Finding' },
  });
const many = Array.from({ length: 25 }, (_, index) => ({ body: `object ${index}` }));

describe('trailwire redrive', () => {
  it('sends everything again, of all queues, and leaves them empty', async () => {
    const queues = createQueues({
      'trailwire-failed': [{ body: failedOn('trailwire-detect', 'e') }],
      'trailwire-logs-failed': many,
    });
    const { code, out, err } = await run(queues);
    expect(code).toBe(0);
    expect(queues.sent).toHaveLength(26);
    expect(queues.left('trailwire-failed')).toEqual([]);
    expect(queues.left('trailwire-logs-failed')).toEqual([]);
    expect(out).toContain('trailwire-failed trailwire-failed-0: went to trailwire-detect');
    expect(err).toContain('trailwire-undelivered: there is no such queue here');
    expect(err).toContain('26 messages sent again, 0 left, 0 failed');
  });

  it('finds nothing to do the second time', async () => {
    const queues = createQueues({ 'trailwire-logs-failed': many });
    await run(queues);
    const { code, err } = await run(queues);
    expect(code).toBe(0);
    expect(err).toContain('0 messages sent again, 0 left, 0 failed');
    expect(queues.sent).toHaveLength(25);
  });

  it('sends nothing in a dry run, and lets others have what it looked at', async () => {
    const queues = createQueues({ 'trailwire-logs-failed': many });
    const { out, err } = await run(queues, { dryRun: true });
    expect(queues.sent).toEqual([]);
    expect(queues.held.size).toBe(0);
    expect(out).toContain('would go to trailwire-logs');
    expect(err).toContain('25 messages would be sent again');
  });

  it('keeps to the queue that is named', async () => {
    const queues = createQueues({
      'trailwire-failed': [{ body: failedOn('trailwire-detect', 'e') }],
      'trailwire-logs-failed': [{ body: 'object' }],
    });
    await run(queues, { queue: 'trailwire-failed' });
    expect(queues.left('trailwire-logs-failed')).toEqual(['object']);
  });

  it('keeps what could not be sent, says so, and sends it the next time', async () => {
    const queues = createQueues({ 'trailwire-logs-failed': [{ body: 'one' }, { body: 'two' }] });
    queues.refuse(1);
    const { code, out } = await run(queues);
    expect(code).toBe(1);
    expect(out).toContain('failed: trailwire-logs: slow down');
    expect(queues.left('trailwire-logs-failed')).toEqual(['one']);
    expect(await run(queues)).toMatchObject({ code: 0 });
    expect(queues.left('trailwire-logs-failed')).toEqual([]);
  });

  it('leaves responses unless they are asked for, and says why', async () => {
    const body = failedOn('trailwire-remediate', 'e');
    const queues = createQueues({ 'trailwire-failed': [{ body }] });
    const { code, out } = await run(queues);
    expect(code).toBe(0);
    expect(out).toContain('left: trailwire-remediate may act on the account');
    expect(queues.left('trailwire-failed')).toEqual([body]);
    await run(queues, { responses: true });
    expect(queues.left('trailwire-failed')).toEqual([]);
  });

  it('ends although what it sends fails again and again', async () => {
    const returning = { body: 'poison', sentAt: now };
    const queues = createQueues({ 'trailwire-logs-failed': [{ body: 'object' }, ...Array(12).fill(returning)] });
    const { err } = await run(queues);
    expect(queues.sent).toHaveLength(1);
    expect(err).toContain('12 came meanwhile: run it again later');
    expect(queues.held.size).toBe(0);
  });
});
