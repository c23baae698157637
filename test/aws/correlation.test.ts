import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createDynamoSignalStore } from '../../functions/signal-store.ts';
import { describeSignalStore } from '../contracts/signal-store.ts';
import { expectSameOfWorkers, lateDays, shuffledHour } from '../engine/correlation/workers.ts';
import { hasMoto, startMoto } from './moto.ts';

/**
 * moto's updates are not atomic, as DynamoDB's are: of 1,600 plain ADDs, sixteen at a time, it lost two. On one connection it
 * answers one call after the other, whichever worker's that is.
 */
const oneConnection = { httpAgent: { maxSockets: 1 } };

const startTable = async () => {
  const moto = await startMoto();
  const client = new DynamoDBClient({ requestHandler: oneConnection });
  const TableName = 'signals';
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const stop = async (): Promise<void> => {
    client.destroy();
    await moto.stop();
  };
  return { store: createDynamoSignalStore(DynamoDBDocumentClient.from(client), TableName), stop };
};

describe.runIf(hasMoto)('in moto', () => {
  describeSignalStore('on DynamoDB', startTable);

  describe('correlations whose signals are in DynamoDB', () => {
    let table: Awaited<ReturnType<typeof startTable>>;
    beforeAll(async () => {
      table = await startTable();
    });
    afterAll(() => table?.stop());

    // moto answers some 230 calls a second: one record in ten matches.
    it('find what the reference finds with sixteen workers on 5,000 records in any order', async () => {
      await expectSameOfWorkers(shuffledHour(10), table.store);
    }, 120_000);

    it('find what the reference finds with sixteen workers on 5,000 records that are late', async () => {
      await expectSameOfWorkers(lateDays(10), table.store);
    }, 120_000);
  });
});
