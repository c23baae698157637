import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoWindowStore } from '../../functions/window-store.ts';
import { describeWindowStore } from '../contracts/window-store.ts';
import { startLocalTable } from '../local-table.ts';

describeWindowStore('on DynamoDB', async () => {
  const { documents, tableName, stop } = await startLocalTable();
  return { store: createDynamoWindowStore(documents, tableName), stop };
});

describe('the items of the table', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  beforeAll(async () => {
    table = await startLocalTable();
  });
  afterAll(() => table.stop());

  const read = async (id: string) =>
    (await table.documents.send(new GetCommand({ TableName: table.tableName, Key: { id } }))).Item;

  it('say in seconds when DynamoDB may delete them, never too early', async () => {
    const store = createDynamoWindowStore(table.documents, table.tableName);
    await store.remember('finding', 'action', 1_792_000_000_001, 1_791_000_000_000);
    await store.take('responses', 1, 1_792_000_000_001, 1_791_000_000_000);
    expect(await read('window#finding')).toMatchObject({ expiration: 1_792_000_001 });
    expect(await read('window#responses')).toMatchObject({ expiration: 1_792_000_001, taken: 1 });
  });

  it('stay small: an action of any length takes 16 characters', async () => {
    const store = createDynamoWindowStore(table.documents, table.tableName);
    await store.remember('long', 'x'.repeat(1_000_000), 2_000, 1_000);
    const item = await read('window#long');
    expect(Array.from(item?.actions as Set<string>, ({ length }) => length)).toEqual([16]);
  });

  it('that cannot be reached are an error, not a "never seen"', async () => {
    const store = createDynamoWindowStore(table.documents, 'no-such-table');
    await expect(store.look('id', 1_000)).rejects.toThrow(/resource not found/i);
    await expect(store.remember('id', 'action', 2_000, 1_000)).rejects.toThrow(/resource not found/i);
    await expect(store.take('id', 1, 2_000, 1_000)).rejects.toThrow(/resource not found/i);
  });
});
