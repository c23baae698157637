import { describe, expect, it } from 'vitest';
import type { Activity } from '../../engine/ocsf.ts';
import { busSource, findingDetailType } from '../../functions/bus-names.ts';
import { createTelemetry } from '../../functions/log.ts';
import { createRemediate } from '../../functions/remediate.ts';
import { exampleFinding } from '../example-finding.ts';
import { account } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';
import { createResponseWorld } from '../response-world.ts';

const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const findingEvent = {
  source: busSource,
  'detail-type': findingDetailType,
  detail: JSON.parse(JSON.stringify(exampleFinding())),
};

const start = () => {
  const local = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
  const { ports, queue } = createResponseWorld(local, Date.now);
  const published: Activity[] = [];
  let connections = 0;
  const remediate = createRemediate({
    settings: { mode: 'execute', ownRoles: [], protectedPrincipals: [], knownAccounts: [], limitPerHour: 5 },
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
    published,
    keyOfAnn,
    connections: () => connections,
  };
};
const messageOf = (body: unknown) => ({ Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(body) }] });

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
    ['a message that is no JSON', { Records: [{ eventSource: 'aws:sqs', body: 'hello' }] }],
    ['a message with another wish', messageOf({ undo: '0'.repeat(32) })],
    ['a message about a round that never comes', messageOf({ check: '0'.repeat(32), round: 99 })],
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
