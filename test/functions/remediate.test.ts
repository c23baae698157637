import { describe, expect, it } from 'vitest';
import { decide } from '../../engine/approval.ts';
import type { Activity } from '../../engine/ocsf.ts';
import { busSource, findingDetailType } from '../../functions/bus-names.ts';
import { createTelemetry } from '../../functions/log.ts';
import { createRemediate } from '../../functions/remediate.ts';
import { exampleFinding } from '../example-finding.ts';
import { account } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';
import { createResponseWorld, executing } from '../response-world.ts';

const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const findingEvent = {
  source: busSource,
  'detail-type': findingDetailType,
  detail: JSON.parse(JSON.stringify(exampleFinding())),
};

/** Of a rule that leaves the response as it usually runs. */
const askingEvent = {
  ...findingEvent,
  detail: JSON.parse(JSON.stringify(exampleFinding({ respond: { remediate: [{ run: 'deactivate-access-key' }] } }))),
};

const start = () => {
  const local = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
  const { ports, queue } = createResponseWorld(local, Date.now);
  const { approvals } = ports;
  const published: Activity[] = [];
  let connections = 0;
  const remediate = createRemediate({
    settings: executing,
    checkQueue: 'trailwire-checks',
    connect: async () => {
      connections += 1;
      const bus = {
        publishFindings: async () => undefined,
        publishActivities: async (activities: readonly Activity[]) => {
          published.push(...activities);
        },
      };
      return { ports, bus };
    },
    telemetry: createTelemetry('remediate'),
  });
  const keyOfAnn = () => local.state().users.ann?.keys[annsKey];
  return {
    ask: (event: unknown) => remediate(event, account),
    queue,
    approvals,
    published,
    keyOfAnn,
    connections: () => connections,
  };
};
const messageOf = (body: unknown, queue = 'trailwire-checks') => ({
  Records: [
    {
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:${account}:${queue}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
  ],
});

describe('remediate', () => {
  it('answers a finding, and looks at it again when its queue says so', async () => {
    const { ask, queue, published, keyOfAnn, connections } = start();
    const [applied] = (await ask(findingEvent)).activities;
    expect(applied?.outcome).toBe('applied');
    expect(keyOfAnn()).toBe('Inactive');
    expect((await ask(messageOf(queue[0]))).activities).toEqual([{ id: applied?.id, outcome: 'verified' }]);
    expect(published.map(({ unmapped }) => unmapped.trailwire.outcome)).toEqual(['applied', 'verified']);
    expect(connections()).toBe(1);
  });

  it.each([
    ['approve', 'applied', 'Inactive'],
    ['reject', 'rejected', 'Active'],
  ])('waits, and does what a person says: %s', async (wish, outcome, status) => {
    const { ask, keyOfAnn, published } = start();
    const [waiting] = (await ask(askingEvent)).activities;
    expect(waiting?.outcome).toBe('waiting');
    expect(keyOfAnn()).toBe('Active');
    expect((await ask({ [wish]: waiting?.id, by: 'ann' })).activities).toHaveLength(1);
    expect(keyOfAnn()).toBe(status);
    const { trailwire } = published.at(-1)?.unmapped ?? {};
    expect(trailwire?.refused ?? trailwire?.outcome).toBe(outcome);
    expect(trailwire?.decision?.by).toBe('ann, by invoking trailwire-remediate');
    await expect(ask({ approve: waiting?.id })).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    expect(keyOfAnn()).toBe(status);
  });

  it.each(['trailwire-checks', 'trailwire-decisions'])('looks at a decision when %s says so', async (queue) => {
    const { ask, approvals, keyOfAnn } = start();
    const id = (await ask(askingEvent)).activities[0]?.id ?? '';
    expect((await ask(messageOf({ settle: id }, queue))).activities).toEqual([]);
    await decide({ commandUid: id, is: 'approved', by: 'ann' }, approvals, Date.now());
    expect((await ask(messageOf({ settle: id }, queue))).activities).toEqual([{ id, outcome: 'applied' }]);
    expect(keyOfAnn()).toBe('Inactive');
  });

  it('does nothing about the report of a response, and connects to nothing for it', async () => {
    const { ask, published, connections } = start();
    await ask(findingEvent);
    const detail = JSON.parse(JSON.stringify(published[0]));
    const before = connections();
    expect(await ask({ source: busSource, 'detail-type': 'Remediation Activity', detail })).toEqual({ activities: [] });
    expect(connections()).toBe(before);
  });

  it.each<[string, unknown]>([
    ['a wish to take a response back, which needs rights that it has not', { undo: '0'.repeat(32) }],
    ['a message that is no JSON', messageOf('hello')],
    ['a message with another wish', messageOf({ undo: '0'.repeat(32) })],
    ['a message about a round that never comes', messageOf({ check: '0'.repeat(32), round: 99 })],
    [
      'a look that the queue of decisions asks for',
      messageOf({ check: '0'.repeat(32), round: 0 }, 'trailwire-decisions'),
    ],
    ['a decision on what does not wait', messageOf({ settle: '0'.repeat(32) }, 'trailwire-decisions')],
    ['two decisions at once', { approve: '0'.repeat(32), reject: '0'.repeat(32) }],
    ['a decision with more in it', { approve: '0'.repeat(32), digest: 'f'.repeat(64) }],
    ['two messages', { Records: [...messageOf({}).Records, ...messageOf({}).Records] }],
    ['a message of another source', { Records: [{ eventSource: 'aws:sns', body: '{}' }] }],
    ['a finding of another source', { ...findingEvent, source: 'my.app' }],
  ])('throws for %s, and changes nothing', async (_, event) => {
    const { ask, keyOfAnn, published } = start();
    await expect(ask(event)).rejects.toThrow();
    expect(published).toEqual([]);
    expect(keyOfAnn()).toBe('Active');
  });
});
