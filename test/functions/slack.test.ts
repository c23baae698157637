import { afterEach, describe, expect, it } from 'vitest';
import { type Alert, alertOfFinding } from '../../engine/alert.ts';
import { createSlackDestination, escapeSlack, renderSlackMessage } from '../../functions/destinations/slack.ts';
import { exampleFinding } from '../example-finding.ts';
import { exampleRecord } from '../example-records.ts';
import { type Answer, startLocalServer } from '../local-server.ts';

type Block = {
  readonly type: string;
  readonly text?: { readonly text: string; readonly type: string };
  readonly fields?: readonly { readonly text: string }[];
  readonly elements?: readonly { readonly url?: string; readonly text?: unknown }[];
};

const alertWith = (change: Partial<Alert> = {}): Alert => ({ ...alertOfFinding(exampleFinding()), ...change });
const blocksOf = (alert: Alert) => renderSlackMessage(alert).blocks as readonly Block[];

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const startSlack = async (answer: Answer) => {
  const server = await startLocalServer(() => answer);
  stops.push(server.stop);
  return { ...server, slack: createSlackDestination(async () => `${server.url}/services/T000/B000/secret`) };
};

describe('a Slack message', () => {
  it('says what happened, who, from where, to what, why, and what to do next', () => {
    const text = JSON.stringify(blocksOf(alertWith({ why: ['errorCode is missing'] })));
    for (const part of [
      'HIGH: Access key created for another user',
      'created an access key for bob',
      'ann (IAM user)',
      '198.51.100.23',
      'AKIAI44QH8DHBEXAMPLE (AWS::IAM::AccessKey)',
      '111122223333, us-east-1',
      'errorCode is missing',
      'Deactivate the key.',
      'https://us-east-1.console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/00000000-0000-4000-8000-0000000000ee',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('takes the meaning out of control sequences that attackers write', () => {
    expect(escapeSlack('<!channel> & <https://evil.example|docs>')).toBe(
      '&lt;!channel&gt; &amp; &lt;https://evil.example|docs&gt;',
    );
    const record = exampleRecord({
      userAgent: '<!channel> `*bold*` <https://evil.example|AWS>',
      requestParameters: { userName: '<!here> <@U123>' },
    });
    const message = renderSlackMessage(alertOfFinding(exampleFinding({}, record)));
    const mrkdwn = (message.blocks as readonly Block[]).flatMap((block) => [
      ...(block.text?.type === 'mrkdwn' ? [block.text.text] : []),
      ...(block.fields ?? []).map(({ text }) => text),
    ]);
    for (const text of [message.text, ...mrkdwn]) expect(text).not.toMatch(/<[!@h]/);
    const from = mrkdwn.find((text) => text.startsWith('*From*')) ?? '';
    expect(from.match(/`/g)).toHaveLength(2);
  });

  describe('of a response that waits', () => {
    const approval = { commandUid: '0'.repeat(32), digest: 'f'.repeat(64), expiresAt: 0 };
    const buttonsOf = (alert: Alert, hasButtons: boolean) =>
      (renderSlackMessage(alert, hasButtons).blocks as readonly Block[]).flatMap(({ elements = [] }) =>
        elements.filter((element) => 'value' in element),
      );

    it('has buttons that name the plan, and asks again before it approves', () => {
      const value = `${approval.commandUid}.${approval.digest}`;
      expect(buttonsOf(alertWith({ approval }), true)).toMatchObject([
        { action_id: 'approve-response', value, confirm: { confirm: { text: 'Approve' } } },
        { action_id: 'reject-response', value },
      ]);
    });

    it('has none where Slack cannot be answered, nor where nothing waits', () => {
      expect(buttonsOf(alertWith({ approval }), false)).toEqual([]);
      expect(buttonsOf(alertWith(), true)).toEqual([]);
    });

    it('keeps them however long the rest is', () => {
      const long = 'x'.repeat(20_000);
      const facts = Array.from({ length: 10 }, () => ({ label: 'Label', value: long }));
      const alert = alertWith({ approval, title: long, message: long, next: long, facts });
      expect(buttonsOf(alert, true)).toHaveLength(2);
      expect(JSON.stringify(renderSlackMessage(alert, true).blocks).length).toBeLessThanOrEqual(12_000);
    });
  });

  it('keeps within the limits of Block Kit however long the fields are', () => {
    const long = 'x'.repeat(20_000);
    const alert = alertWith({
      title: long,
      message: long,
      next: long,
      why: Array.from({ length: 40 }, () => long),
      done: [long],
      facts: Array.from({ length: 30 }, () => ({ label: 'Label', value: long })),
      links: Array.from({ length: 30 }, () => ({ label: long, url: `https://example.com/${long}` })),
    });
    const blocks = blocksOf(alert);
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(12_000);
    for (const block of blocks) {
      expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3_000);
      expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
      for (const { text } of block.fields ?? []) expect(text.length).toBeLessThanOrEqual(2_000);
      for (const { url } of block.elements ?? []) expect(url?.length ?? 0).toBeLessThanOrEqual(3_000);
    }
    expect(blocks.at(-1)?.type).toBe('context');
  });
});

describe('the Slack destination', () => {
  it('posts the message with a plain fallback and without unfurling links', async () => {
    const { slack, received } = await startSlack({ status: 200, body: 'ok' });
    await slack.send(alertWith());
    const body = JSON.parse(received[0]?.body ?? '');
    expect(body).toMatchObject({ unfurl_links: false, unfurl_media: false });
    expect(body.text).toContain('Access key created for another user');
    expect(body.blocks.length).toBeGreaterThan(3);
  });

  it.each([
    [
      { status: 429, body: 'rate_limited', headers: { 'retry-after': '7' } },
      'DESTINATION_RETRYABLE',
      'retry after 7 s',
    ],
    [{ status: 500, body: 'rollup_error' }, 'DESTINATION_RETRYABLE', '500 rollup_error'],
    [{ status: 404, body: 'no_service' }, 'DESTINATION_REFUSED', '404 no_service'],
    [{ status: 400, body: 'invalid_payload' }, 'DESTINATION_REFUSED', '400 invalid_payload'],
    [
      { status: 302, body: '', headers: { location: 'https://evil.example/' } },
      'DESTINATION_RETRYABLE',
      'could not be reached',
    ],
  ] as const)('%j is %s', async (answer, code, says) => {
    const { slack } = await startSlack(answer);
    await expect(slack.send(alertWith())).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
  });

  it('keeps the address of the webhook, which is a secret, out of its errors', async () => {
    const { slack } = await startSlack({ status: 404, body: 'no_service' });
    await expect(slack.send(alertWith())).rejects.not.toThrow(/services|secret/);
  });

  it('refuses an address that is not https', async () => {
    const slack = createSlackDestination(async () => 'http://hooks.example.com/services/x');
    await expect(slack.send(alertWith())).rejects.toMatchObject({ code: 'DESTINATION_NOT_CONFIGURED' });
  });
});
