import { describe, expect, it } from 'vitest';
import type { Activity } from '../../engine/ocsf.ts';
import { respond } from '../../engine/response.ts';
import { createTelemetry } from '../../functions/log.ts';
import { createUndo } from '../../functions/undo.ts';
import { exampleFinding } from '../example-finding.ts';
import { account } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';
import { validateActivity } from '../ocsf/validators.ts';
import { createResponseWorld, executing } from '../response-world.ts';

const annsKey = 'AKIAIOSFODNN7EXAMPLE';

/** A response that ran, and the function that takes it back. */
const start = async () => {
  const local = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
  const { ports } = createResponseWorld(local, Date.now);
  const [applied] = await respond(exampleFinding(), executing, ports);
  const published: Activity[] = [];
  let connections = 0;
  const undo = createUndo({
    connect: async () => {
      connections += 1;
      const publishActivities = async (activities: readonly Activity[]) => {
        published.push(...activities);
      };
      return { ports, bus: { publishActivities } };
    },
    telemetry: createTelemetry('undo'),
  });
  return {
    id: applied?.command_uid ?? '',
    ask: (event: unknown) => undo(event, account),
    published,
    keyOfAnn: () => local.state().users.ann?.keys[annsKey],
    connections: () => connections,
    local,
  };
};

describe('undo', () => {
  it('takes a response back, says so to who asked, and tells the bus', async () => {
    const { id, ask, published, keyOfAnn } = await start();
    expect(keyOfAnn()).toBe('Inactive');
    expect(await ask({ undo: id })).toEqual({
      id,
      outcome: 'undone',
      message: `deactivate-access-key on access-key ${annsKey} was taken back`,
    });
    expect(keyOfAnn()).toBe('Active');
    expect(published.map(({ unmapped }) => unmapped.trailwire.outcome)).toEqual(['undone']);
    for (const activity of published) expect(validateActivity(activity)).toEqual([]);
  });

  it('says why when AWS does not let it', async () => {
    const { id, ask, local } = await start();
    local.execute = async () => {
      throw new Error('AccessDenied: not allowed');
    };
    expect(await ask({ undo: id, force: true })).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('AccessDenied: not allowed'),
    });
  });

  it('throws for a response that there is not', async () => {
    const { ask, published } = await start();
    await expect(ask({ undo: '0'.repeat(32) })).rejects.toThrow(/there is no response 0{32}/);
    expect(published).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['an id that is none', { undo: "0'; rm -rf /" }],
    ['a wish with more in it', { undo: '0'.repeat(32), mode: 'execute' }],
    ['a finding', { source: 'trailwire', 'detail-type': 'Detection Finding', detail: exampleFinding() }],
    ['a message of a queue', { Records: [{ eventSource: 'aws:sqs', body: '{}' }] }],
  ])('throws for %s, connects to nothing, and changes nothing', async (_, event) => {
    const { ask, keyOfAnn, connections } = await start();
    await expect(ask(event)).rejects.toThrow();
    expect(connections()).toBe(0);
    expect(keyOfAnn()).toBe('Inactive');
  });
});
