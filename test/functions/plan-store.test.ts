import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRefusal, type Plan } from '../../engine/plan.ts';
import { remediations } from '../../engine/remediations/index.ts';
import { createPlanStore } from '../../functions/plan-store.ts';
import { exampleRecord } from '../example-records.ts';
import { startLocalTable } from '../local-table.ts';

const now = Date.UTC(2026, 9, 14, 12);
const planOf = (userIdentity: object = {}): Plan => {
  const record = exampleRecord();
  const identity = { ...(record.userIdentity as object), ...userIdentity };
  const plan = remediations['deactivate-access-key'].plan({
    record: { ...record, userIdentity: identity },
    findingId: 'f',
    now,
  });
  if (isRefusal(plan)) throw new TypeError(plan.reason);
  return plan;
};

describe('the plan store on DynamoDB', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  beforeAll(async () => {
    table = await startLocalTable();
  });
  afterAll(() => table.stop());
  const store = () => createPlanStore(table.documents, table.tableName, () => now);

  it('gives back the plan that was saved, with its undo', async () => {
    await store().savePlan('one', planOf());
    expect(await store().loadPlan('one')).toEqual(planOf());
  });

  it('has no plan that was not saved', async () => {
    expect(await store().loadPlan('nothing')).toBeUndefined();
  });

  it('keeps the first plan of an id: what ran is what is taken back', async () => {
    await store().savePlan('two', planOf());
    await store().savePlan('two', planOf({ accessKeyId: 'AKIAI44QH8DHBEXAMPLE' }));
    expect(await store().loadPlan('two')).toEqual(planOf());
  });

  it('lets DynamoDB delete a plan after 90 days', async () => {
    await store().savePlan('three', planOf());
    const { Item } = await table.documents.send(
      new GetCommand({ TableName: table.tableName, Key: { id: 'plan#three' } }),
    );
    expect(Item?.expiration).toBe(now / 1_000 + 90 * 24 * 60 * 60);
  });

  it('does not hand out a plan with a call that is not on the closed list', async () => {
    const plan = { ...planOf(), undo: [{ action: 'iam:CreateAccessKey', parameters: { UserName: 'ann' } }] };
    const Item = { id: 'plan#forged', plan: JSON.stringify(plan) };
    await table.documents.send(new PutCommand({ TableName: table.tableName, Item }));
    await expect(store().loadPlan('forged')).rejects.toThrow('iam:UpdateAccessKey');
  });

  it('says so when the table cannot be reached', async () => {
    const elsewhere = createPlanStore(table.documents, 'no-such-table', () => now);
    await expect(elsewhere.savePlan('one', planOf())).rejects.toThrow(/resource not found/i);
    await expect(elsewhere.loadPlan('one')).rejects.toThrow(/resource not found/i);
  });
});
