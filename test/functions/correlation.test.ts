import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignalStore } from '../../engine/signal-store.ts';
import { createDynamoSignalStore } from '../../functions/signal-store.ts';
import { agreement } from '../engine/correlation/agreement.ts';
import { shortSpikes, streams } from '../engine/correlation/streams.ts';
import { expectSameOfWorkers, lateDays, shuffledHour } from '../engine/correlation/workers.ts';
import { seeded } from '../engine/seed.ts';
import { startLocalTable } from '../local-table.ts';

describe('correlations whose signals are in DynamoDB', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  let store: SignalStore;
  beforeAll(async () => {
    table = await startLocalTable();
    store = createDynamoSignalStore(table.documents, table.tableName);
  });
  afterAll(() => table.stop());

  it.each(Object.entries({ ...streams, spike: shortSpikes }))(
    'find what the reference finds: %s',
    async (_, arbitrary) => {
      await fc.assert(agreement(arbitrary, store), { ...seeded, numRuns: 2, endOnFailure: true });
    },
    60_000,
  );

  it('find the same with sixteen workers on 5,000 records in any order', async () => {
    await expectSameOfWorkers(shuffledHour(30), store);
  }, 60_000);

  it('find the same with sixteen workers on 5,000 records that are late, where the past counts', async () => {
    await expectSameOfWorkers(lateDays(30), store);
  }, 60_000);

  it('fail when the store does, rather than find nothing', async () => {
    const unreachable = createDynamoSignalStore(table.documents, 'no-such-table');
    await expect(expectSameOfWorkers(shuffledHour(30), unreachable)).rejects.toMatchObject({
      code: 'CORRELATION_FAILED',
    });
  });
});
