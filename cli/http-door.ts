import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Delivery } from '../engine/delivery.ts';
import { messageOf } from '../engine/errors.ts';
import { jsonLine } from './json-line.ts';
import { putEvents, putEventsTarget } from './put-events.ts';
import { readStream } from './read-inputs.ts';
import { readRecords } from './read-records.ts';

/** What the door does with a record that came through: ids of the findings it made, once they are out. */
export type Accept = (delivery: Delivery) => Promise<readonly string[]>;

export type Answer = { readonly status: number; readonly body: object };

const maxPutEventsBytes = 1024 * 1024;
/** Past this many, what cannot be read is only counted. */
const maxErrors = 50;

/** Opens a server on 127.0.0.1: PutEvents of any AWS SDK, or records and events in any envelope by POST. */
export const openDoor = async (port: number, accept: Accept): Promise<Server> => {
  const server = createServer(async (incoming, outgoing) => {
    send(incoming, outgoing, await answerOrFail(incoming, accept));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return server;
};

const isAws = ({ headers }: IncomingMessage): boolean => headers['x-amz-target'] !== undefined;

const answerOrFail = async (incoming: IncomingMessage, accept: Accept): Promise<Answer> => {
  try {
    return await answer(incoming, accept);
  } catch (error) {
    const message = messageOf(error);
    return { status: 500, body: isAws(incoming) ? { __type: 'InternalException', message } : { error: message } };
  }
};

const answer = async (incoming: IncomingMessage, accept: Accept): Promise<Answer> => {
  if (!isLocalCaller(incoming)) return { status: 403, body: { error: 'only programs on this machine may call' } };
  if (incoming.method === 'GET' && incoming.url === '/health') return { status: 200, body: { status: 'ok' } };
  if (incoming.method !== 'POST') {
    return { status: 405, body: { error: 'POST records or EventBridge events, or use PutEvents of an AWS SDK' } };
  }
  if (!isAws(incoming)) return answerRecords(incoming, accept);
  if (incoming.headers['x-amz-target'] === putEventsTarget) return answerPutEvents(incoming, accept);
  return {
    status: 400,
    body: { __type: 'UnknownOperationException', message: `only ${putEventsTarget} is spoken here` },
  };
};

/** A web page can make a browser post to 127.0.0.1, by name tricks even as same-origin; it cannot hide Origin and Host. */
const isLocalCaller = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? '');

const answerPutEvents = async (incoming: IncomingMessage, accept: Accept): Promise<Answer> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Left open where the body is too large: the answer still has to go out.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxPutEventsBytes) {
      return { status: 413, body: { __type: 'RequestEntityTooLargeException', message: 'more than 1 MB of entries' } };
    }
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    return { status: 400, body: { __type: 'SerializationException', message: `not JSON: ${messageOf(error)}` } };
  }
  return putEvents(body, accept);
};

const answerRecords = async (incoming: IncomingMessage, accept: Accept): Promise<Answer> => {
  const findings: string[] = [];
  const errors: string[] = [];
  let failed = 0;
  let records = 0;
  const fail = (place: string, error: unknown): void => {
    failed += 1;
    if (failed <= maxErrors) errors.push(`${place}: ${messageOf(error)}`);
  };
  for await (const item of readRecords(readStream(incoming, 'body'))) {
    if (item.kind === 'unreadable') fail(item.place, item.error);
    if (item.kind === 'skipped') fail(item.place, `no record: ${item.reason}`);
    if (item.kind !== 'delivery') continue;
    records += 1;
    try {
      findings.push(...(await accept(item.delivery)));
    } catch (error) {
      fail(item.place, error);
    }
  }
  if (failed > maxErrors) errors.push(`and ${failed - maxErrors} more`);
  return {
    status: records === 0 ? 400 : 200,
    body: { records, findings, ...(errors.length === 0 ? {} : { errors }) },
  };
};

const send = (incoming: IncomingMessage, outgoing: ServerResponse, { status, body }: Answer): void => {
  outgoing.writeHead(status, {
    'content-type': isAws(incoming) ? 'application/x-amz-json-1.1' : 'application/json',
    'x-amzn-requestid': randomUUID(),
    // What is left of a body that was refused is not read as the next request.
    ...(incoming.complete ? {} : { connection: 'close' }),
  });
  outgoing.end(`${jsonLine(body)}\n`);
};
