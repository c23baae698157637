import { DestinationError, messageOf } from '../engine/errors.ts';

/** Tells somebody outside that the look was taken, and everything told that was to be told; `says` is that in words. */
export type Heartbeat = (says: string) => Promise<void>;

const timeoutMs = 10_000;

/** Asks for an address of https, as services do that raise an alarm when it stays out. The address is a secret. */
export const createUrlHeartbeat =
  (readUrl: () => Promise<string>): Heartbeat =>
  async () => {
    const url = parseUrl(await readUrl());
    const response = await ask(url);
    if (!response.ok) {
      throw new DestinationError('DESTINATION_RETRYABLE', `the address of the heartbeat answered ${response.status}`);
    }
  };

const ask = async (url: URL): Promise<Response> => {
  try {
    return await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const message = `the address of the heartbeat could not be reached: ${messageOf(error)}`;
    throw new DestinationError('DESTINATION_RETRYABLE', message);
  }
};

const parseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && url.hostname === '127.0.0.1';
  if (url === undefined || (url.protocol !== 'https:' && !isLocal)) {
    throw new DestinationError('DESTINATION_NOT_CONFIGURED', 'the address of the heartbeat is not an https address');
  }
  return url;
};
