import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutExceptionClasses } from '../../infra/left-out.ts';
import { startLocalServer } from '../local-server.ts';

type Clients = typeof import('@aws-sdk/client-dynamodb') & typeof import('@aws-sdk/client-eventbridge');

const entry = `
  export { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
  export { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
`;

let folder: string;
let whole: Clients;
let packaged: Clients;

const bundled = async (name: string, plugins: Plugin[]): Promise<Clients> => {
  const outfile = join(folder, name);
  await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    plugins,
    logLevel: 'error',
  });
  const { default: clients } = await import(pathToFileURL(outfile).href);
  return clients;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwire-left-out-'));
  [whole, packaged] = await Promise.all([bundled('whole.cjs', []), bundled('packaged.cjs', [withoutExceptionClasses])]);
});
afterAll(() => rm(folder, { recursive: true }));

const options = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 2,
});

const calls = {
  dynamodb: ({ DynamoDBClient, PutItemCommand }: Clients, url: string) =>
    new DynamoDBClient(options(url)).send(new PutItemCommand({ TableName: 'any', Item: { pk: { S: 'one' } } })),
  eventbridge: ({ EventBridgeClient, PutEventsCommand }: Clients, url: string) =>
    new EventBridgeClient(options(url)).send(new PutEventsCommand({ Entries: [{ Source: 'any' }] })),
} as const;

/** What a caller sees of an error, and how often the service was asked. */
const seen = async (clients: Clients, service: keyof typeof calls, status: number, name: string) => {
  const body = {
    __type: `com.amazonaws.${service}.v20120810#${name}`,
    message: 'as it says',
    Item: { pk: { S: 'old' } },
  };
  const server = await startLocalServer(() => ({
    status,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  }));
  try {
    const error = await calls[service](clients, server.url).catch((thrown) => thrown);
    const { message, $fault, $metadata, Item } = error;
    return {
      name: error.name,
      message,
      fault: $fault,
      status: $metadata.httpStatusCode,
      Item,
      asked: server.received.length,
    };
  } finally {
    await server.stop();
  }
};

describe('exceptions without classes of their own', () => {
  test.each([
    ['dynamodb', 400, 'ConditionalCheckFailedException', 1],
    ['dynamodb', 400, 'ReplicatedWriteConflictException', 2],
    ['dynamodb', 400, 'ResourceNotFoundException', 1],
    ['dynamodb', 400, 'ProvisionedThroughputExceededException', 2],
    ['dynamodb', 400, 'ThrottlingException', 2],
    ['dynamodb', 400, 'RequestLimitExceeded', 2],
    ['dynamodb', 400, 'TransactionConflictException', 1],
    ['dynamodb', 500, 'InternalServerError', 2],
    ['dynamodb', 400, 'AccessDeniedException', 1],
    ['eventbridge', 400, 'ResourceNotFoundException', 1],
    ['eventbridge', 400, 'LimitExceededException', 2],
    ['eventbridge', 500, 'InternalException', 2],
  ] as const)(
    'are seen as with them, and the call is tried as often: %s %i %s',
    async (service, status, name, times) => {
      const [with_, without] = [await seen(whole, service, status, name), await seen(packaged, service, status, name)];
      expect(without).toEqual(with_);
      expect(without).toMatchObject({ name, message: 'as it says', status, asked: times });
    },
  );

  test('leave the one that is asked for by its class', async () => {
    const server = await startLocalServer(() => ({
      status: 400,
      body: JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }),
    }));
    const error = await calls.dynamodb(packaged, server.url).catch((thrown) => thrown);
    await server.stop();
    expect(error).toBeInstanceOf(packaged.ConditionalCheckFailedException);
  });
});
