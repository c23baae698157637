import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  readonly path: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
};
export type Answer = { readonly status: number; readonly body: string; readonly headers?: Record<string, string> };

/** A server on a free port of 127.0.0.1 that keeps what it received and answers with `answer`, given the number of the request. */
export const startLocalServer = async (answer: (request: Received, number: number) => Answer) => {
  const received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const request = { path: incoming.url ?? '', headers: incoming.headers, body };
    received.push(request);
    const answered = answer(request, received.length);
    outgoing.writeHead(answered.status, answered.headers);
    outgoing.end(answered.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
