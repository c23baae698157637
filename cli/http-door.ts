import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Delivery } from '../engine/delivery.ts';
import { messageOf } from '../engine/errors.ts';
import { putEvents, putEventsTarget } from './put-events.ts';
import { readStream } from './read-inputs.ts';
import { readRecords } from './read-records.ts';

/** What the door does with what came through: ids of the findings it made. */
export type Accept = (deliveries: readonly Delivery[]) => Promise<readonly string[]>;

const maxPutEventsBytes = 1024 * 1024;

/** Opens a server on 127.0.0.1: PutEvents of any AWS SDK, or records and events in any envelope by POST. */
export const openDoor = async (port: number, accept: Accept): Promise<Server> => {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, accept).catch((error: unknown) => {
      send(outgoing, 500, { error: messageOf(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return server;
};

const answer = async (incoming: IncomingMessage, outgoing: ServerResponse, accept: Accept): Promise<void> => {
  if (!isLocalCaller(incoming)) return send(outgoing, 403, { error: 'only programs on this machine may call' });
  const target = incoming.headers['x-amz-target'];
  if (incoming.method === 'GET' && incoming.url === '/health') return send(outgoing, 200, { status: 'ok' });
  if (incoming.method !== 'POST') {
    return send(outgoing, 405, { error: 'POST records or EventBridge events, or use PutEvents of an AWS SDK' });
  }
  if (target === undefined) return answerRecords(incoming, outgoing, accept);
  if (target !== putEventsTarget) {
    return send(outgoing, 400, {
      __type: 'UnknownOperationException',
      message: `only ${putEventsTarget} is spoken here`,
    });
  }
  return answerPutEvents(incoming, outgoing, accept);
};

/** A web page can make a browser post to 127.0.0.1, by name tricks even as same-origin; it cannot hide Origin and Host. */
const isLocalCaller = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? '');

const answerPutEvents = async (incoming: IncomingMessage, outgoing: ServerResponse, accept: Accept): Promise<void> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxPutEventsBytes) {
      return send(outgoing, 413, { __type: 'RequestEntityTooLargeException', message: 'more than 1 MB of entries' });
    }
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    return send(outgoing, 400, { __type: 'SerializationException', message: `not JSON: ${messageOf(error)}` });
  }
  const result = putEvents(body);
  await accept(result.deliveries);
  send(outgoing, result.status, result.body, 'application/x-amz-json-1.1');
};

const answerRecords = async (incoming: IncomingMessage, outgoing: ServerResponse, accept: Accept): Promise<void> => {
  const findings: string[] = [];
  const errors: string[] = [];
  let records = 0;
  for await (const item of readRecords(readStream(incoming, 'body'))) {
    if (item.kind === 'unreadable') errors.push(`${item.place}: ${item.error.message}`);
    if (item.kind !== 'delivery') continue;
    records += 1;
    findings.push(...(await accept([item.delivery])));
  }
  if (records === 0 && errors.length === 0) errors.push('no record in it');
  send(outgoing, records === 0 ? 400 : 200, { records, findings, ...(errors.length === 0 ? {} : { errors }) });
};

const send = (outgoing: ServerResponse, status: number, body: object, type = 'application/json'): void => {
  if (outgoing.headersSent) return;
  outgoing.writeHead(status, { 'content-type': type });
  outgoing.end(`${JSON.stringify(body)}\n`);
};
