import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApprovalRequest, type Decision, decide, digestOf, requestOf } from '../../engine/approval.ts';
import { causeOf } from '../../engine/stored-response.ts';
import { createApprovalStore } from '../../functions/approval-store.ts';
import { createOffSwitch } from '../../functions/off-switch.ts';
import { exampleFinding } from '../example-finding.ts';
import { examplePlan } from '../example-plan.ts';
import { startLocalTable } from '../local-table.ts';

const now = Date.UTC(2026, 9, 14, 12);
const plan = await examplePlan();
const digest = digestOf(plan);
const request: ApprovalRequest = requestOf(plan, causeOf(exampleFinding()), {
  digest,
  reasons: ['the response runs with approval only'],
  expiresAt: now + 3_600_000,
  caller: {},
});
const decision: Decision = { is: 'approved', by: 'T1/U1', at: now, digest };

let table: Awaited<ReturnType<typeof startLocalTable>>;
beforeAll(async () => {
  table = await startLocalTable();
});
afterAll(() => table.stop());

describe('the store of approvals on DynamoDB', () => {
  const store = () => createApprovalStore(table.documents, table.tableName);

  it('gives back what was asked, and then what was decided', async () => {
    await store().ask('one', request);
    expect(await store().load('one')).toEqual({ request });
    expect(await store().decide('one', decision)).toBe(true);
    expect(await store().load('one')).toEqual({ request, decision });
  });

  it('has nothing that was not asked, and takes no decision on it', async () => {
    expect(await store().load('nothing')).toBeUndefined();
    expect(await store().decide('nothing', decision)).toBe(false);
    expect(await store().load('nothing')).toBeUndefined();
  });

  it('takes one of 20 decisions that arrive at once, and says of the others who was first', async () => {
    await store().ask('at-once', request);
    const wishes = Array.from({ length: 20 }, (_, index) => ({
      commandUid: 'at-once',
      is: index % 2 === 0 ? ('approved' as const) : ('rejected' as const),
      by: `T1/U${index}`,
      digest,
    }));
    const answers = await Promise.all(wishes.map((wish) => decide(wish, store(), now)));
    const taken = answers.flatMap((answer) => ('decision' in answer ? [answer.decision] : []));
    expect(taken).toHaveLength(1);
    expect((await store().load('at-once'))?.decision).toEqual(taken[0]);
    const refused = answers.flatMap((answer) => ('refused' in answer ? [answer] : []));
    expect(refused).toHaveLength(19);
    for (const answer of refused) {
      expect(answer).toMatchObject({ refused: 'duplicate', reason: expect.stringContaining(String(taken[0]?.by)) });
    }
  });

  it('keeps the first question of an id, and the decision on it', async () => {
    await store().ask('asked-again', request);
    await store().decide('asked-again', decision);
    await store().ask('asked-again', { ...request, title: 'something else' });
    expect(await store().load('asked-again')).toEqual({ request, decision });
  });

  it('takes no decision on another plan, none after the time, and that the time is over only once', async () => {
    await store().ask('late', request);
    expect(await store().decide('late', { ...decision, digest: 'f'.repeat(64) })).toBe(false);
    expect(await store().decide('late', { ...decision, at: request.expiresAt })).toBe(false);
    const expired: Decision = { ...decision, is: 'expired', by: 'nobody', at: request.expiresAt };
    expect(await store().decide('late', expired)).toBe(true);
    expect(await store().decide('late', expired)).toBe(false);
  });

  it('lets DynamoDB delete it 90 days after its time', async () => {
    await store().ask('kept', request);
    const { Item } = await table.documents.send(
      new GetCommand({ TableName: table.tableName, Key: { id: 'approval#kept' } }),
    );
    expect(Item?.expiration).toBe(request.expiresAt / 1_000 + 90 * 24 * 60 * 60);
  });

  it('says so when the table cannot be reached', async () => {
    const elsewhere = createApprovalStore(table.documents, 'no-such-table');
    await expect(elsewhere.ask('one', request)).rejects.toThrow(/resource not found/i);
    await expect(elsewhere.load('one')).rejects.toThrow(/resource not found/i);
    await expect(elsewhere.decide('one', decision)).rejects.toThrow(/resource not found/i);
  });
});

describe('the switch that stops all responses', () => {
  const put = async (reason?: string) => {
    const { PutCommand } = await import('@aws-sdk/lib-dynamodb');
    const Item = { id: 'switch#responses', ...(reason === undefined ? {} : { reason }) };
    await table.documents.send(new PutCommand({ TableName: table.tableName, Item }));
  };

  it('takes effect within a minute, says why, and asks the table at most every half minute', async () => {
    let time = now;
    let asked = 0;
    const counting: typeof table.documents = Object.create(table.documents, {
      send: {
        value: (command: never) => {
          asked += 1;
          return table.documents.send(command);
        },
      },
    });
    const switchedOff = createOffSwitch(counting, table.tableName, () => time);
    expect(await switchedOff()).toBeUndefined();
    await put('a rule went wild\nsee #incident');
    expect(await switchedOff()).toBeUndefined();
    expect(asked).toBe(1);
    time += 59_000;
    expect(await switchedOff()).toBe('all responses are switched off: a rule went wild see #incident');
    expect(asked).toBe(2);
  });

  it('needs no reason', async () => {
    await put();
    expect(await createOffSwitch(table.documents, table.tableName, () => now)()).toBe('all responses are switched off');
  });

  it('lets nothing run when it cannot be read', async () => {
    await expect(createOffSwitch(table.documents, 'no-such-table', () => now)()).rejects.toThrow(/resource not found/i);
  });
});
