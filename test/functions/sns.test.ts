import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Alert, alertOfFinding } from '../../engine/alert.ts';
import { createLinkSigner } from '../../functions/approval-link.ts';
import { createSnsDestination } from '../../functions/destinations/sns.ts';
import { exampleFinding } from '../example-finding.ts';
import { startLocalServer } from '../local-server.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:trailwire-alerts';
const approval = { commandUid: '0'.repeat(32), digest: 'f'.repeat(64), expiresAt: 1_800_000_000_000 };

describe('an e-mail about a response that waits', () => {
  let server: Awaited<ReturnType<typeof startLocalServer>>;
  let client: SNSClient;
  beforeAll(async () => {
    const body = '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
    server = await startLocalServer(() => ({ status: 200, body, headers: { 'content-type': 'text/xml' } }));
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    client = new SNSClient({ endpoint: server.url, region: 'us-east-1', credentials });
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.received.length = 0;
  });

  const sign = createLinkSigner('https://approve.example/', async () => 'a secret of forty characters or so, please');
  const send = async (alert: Alert, linkOf?: typeof sign): Promise<Readonly<Record<string, string>>> => {
    await createSnsDestination(topic, linkOf, client).send(alert);
    const message = new URLSearchParams(server.received[0]?.body).get('Message');
    return JSON.parse(message ?? '{}');
  };
  const waiting: Alert = { ...alertOfFinding(exampleFinding()), approval, next: 'To approve it: aws lambda invoke' };

  it('has the link that decides, and nothing else that is sent has it', async () => {
    const { email = '', ...others } = await send(waiting, sign);
    expect(email).toContain(`To approve or reject: ${await sign(approval)}`);
    expect(email).toContain('To approve it: aws lambda invoke');
    expect(Object.keys(others).sort()).toEqual(['default', 'http', 'https', 'lambda', 'sqs']);
    expect(JSON.stringify(others)).not.toContain('approve.example');
  });

  it('has none where no secret signs it, nor where nothing waits', async () => {
    expect((await send(waiting)).email).not.toContain('approve.example');
    server.received.length = 0;
    expect((await send({ ...waiting, approval: undefined }, sign)).email).not.toContain('approve.example');
  });
});
