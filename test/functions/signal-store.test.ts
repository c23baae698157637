import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoSignalStore } from '../../functions/signal-store.ts';
import { describeSignalStore } from '../contracts/signal-store.ts';
import { startLocalTable } from '../local-table.ts';

describeSignalStore('on DynamoDB', async () => {
  const { documents, tableName, stop } = await startLocalTable();
  return { store: createDynamoSignalStore(documents, tableName), stop };
});

describe('the items of signals', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  beforeAll(async () => {
    table = await startLocalTable();
  });
  afterAll(() => table.stop());

  const items = async () => (await table.documents.send(new ScanCommand({ TableName: table.tableName }))).Items ?? [];

  it('have short keys of their own kind, and say in seconds when DynamoDB may delete them, never too early', async () => {
    const store = createDynamoSignalStore(table.documents, table.tableName);
    await store.add('x'.repeat(100_000), 'a', 1_792_000_000_001, 1_791_000_000_000);
    expect(await items()).toEqual([
      { id: expect.stringMatching(/^signals#[\w-]{43}$/), texts: new Set(['a']), expiration: 1_792_000_001 },
    ]);
  });

  it('are not made by dropping: they would have no end', async () => {
    const store = createDynamoSignalStore(table.documents, table.tableName);
    const before = await items();
    await store.drop('nothing there', ['a']);
    expect(await items()).toEqual(before);
  });

  it('that cannot be reached are an error, not an empty set', async () => {
    const store = createDynamoSignalStore(table.documents, 'no-such-table');
    await expect(store.add('key', 'a', 2_000, 1_000)).rejects.toThrow(/resource not found/i);
    await expect(store.read(['key'], 1_000)).rejects.toThrow(/resource not found/i);
    await expect(store.drop('key', ['a'])).rejects.toThrow(/resource not found/i);
  });
});
