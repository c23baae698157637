import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

/** A server on 127.0.0.1 that answers GetObject as S3 does with what is in `objects` by key, and a client of it. */
export const startLocalBucket = async () => {
  const objects = new Map<string, Uint8Array>();
  const server = createServer(({ url = '' }, answer) => {
    const [, , ...path] = new URL(url, 'http://localhost').pathname.split('/');
    const object = objects.get(decodeURIComponent(path.join('/')));
    if (object === undefined) {
      answer.writeHead(404, { 'content-type': 'application/xml' });
      answer.end('<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>');
      return;
    }
    answer.writeHead(200, { 'content-length': object.length });
    answer.end(object);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    objects,
    client,
    stop: async (): Promise<void> => {
      client.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
