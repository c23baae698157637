import { afterEach, describe, expect, it, vi } from 'vitest';
import { createExecutor } from '../../account/execute.ts';
import { startLocalServer } from '../local-server.ts';

const finding = '0123456789abcdef0123456789abcdef';
const snapshot = (volume: string, status: string): string =>
  `<item><snapshotId>snap-0a1b2c3d</snapshotId><volumeId>${volume}</volumeId><status>${status}</status></item>`;

describe('snapshots taken for a finding', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('are those with its tag, of this account, begun or complete; one that failed is none', async () => {
    const body = `<DescribeSnapshotsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><snapshotSet>${[
      snapshot('vol-0a1b2c3d', 'pending'),
      snapshot('vol-0a1b2c3e', 'completed'),
      snapshot('vol-0a1b2c3f', 'error'),
    ].join('')}</snapshotSet></DescribeSnapshotsResponse>`;
    const ec2 = await startLocalServer(() => ({ status: 200, body, headers: { 'content-type': 'text/xml' } }));
    const here = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    for (const [name, value] of Object.entries({ ...here, AWS_ENDPOINT_URL_EC2: ec2.url })) vi.stubEnv(name, value);
    const state = await createExecutor().read({ action: 'ec2:DescribeSnapshots', parameters: { Finding: finding } });
    await ec2.stop();
    expect(state).toEqual({ 'vol-0a1b2c3d': true, 'vol-0a1b2c3e': true });
    expect(Object.fromEntries(new URLSearchParams(ec2.received[0]?.body))).toMatchObject({
      'Owner.1': 'self',
      'Filter.1.Name': 'tag:trailwire:finding',
      'Filter.1.Value.1': finding,
    });
  });
});
