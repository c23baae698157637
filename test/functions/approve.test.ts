import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ApprovalRequest, digestOf, requestOf } from '../../engine/approval.ts';
import { causeOf } from '../../engine/stored-response.ts';
import { createLinkSigner } from '../../functions/approval-link.ts';
import { createApprovalStore } from '../../functions/approval-store.ts';
import { createApprove } from '../../functions/approve.ts';
import { createTelemetry } from '../../functions/log.ts';
import { exampleFinding } from '../example-finding.ts';
import { examplePlan } from '../example-plan.ts';
import { type Answer, startLocalServer } from '../local-server.ts';
import { startLocalTable } from '../local-table.ts';

const slackSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const linkSecret = 'a secret of forty characters or so, please';
const now = Date.UTC(2026, 9, 14, 12);
const url = 'https://approve.lambda-url.us-east-1.on.aws/';
const ann = { id: 'U0ANN', name: 'ann', team_id: 'T0TEAM' };

const plan = await examplePlan();
const request: ApprovalRequest = requestOf(plan, causeOf(exampleFinding({ title: 'Key <b>"made"</b> & used' })), {
  digest: digestOf(plan),
  reasons: ['the response runs with approval only'],
  expiresAt: now + 3_600_000,
  caller: {},
});

let table: Awaited<ReturnType<typeof startLocalTable>>;
let slack: Awaited<ReturnType<typeof startLocalServer>>;
let slackAnswers: Answer = { status: 200, body: 'ok' };
beforeAll(async () => {
  [table, slack] = await Promise.all([startLocalTable(), startLocalServer(() => slackAnswers)]);
});
afterAll(() => Promise.all([table.stop(), slack.stop()]));
beforeEach(() => {
  slackAnswers = { status: 200, body: 'ok' };
  slack.received.length = 0;
});

let asked = 0;
/** A plan that waits in the table, and the function in front of it. */
const start = async ({ time = now, connects = true } = {}) => {
  asked += 1;
  const commandUid = asked.toString(16).padStart(32, '0');
  const approvals = createApprovalStore(table.documents, table.tableName);
  await approvals.ask(commandUid, request);
  const handedOver: string[] = [];
  const telemetry = createTelemetry('approve');
  const warn = vi.spyOn(telemetry.logger, 'warn').mockImplementation(() => undefined);
  vi.spyOn(telemetry.logger, 'info').mockImplementation(() => undefined);
  vi.spyOn(telemetry.logger, 'error').mockImplementation(() => undefined);
  const approve = createApprove({
    slack: { approvers: ['T0TEAM/U0ANN', 'T0TEAM/U0BOB'], origin: slack.url },
    readSlackSecret: async () => slackSecret,
    readLinkSecret: async () => linkSecret,
    connect: async () => {
      if (!connects) throw new TypeError('nothing is looked up for this');
      return { approvals, handOver: async (id) => void handedOver.push(id) };
    },
    telemetry,
    now: () => time,
  });
  return {
    approve,
    commandUid,
    handedOver,
    decision: async () => (await approvals.load(commandUid))?.decision,
    /** What was recorded of refusals. */
    refusals: () => warn.mock.calls.map(([, about]) => (about as { readonly refused: string }).refused),
  };
};

type Change = {
  readonly user?: object;
  readonly action?: object;
  readonly payload?: object;
  readonly secret?: string;
  readonly signedAt?: number;
  readonly tamper?: (body: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The press of a button, as Slack posts it and Lambda hands it over. */
const press = (commandUid: string, change: Change = {}) => {
  const { user = {}, action = {}, payload = {}, secret = slackSecret, signedAt = now, tamper, headers = {} } = change;
  const json = {
    type: 'block_actions',
    user: { ...ann, ...user },
    team: { id: 'T0TEAM' },
    actions: [{ action_id: 'approve-response', value: `${commandUid}.${request.digest}`, ...action }],
    response_url: `${slack.url}/actions/T0TEAM/1/2`,
    ...payload,
  };
  const body = new URLSearchParams({ payload: JSON.stringify(json) }).toString();
  const timestamp = String(Math.floor(signedAt / 1_000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  return {
    rawQueryString: '',
    requestContext: { http: { method: 'POST', sourceIp: '198.51.100.7' } },
    headers: { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature, ...headers },
    body: Buffer.from(tamper === undefined ? body : tamper(body)).toString('base64'),
    isBase64Encoded: true,
  };
};

const told = () => slack.received.map(({ body }) => JSON.parse(body));

describe('a decision in Slack', () => {
  it.each([
    ['approve-response', 'approved', 'Approved'],
    ['reject-response', 'rejected', 'Rejected'],
  ])('%s is taken, handed over, and told in the message', async (action_id, is, says) => {
    const { approve, commandUid, handedOver, decision, refusals } = await start();
    const response = await approve(press(commandUid, { action: { action_id } }));
    expect(response).toMatchObject({ statusCode: 200, body: '' });
    expect(await decision()).toEqual({ is, by: 'ann (Slack T0TEAM/U0ANN)', at: now, digest: request.digest });
    expect(handedOver).toEqual([commandUid]);
    const [message] = told();
    expect(message.replace_original).toBe(true);
    expect(JSON.stringify(message)).toContain(says);
    expect(JSON.stringify(message)).toContain('<@U0ANN> at 2026-10-14 12:00:00 UTC');
    expect(JSON.stringify(message)).not.toContain('<b>');
    expect(refusals()).toEqual([]);
  });

  it('is taken once when it arrives 20 times at once', async () => {
    const { approve, commandUid, handedOver, decision, refusals } = await start();
    const presses = Array.from({ length: 20 }, (_, index) =>
      press(commandUid, { action: { action_id: index % 2 === 0 ? 'approve-response' : 'reject-response' } }),
    );
    const responses = await Promise.all(presses.map((event) => approve(event)));
    expect(responses.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    expect(handedOver).toEqual([commandUid]);
    expect(refusals()).toEqual(Array(19).fill('duplicate'));
    // Slack may show any of the answers last: all of them say the same.
    const taken = await decision();
    expect(new Set(told().map(({ text }) => text))).toEqual(
      new Set([expect.stringContaining(`it was ${taken?.is} by ann (Slack T0TEAM/U0ANN) at 2026-10-14 12:00:00 UTC`)]),
    );
  });

  it('stands when Slack does not take the answer', async () => {
    for (const answer of [
      { status: 500, body: 'no' },
      { status: 302, body: '', headers: { location: 'https://evil.example/' } },
    ]) {
      slackAnswers = answer;
      const { approve, commandUid, handedOver } = await start();
      expect(await approve(press(commandUid))).toMatchObject({ statusCode: 200 });
      expect(handedOver).toEqual([commandUid]);
    }
  });

  it('is not what a link button is, of which Slack tells too', async () => {
    const { approve, commandUid, decision, refusals } = await start({ connects: false });
    const event = press(commandUid, { action: { action_id: 'link-0', value: undefined } });
    expect(await approve(event)).toMatchObject({ statusCode: 200 });
    expect([await decision(), refusals(), told()]).toEqual([undefined, [], []]);
  });

  it('may take the text of the body as it is', async () => {
    const { approve, commandUid, handedOver } = await start();
    const event = press(commandUid);
    const body = Buffer.from(event.body, 'base64').toString('utf8');
    await approve({ ...event, body, isBase64Encoded: false });
    expect(handedOver).toEqual([commandUid]);
  });

  const minutes = (count: number) => now + count * 60_000;
  it.each<[string, Change, number, string]>([
    ['signed with another secret', { secret: 'guess' }, 401, 'forged'],
    ['without a signature', { headers: { 'x-slack-signature': '' } }, 401, 'forged'],
    ['with half a signature', { headers: { 'x-slack-signature': 'v0=abcd' } }, 401, 'forged'],
    [
      'with the signature of another version',
      { headers: { 'x-slack-signature': `v1=${'0'.repeat(64)}` } },
      401,
      'forged',
    ],
    ['without a timestamp', { headers: { 'x-slack-request-timestamp': '' } }, 401, 'forged'],
    ['with a timestamp that was not signed', { headers: { 'x-slack-request-timestamp': '1' } }, 401, 'forged'],
    ['with a timestamp that is none', { headers: { 'x-slack-request-timestamp': '1e3' } }, 401, 'forged'],
    ['with another body than was signed', { tamper: (body) => body.replace('U0ANN', 'U0BOB') }, 401, 'forged'],
    ['with something behind the body', { tamper: (body) => `${body}&payload=%7B%7D` }, 401, 'forged'],
    ['recorded and sent again six minutes later', { signedAt: minutes(-6) }, 401, 'stale'],
    ['from six minutes ahead', { signedAt: minutes(6) }, 401, 'stale'],
    ['that is no press of a button', { payload: { type: 'view_submission' } }, 400, 'unreadable'],
    ['of two buttons at once', { payload: { actions: [{}, {}] } }, 400, 'unreadable'],
    ['of a button that names no plan', { action: { value: 'all' } }, 400, 'unreadable'],
    ['whose answer would go elsewhere', { payload: { response_url: 'https://evil.example/' } }, 400, 'unreadable'],
    [
      'whose answer would go to a look-alike',
      { payload: { response_url: 'https://hooks.slack.com.evil.example/' } },
      400,
      'unreadable',
    ],
    ['whose answer has no address', { payload: { response_url: 'somewhere' } }, 400, 'unreadable'],
  ])('%s is refused, recorded, and looks nothing up', async (_, change, statusCode, refused) => {
    const { approve, commandUid, handedOver, decision, refusals } = await start({ connects: false });
    expect(await approve(press(commandUid, change))).toMatchObject({ statusCode, body: '' });
    expect(refusals()).toEqual([refused]);
    expect([await decision(), handedOver, told()]).toEqual([undefined, [], []]);
  });

  it.each<[string, object]>([
    ['somebody who is not among the approvers', { id: 'U0EVE' }],
    ['an approver of another workspace', { team_id: 'T0OTHER' }],
  ])('of %s is refused, recorded, and told to nobody else', async (_, user) => {
    const { approve, commandUid, decision, handedOver, refusals } = await start({ connects: false });
    expect(await approve(press(commandUid, { user }))).toMatchObject({ statusCode: 200 });
    expect(refusals()).toEqual(['unauthorised']);
    expect([await decision(), handedOver]).toEqual([undefined, []]);
    expect(told()).toMatchObject([{ response_type: 'ephemeral', replace_original: false }]);
  });

  it('on another plan than was shown is refused', async () => {
    const { approve, commandUid, decision, refusals } = await start();
    await approve(press(commandUid, { action: { value: `${commandUid}.${'f'.repeat(64)}` } }));
    expect([await decision(), refusals()]).toEqual([undefined, ['tampered']]);
    expect(told()).toMatchObject([{ text: 'Your decision was not taken: the plan is not the one that was shown.' }]);
  });

  it('on a plan that does not wait is refused', async () => {
    const { approve, refusals } = await start();
    await approve(press('f'.repeat(32)));
    expect(refusals()).toEqual(['unknown']);
  });

  it('that comes when the time is over is refused', async () => {
    const late = request.expiresAt;
    const { approve, commandUid, decision, refusals } = await start({ time: late });
    await approve(press(commandUid, { signedAt: late }));
    expect([await decision(), refusals()]).toEqual([undefined, ['late']]);
  });

  it('after another is refused, and says what was decided; the same request again, too', async () => {
    const { approve, commandUid, handedOver, refusals } = await start();
    const event = press(commandUid);
    await approve(event);
    await approve(event);
    await approve(press(commandUid, { user: { id: 'U0BOB', name: 'bob' }, action: { action_id: 'reject-response' } }));
    expect(refusals()).toEqual(['duplicate', 'duplicate']);
    expect(handedOver).toEqual([commandUid]);
    const [first, again, byBob] = told();
    expect(again).toEqual(first);
    expect(byBob).toMatchObject({
      replace_original: true,
      text: expect.stringContaining('it was approved by ann (Slack T0TEAM/U0ANN) at 2026-10-14 12:00:00 UTC'),
    });
    expect(JSON.stringify(byBob)).toContain('<@U0BOB> pressed a button after that, which decided nothing');
  });

  it.each([
    ['approved', 'somebody with the link of the e-mail, from 198.51.100.7', 'Approved'],
    ['rejected', 'arn:aws:iam::111122223333:user/<!channel>, by invoking trailwire-remediate', 'Rejected'],
    ['expired', 'nobody', 'Given up'],
  ] as const)('on buttons that were left over when it was %s another way takes them away', async (is, by, says) => {
    const { approve, commandUid, handedOver, decision } = await start();
    const { digest } = request;
    await createApprovalStore(table.documents, table.tableName).decide(commandUid, {
      is,
      by,
      at: now - 60_000,
      digest,
    });
    expect(await approve(press(commandUid))).toMatchObject({ statusCode: 200 });
    expect([handedOver, (await decision())?.is]).toEqual([[], is]);
    const [message] = told();
    expect(message.replace_original).toBe(true);
    expect(message.blocks.map(({ type }: { readonly type: string }) => type)).not.toContain('actions');
    const shown = JSON.stringify(message);
    expect(shown).toContain(says);
    expect(shown).toContain('2026-10-14 11:59:00 UTC');
    expect(shown).not.toContain('<!channel>');
  });

  it('of somebody who may not decide leaves the buttons for those who may', async () => {
    const { approve, commandUid, refusals } = await start();
    await approve(press(commandUid, { user: { id: 'U0EVE' } }));
    expect(refusals()).toEqual(['unauthorised']);
    expect(told()).toMatchObject([{ replace_original: false, response_type: 'ephemeral' }]);
  });
});

describe('a decision by the link of an e-mail', () => {
  const sign = createLinkSigner(url, async () => linkSecret);
  const tokenOf = async (commandUid: string, change: object = {}): Promise<string> => {
    const { digest, expiresAt } = request;
    return new URL(await sign({ commandUid, digest, expiresAt, ...change })).searchParams.get('token') ?? '';
  };
  const browse = (method: string, form: Readonly<Record<string, string>>) => {
    const text = new URLSearchParams(form).toString();
    return {
      rawQueryString: method === 'POST' ? '' : text,
      requestContext: { http: { method, sourceIp: '198.51.100.7' } },
      headers: { host: 'approve.lambda-url.us-east-1.on.aws' },
      ...(method === 'POST' ? { body: text } : {}),
      isBase64Encoded: false,
    };
  };

  it('begins with a page that shows what would be done, and decides nothing however often it is opened', async () => {
    const { approve, commandUid, decision, handedOver } = await start();
    const token = await tokenOf(commandUid);
    await approve(browse('GET', { token }));
    const { statusCode, headers, body } = await approve(browse('GET', { token }));
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(body).toContain('iam:UpdateAccessKey');
    expect(body).toContain('Key &lt;b&gt;&quot;made&quot;&lt;/b&gt; &amp; used');
    expect(body).not.toContain('<b>');
    expect(body).toContain(`<input type="hidden" name="token" value="${token}">`);
    expect([await decision(), handedOver]).toEqual([undefined, []]);
  });

  it.each(['approved', 'rejected'])('is taken with the form: %s', async (is) => {
    const { approve, commandUid, decision, handedOver } = await start();
    const token = await tokenOf(commandUid);
    expect(await approve(browse('POST', { token, decision: is }))).toMatchObject({
      statusCode: 200,
      body: expect.stringContaining(`was ${is}`),
    });
    expect(await decision()).toMatchObject({ is, by: 'somebody with the link of the e-mail, from 198.51.100.7' });
    expect(handedOver).toEqual([commandUid]);
  });

  it('works once: after that the link says what was decided', async () => {
    const { approve, commandUid, handedOver, refusals } = await start();
    const token = await tokenOf(commandUid);
    await approve(browse('POST', { token, decision: 'rejected' }));
    expect(await approve(browse('POST', { token, decision: 'approved' }))).toMatchObject({ statusCode: 409 });
    expect(await approve(browse('GET', { token }))).toMatchObject({
      body: expect.stringContaining('It was rejected by somebody with the link of the e-mail, from 198.51.100.7'),
    });
    expect([handedOver, refusals()]).toEqual([[commandUid], ['duplicate']]);
  });

  it.each<[string, (commandUid: string) => Promise<string>, string]>([
    ['without a token', async () => '', 'forged'],
    ['with a token that is none', async () => '../../etc/passwd', 'forged'],
    ['for another plan than was signed', async (id) => (await tokenOf(id)).replace(id, 'e'.repeat(32)), 'forged'],
    [
      'for longer than was signed',
      async (id) => (await tokenOf(id)).replace(String(request.expiresAt), '9999999999999'),
      'forged',
    ],
    [
      'for other content than was signed',
      async (id) => (await tokenOf(id)).replace(request.digest, 'f'.repeat(64)),
      'forged',
    ],
    [
      'signed with another secret',
      async (commandUid) => {
        const { digest, expiresAt } = request;
        const link = await createLinkSigner(url, async () => 'x'.repeat(40))({ commandUid, digest, expiresAt });
        return new URL(link).searchParams.get('token') ?? '';
      },
      'forged',
    ],
    ['whose time is over', (id) => tokenOf(id, { expiresAt: now }), 'late'],
  ])('%s is refused, recorded, and shows nothing', async (_, make, refused) => {
    const { approve, commandUid, decision, handedOver, refusals } = await start({ connects: false });
    const token = await make(commandUid);
    for (const method of ['GET', 'POST']) {
      const { statusCode, body } = await approve(browse(method, { token, decision: 'approved' }));
      expect(statusCode).toBe(403);
      expect(body).not.toContain('deactivate-access-key');
    }
    expect(refusals()).toEqual([refused, refused]);
    expect([await decision(), handedOver]).toEqual([undefined, []]);
  });

  it('that does not say what is decided is refused', async () => {
    const { approve, commandUid, decision, refusals } = await start();
    const token = await tokenOf(commandUid);
    expect(await approve(browse('POST', { token, decision: 'expired' }))).toMatchObject({ statusCode: 400 });
    expect([await decision(), refusals()]).toEqual([undefined, ['unreadable']]);
  });

  it('on a plan whose content is another than was signed is refused', async () => {
    const { approve, commandUid, decision, refusals } = await start();
    const token = await tokenOf(commandUid, { digest: 'f'.repeat(64) });
    expect(await approve(browse('POST', { token, decision: 'approved' }))).toMatchObject({ statusCode: 409 });
    expect([await decision(), refusals()]).toEqual([undefined, ['tampered']]);
  });

  it('is made with a secret that cannot be guessed, or not at all', async () => {
    const { digest, expiresAt } = request;
    const short = createLinkSigner(url, async () => 'short');
    await expect(short({ commandUid: '0'.repeat(32), digest, expiresAt })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS'])('is not made with %s', async (method) => {
    const { approve, commandUid, decision } = await start({ connects: false });
    const token = await tokenOf(commandUid);
    expect(await approve(browse(method, { token, decision: 'approved' }))).toMatchObject({ statusCode: 405 });
    expect(await decision()).toBeUndefined();
  });
});

describe('the function in front of decisions', () => {
  it('knows only the ways that are set up', async () => {
    const { commandUid } = await start();
    const approve = createApprove({
      slack: { approvers: [], origin: slack.url },
      readSlackSecret: undefined,
      readLinkSecret: undefined,
      connect: async () => {
        throw new TypeError('nothing is looked up for this');
      },
      telemetry: createTelemetry('approve'),
      now: () => now,
    });
    expect(await approve(press(commandUid))).toMatchObject({ statusCode: 404 });
    expect(await approve({ ...press(commandUid), headers: {} })).toMatchObject({ statusCode: 404 });
  });

  it('throws when a decision cannot be handed over; it stands, and the next look at the plan finds it', async () => {
    const { commandUid, decision } = await start();
    const approve = createApprove({
      slack: { approvers: ['T0TEAM/U0ANN'], origin: slack.url },
      readSlackSecret: async () => slackSecret,
      readLinkSecret: undefined,
      connect: async () => ({
        approvals: createApprovalStore(table.documents, table.tableName),
        handOver: async () => {
          throw new Error('the queue is away');
        },
      }),
      telemetry: createTelemetry('approve'),
      now: () => now,
    });
    await expect(approve(press(commandUid))).rejects.toThrow('the queue is away');
    expect(await decision()).toMatchObject({ is: 'approved' });
    expect(told()).toEqual([]);
  });

  it('throws for what is no request of its URL', async () => {
    const { approve } = await start();
    await expect(approve({ undo: '0'.repeat(32) })).rejects.toThrow();
    await expect(approve({ Records: [] })).rejects.toThrow();
  });
});
