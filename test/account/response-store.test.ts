import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResponseStore } from '../../account/response-store.ts';
import { digestOf } from '../../engine/approval.ts';
import { causeOf, type StoredResponse } from '../../engine/stored-response.ts';
import { exampleFinding } from '../example-finding.ts';
import { examplePlan } from '../example-plan.ts';
import { startLocalTable } from '../local-table.ts';

const now = Date.UTC(2026, 9, 14, 12);
const plan = await examplePlan();
const response: StoredResponse = { plan, cause: causeOf(exampleFinding()), undone: false, carriedOut: false };

describe('the store of responses on DynamoDB', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  beforeAll(async () => {
    table = await startLocalTable();
  });
  afterAll(() => table.stop());
  const store = () => createResponseStore(table.documents, table.tableName, () => now);

  it('gives back what was saved: the plan with the state before it, and why it ran', async () => {
    expect(await store().save('one', response)).toBe(true);
    expect(await store().load('one')).toEqual(response);
  });

  it('has no response that was not saved', async () => {
    expect(await store().load('nothing')).toBeUndefined();
  });

  it('keeps the first of an id, and says so: what ran is what is taken back', async () => {
    const other = { ...response, plan: { ...plan, doesNotStop: 'anything' } };
    const saved = await Promise.all([store().save('two', response), store().save('two', response)]);
    expect(saved.toSorted()).toEqual([false, true]);
    expect(await store().save('two', other)).toBe(false);
    expect(await store().load('two')).toEqual(response);
  });

  it('remembers that a response was taken back', async () => {
    await store().save('taken-back', response);
    await store().markUndone('taken-back');
    expect(await store().load('taken-back')).toEqual({ ...response, undone: true });
  });

  it('remembers that all calls of a response went through', async () => {
    await store().save('carried-out', response);
    await store().markCarriedOut('carried-out');
    expect(await store().load('carried-out')).toEqual({ ...response, carriedOut: true });
  });

  it('takes nothing back that is not there', async () => {
    await expect(store().markUndone('nothing')).rejects.toThrow();
    expect(await store().load('nothing')).toBeUndefined();
  });

  it('keeps with a plan that waits what it was asked with', async () => {
    const ask = {
      digest: digestOf(plan),
      reasons: ['it is night'],
      expiresAt: now,
      caller: { arn: 'arn:aws:iam::1:x' },
    };
    await store().save('asked', { ...response, ask });
    const loaded = await store().load('asked');
    expect(loaded).toEqual({ ...response, ask });
    expect(digestOf(loaded?.plan ?? plan)).toBe(ask.digest);
  });

  it('claims a principal for one response until its time is over, and again for the same response', async () => {
    const claim = (commandUid: string, at = now) =>
      createResponseStore(table.documents, table.tableName, () => at).claim('ann', commandUid, at + 60_000);
    const claims = await Promise.all(Array.from({ length: 10 }, (_, index) => claim(`response-${index}`)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    const holder = `response-${claims.indexOf(true)}`;
    expect(await claim(holder)).toBe(true);
    expect(await claim('another')).toBe(false);
    expect(await claim('another', now + 61_000)).toBe(true);
    expect(await claim(holder, now + 62_000)).toBe(false);
  });

  it('lets DynamoDB delete a response after 90 days', async () => {
    await store().save('three', response);
    const { Item } = await table.documents.send(
      new GetCommand({ TableName: table.tableName, Key: { id: 'response#three' } }),
    );
    expect(Item?.expiration).toBe(now / 1_000 + 90 * 24 * 60 * 60);
  });

  it('does not hand out a plan with a call that is not on the closed list', async () => {
    const forgedCall = { action: 'iam:CreateAccessKey', parameters: { UserName: 'ann' } };
    const changes = plan.changes.map((change) => ({ ...change, undo: forgedCall }));
    const forged = JSON.stringify({ ...response, plan: { ...plan, changes } });
    const Item = { id: 'response#forged', response: forged, undone: false };
    await table.documents.send(new PutCommand({ TableName: table.tableName, Item }));
    await expect(store().load('forged')).rejects.toThrow(/undo/);
  });

  it('says so when the table cannot be reached', async () => {
    const elsewhere = createResponseStore(table.documents, 'no-such-table', () => now);
    await expect(elsewhere.save('one', response)).rejects.toThrow(/resource not found/i);
    await expect(elsewhere.load('one')).rejects.toThrow(/resource not found/i);
    await expect(elsewhere.markUndone('one')).rejects.toThrow(/resource not found/i);
  });
});
