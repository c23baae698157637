import { describe, expect, it, onTestFinished } from 'vitest';
import { createUrlHeartbeat } from '../../functions/heartbeat.ts';
import { startLocalServer } from '../local-server.ts';

const serve = async (status: number) => {
  const server = await startLocalServer(() => ({ status, body: 'ok' }));
  onTestFinished(() => server.stop());
  return server;
};

describe('a heartbeat to an address', () => {
  it('asks for it, once', async () => {
    const server = await serve(200);
    await createUrlHeartbeat(async () => `${server.url}/ping/secret`)('looked');
    expect(server.received.map(({ path }) => path)).toEqual(['/ping/secret']);
  });

  it('that is refused is a failure, without the address, which is a secret', async () => {
    const server = await serve(404);
    await expect(createUrlHeartbeat(async () => `${server.url}/ping/secret`)('looked')).rejects.toThrow(
      /^the address of the heartbeat answered 404$/,
    );
  });

  it('that reaches nobody is a failure', async () => {
    const server = await startLocalServer(() => ({ status: 200, body: '' }));
    await server.stop();
    await expect(createUrlHeartbeat(async () => server.url)('looked')).rejects.toMatchObject({
      code: 'DESTINATION_RETRYABLE',
    });
  });

  it.each(['http://example.com/ping', 'ftp://example.com', 'no address'])(
    'goes nowhere but to https: %s',
    async (url) => {
      await expect(createUrlHeartbeat(async () => url)('looked')).rejects.toMatchObject({
        code: 'DESTINATION_NOT_CONFIGURED',
      });
    },
  );
});
