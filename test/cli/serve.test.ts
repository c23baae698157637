import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ServeOptions, serve } from '../../cli/serve.ts';
import { identities, exampleRecord as record } from '../example-records.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const stopLogging = (fields: object = {}) =>
  record({
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'main' },
    responseElements: null,
    ...fields,
  });
const numbered = (number: number) =>
  stopLogging({ eventID: `event-${number}`, requestParameters: { name: `trail-${number}` } });
const quiet = record({ eventName: 'ListUsers', eventID: 'quiet', requestParameters: null, responseElements: null });
const titles = (lines: readonly string[]) => lines.filter((line) => /^[A-Z]{3,} +\S/.test(line));
const trailStopped = 'CRITICAL  CloudTrail trail stopped';

type Body = {
  readonly records: number;
  readonly findings: readonly string[];
  readonly errors?: readonly string[];
  readonly __type?: string;
  readonly message?: string;
};

/** One rule with all it needs, which one finding and one response come of. */
const createRules = (): string => {
  const rules = join(temporaryFolder(), 'rules');
  for (const part of ['conditions', 'lists', 'fixtures/cloudtrail']) {
    cpSync(join('rules', part), join(rules, part), { recursive: true });
  }
  for (const ending of ['json', 'test.json']) {
    const file = `cloudtrail/cloudtrail-trail-stopped.${ending}`;
    cpSync(join('rules', file), join(rules, file));
  }
  return rules;
};

/** `serve` in this process, on a free port, with state and alerts in a folder of its own. */
const startServe = async (options: Partial<ServeOptions> = {}) => {
  const folder = temporaryFolder();
  const terminal = createTerminal();
  const stop = new AbortController();
  const alerts = join(folder, 'alerts.jsonl');
  const running = serve(
    { rules: createRules(), port: 0, state: ':memory:', alerts, minSeverity: 'medium', once: false, ...options },
    terminal.io,
    stop.signal,
  );
  let url = '';
  await Promise.race([
    running,
    vi.waitFor(() => {
      url = /http:\/\/127\.0\.0\.1:\d+/.exec(terminal.err.join('\n'))?.[0] ?? '';
      expect(url).not.toBe('');
    }, 10_000),
  ]);
  const end = (): Promise<number> => {
    stop.abort();
    return running;
  };
  onTestFinished(async () => {
    await end();
  });
  const post = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { method: 'POST', body, headers });
    return { status: response.status, body: (await response.json()) as Body };
  };
  const readAlerts = () =>
    readFileSync(options.alerts ?? alerts, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return { ...terminal, url, post, end, readAlerts, folder, alerts: options.alerts ?? alerts };
};

/** A request with headers that `fetch` would not send. */
const rawRequest = async (url: string, headers: Record<string, string>, body: string, method = 'POST') => {
  const { port } = new URL(url);
  const outgoing = request({ host: '127.0.0.1', port, method, headers });
  outgoing.on('error', () => undefined);
  outgoing.end(body);
  const [incoming] = await once(outgoing, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return { status: incoming.statusCode, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
};

const clientOf = (endpoint: string): EventBridgeClient => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new EventBridgeClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
};
const entry = (detail: unknown, fields: object = {}) => ({
  Source: 'aws.cloudtrail',
  DetailType: 'AWS API Call via CloudTrail',
  Detail: typeof detail === 'string' ? detail : JSON.stringify(detail),
  ...fields,
});

describe('PutEvents of an AWS SDK', () => {
  it('gives a finding and an alert, and answers once they are out', async () => {
    const { url, out, readAlerts } = await startServe();
    const answer = await clientOf(url).send(new PutEventsCommand({ Entries: [entry(stopLogging())] }));
    expect(answer.FailedEntryCount).toBe(0);
    expect(answer.Entries).toEqual([{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(out[0]).toBe(trailStopped);
    expect(readAlerts()[0]).toMatchObject({ kind: 'finding', rule: 'cloudtrail-trail-stopped', severity: 'critical' });
  });

  it('answers each entry by itself, in order', async () => {
    const { url, out } = await startServe();
    const { FailedEntryCount, Entries } = await clientOf(url).send(
      new PutEventsCommand({
        Entries: [
          entry(numbered(1)),
          entry('{"eventSource":'),
          entry({ hello: 'world' }),
          entry(stopLogging(), { DetailType: 'Order placed' }),
          entry(stopLogging(), { Source: undefined }),
          entry(quiet),
          entry(numbered(2)),
        ],
      }),
    );
    expect(FailedEntryCount).toBe(4);
    expect(Entries?.map(({ EventId, ErrorCode }) => ErrorCode ?? typeof EventId)).toEqual([
      'string',
      'MalformedDetail',
      'NotCloudTrail',
      'NotCloudTrail',
      'InvalidArgument',
      'string',
      'string',
    ]);
    expect(Entries?.[2]?.ErrorMessage).toContain('not a CloudTrail record');
    expect(Entries?.[3]?.ErrorMessage).toContain('"Order placed"');
    expect(Entries?.[3]?.ErrorMessage).toContain('AWS API Call via CloudTrail');
    expect(Entries?.[4]?.ErrorMessage).toContain('Source');
    expect(titles(out).filter((line) => line === trailStopped)).toHaveLength(2);
  });

  it.each([
    ['no entries', { Entries: [] }],
    ['eleven entries', { Entries: Array.from({ length: 11 }, () => entry(quiet)) }],
    ['a list', []],
  ])('refuses %s as a whole', async (_, body) => {
    const { post } = await startServe();
    const answer = await post(JSON.stringify(body), { 'x-amz-target': 'AWSEvents.PutEvents' });
    expect(answer).toMatchObject({ status: 400, body: { __type: 'ValidationException' } });
    expect(answer.body.message).toMatch(/^(?:Entries: |Invalid input)/);
  });

  it('refuses a body that is not JSON', async () => {
    const { post } = await startServe();
    const answer = await post('Entries=1', { 'x-amz-target': 'AWSEvents.PutEvents' });
    expect(answer).toMatchObject({ status: 400, body: { __type: 'SerializationException' } });
  });

  it('refuses more than 1 MB, and goes on', async () => {
    const { url, post } = await startServe();
    const big = JSON.stringify({ Entries: [entry('x'.repeat(3_000_000))] });
    const answer = await rawRequest(url, { 'x-amz-target': 'AWSEvents.PutEvents' }, big);
    expect(answer).toMatchObject({ status: 413, body: { __type: 'RequestEntityTooLargeException' } });
    expect((await post(JSON.stringify(stopLogging()))).status).toBe(200);
  });

  it('names the operation it knows when asked for another', async () => {
    const { post } = await startServe();
    const answer = await post('{}', { 'x-amz-target': 'AWSEvents.ListRules' });
    expect(answer).toEqual({
      status: 400,
      body: { __type: 'UnknownOperationException', message: 'only AWSEvents.PutEvents is spoken here' },
    });
  });
});

describe('records by POST', () => {
  const event = {
    id: '1',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.cloudtrail',
    account: '111122223333',
    region: 'us-east-1',
    detail: stopLogging(),
  };
  const text = JSON.stringify(stopLogging());
  const logs = { logGroup: 'trail', logEvents: [{ id: '1', timestamp: 1, message: text }] };
  it.each([
    ['a record', text],
    ['a pretty-printed record', JSON.stringify(stopLogging(), null, 2)],
    ['a log file', JSON.stringify({ Records: [stopLogging()] })],
    ['a gzipped log file', new Uint8Array(gzipSync(JSON.stringify({ Records: [stopLogging()] })))],
    ['an EventBridge event', JSON.stringify(event)],
    ['LookupEvents output', JSON.stringify({ Events: [{ CloudTrailEvent: text }] })],
    [
      'a CloudWatch Logs payload',
      JSON.stringify({ awslogs: { data: gzipSync(JSON.stringify(logs)).toString('base64') } }),
    ],
    ['lines', `${JSON.stringify(event)}\n`],
  ])('are taken as %s, and the answer names the finding', async (_, body) => {
    const { post, out, readAlerts } = await startServe();
    const answer = await post(body);
    expect(answer).toEqual({ status: 200, body: { records: 1, findings: [expect.stringMatching(/^[0-9a-f]{32}$/)] } });
    expect(titles(out)[0]).toBe(trailStopped);
    expect(readAlerts()[0].id).toBe(answer.body.findings[0]);
  });

  it('are told from what is none: each is named, and the rest counts', async () => {
    const { post } = await startServe();
    const answer = await post(`${text}\nnot json\n{"hello":"world"}\n`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ records: 1, findings: [expect.any(String)] });
    expect(answer.body.errors).toEqual([
      expect.stringMatching(/^body:2: not JSON/),
      'body:3: JSON that is not from CloudTrail (keys "hello")',
    ]);
  });

  it.each([
    ['nothing', '', 'body: empty'],
    ['text', 'hello', /^body: not JSON/],
    ['half a record', text.slice(0, 100), /^body: not JSON/],
    ['JSON of another kind', '{"orders":[]}', 'body:1: JSON that is not from CloudTrail (keys "orders")'],
    ['an event of another kind', JSON.stringify({ ...event, 'detail-type': 'Order placed' }), /"Order placed"/],
  ])('are not %s: 400 with the reason', async (_, body, reason) => {
    const { post, out } = await startServe();
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, body: { records: 0, findings: [] } });
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors?.[0]).toMatch(reason);
    expect(out).toEqual([]);
  });

  it('name fifty errors and count the others', async () => {
    const { post } = await startServe();
    const { body } = await post(`${text}\n${'not json\n'.repeat(80)}`);
    expect(body.errors).toHaveLength(51);
    expect(body.errors?.at(-1)).toBe('and 30 more');
  });

  it('that come twice, or at the same time, are one finding', async () => {
    const { post, out } = await startServe();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(text)));
    expect(answers.flatMap(({ body }) => body.findings)).toHaveLength(1);
    expect(titles(out).filter((line) => line === trailStopped)).toHaveLength(1);
  });

  it('at the same time are each answered with their own findings, and alerts do not mix', async () => {
    const { post, out, readAlerts } = await startServe();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, number) => post(JSON.stringify(numbered(number)))),
    );
    for (const [number, { body }] of answers.entries()) {
      const [id, ...others] = body.findings;
      expect(others).toEqual([]);
      const alert = readAlerts().find((each) => each.kind === 'finding' && each.id === id);
      expect(alert.message).toContain(`trail-${number} `);
    }
    const blocks = out.join('\n').split(`${trailStopped}\n`).slice(1);
    expect(blocks).toHaveLength(20);
    for (const block of blocks) expect(new Set(block.match(/trail-\d+/g)).size).toBe(1);
  });

  it('nested beyond reason do not keep others from being heard', async () => {
    const { post, out } = await startServe();
    const deep = JSON.stringify(stopLogging({ requestParameters: { name: 'deep', more: 'DEEP' } })).replace(
      '"DEEP"',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    );
    const answer = await post(`${deep}\n${text}`);
    expect(answer.status).toBe(200);
    expect(titles(out)).toContain(trailStopped);
  });
});

describe('who may call', () => {
  it('refuses what a browser sends for a web page', async () => {
    const { post, out } = await startServe();
    const answer = await post(JSON.stringify(stopLogging()), { origin: 'https://example.com' });
    expect(answer.status).toBe(403);
    expect(out).toEqual([]);
  });

  it.each(['example.com', 'localhost.example.com', '127.0.0.1.example.com:80', 'a@localhost'])(
    'refuses the host %j, which a name of somebody else may lead here',
    async (host) => {
      const { url, out } = await startServe();
      const answer = await rawRequest(url, { host }, JSON.stringify(stopLogging()));
      expect(answer.status).toBe(403);
      expect(out).toEqual([]);
    },
  );

  it('takes localhost', async () => {
    const { url } = await startServe();
    const { port } = new URL(url);
    const answer = await rawRequest(url, { host: `localhost:${port}` }, JSON.stringify(stopLogging()));
    expect(answer.status).toBe(200);
  });

  it('says how it wants to be used to whoever looks', async () => {
    const { url } = await startServe();
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
    const page = await fetch(url);
    expect(page.status).toBe(405);
    expect(await page.json()).toEqual({ error: expect.stringContaining('POST') });
  });
});

describe('alerts', () => {
  it('are for findings from --min-severity up; lower ones are a line on the terminal', async () => {
    const { post, out, readAlerts } = await startServe({ rules: 'rules' });
    const denied = record({ errorCode: 'AccessDenied', eventName: 'CreateUser', responseElements: null });
    const { body } = await post(JSON.stringify(denied));
    expect(body.findings.length).toBeGreaterThan(0);
    expect(titles(out).every((line) => line.startsWith('LOW'))).toBe(true);
    expect(readAlerts()).toEqual([]);
  });

  it('of responses say what would be done, which is planned and nothing else', async () => {
    const { post, readAlerts } = await startServe();
    await post(JSON.stringify(stopLogging({ userIdentity: identities.userWithKey })));
    const [finding, ...responses] = readAlerts();
    expect(responses).toMatchObject([
      { kind: 'response', title: 'restart-trail would be done', thread: finding.id },
      { kind: 'response', title: 'deactivate-access-key would be done', thread: finding.id },
    ]);
  });

  it('are appended to a file that only its owner reads', async () => {
    const folder = temporaryFolder();
    const alerts = join(folder, 'new/alerts.jsonl');
    for (const number of [1, 2]) {
      const server = await startServe({ alerts });
      await server.post(JSON.stringify(numbered(number)));
      await server.end();
    }
    const lines = readFileSync(alerts, 'utf8').trimEnd().split('\n');
    expect(lines.filter((line) => JSON.parse(line).kind === 'finding')).toHaveLength(2);
    expect(statSync(alerts).mode & 0o077).toBe(0);
  });

  it('carry nothing that acts on a terminal', async () => {
    const { post, out, alerts } = await startServe();
    const evil = '\u001b[2J\u009b31m\u202ereversed\r\nCRITICAL  forged';
    const { body } = await post(
      JSON.stringify(stopLogging({ userAgent: evil, requestParameters: { name: evil }, eventID: evil })),
    );
    expect(body.findings).toHaveLength(1);
    const acting = /[^\P{C}\n]/u;
    expect(out.join('\n')).not.toMatch(acting);
    expect(readFileSync(alerts, 'utf8')).not.toMatch(acting);
    expect(titles(out).filter((line) => line.includes('forged'))).toEqual([]);
  });
});

describe('state', () => {
  it('is kept across restarts: the same event again is no second alert', async () => {
    const state = join(temporaryFolder(), 'new/state.db');
    const first = await startServe({ state });
    expect((await first.post(JSON.stringify(stopLogging()))).body.findings).toHaveLength(1);
    expect(await first.end()).toBe(0);
    const second = await startServe({ state });
    expect((await second.post(JSON.stringify(stopLogging()))).body).toEqual({ records: 1, findings: [] });
    expect(second.out).toEqual([]);
    expect((await second.post(JSON.stringify(numbered(2)))).body.findings).toHaveLength(1);
  });

  it('that is not SQLite is named', async () => {
    const state = join(temporaryFolder(), 'state.db');
    writeFileSync(state, 'this is no database, and long enough to be taken for a damaged one'.repeat(50));
    await expect(startServe({ state })).rejects.toThrow(`cannot keep state in ${state}: file is not a database`);
  });

  it('forgets an alert that could not be told, so that it is told again', async () => {
    const server = await startServe();
    rmSync(server.alerts);
    mkdirSync(server.alerts);
    const failed = await server.post(JSON.stringify(stopLogging()));
    expect(failed.body).toMatchObject({ records: 1, findings: [], errors: [expect.stringContaining('EISDIR')] });
    rmSync(server.alerts, { recursive: true });
    expect((await server.post(JSON.stringify(stopLogging()))).body.findings).toHaveLength(1);
    expect(server.readAlerts()[0].rule).toBe('cloudtrail-trail-stopped');
  });
});

describe('rules', () => {
  const last = (lines: readonly string[], pattern: RegExp) => lines.findLastIndex((line) => pattern.test(line));

  it('are taken into use when a file changes; while one is bad, it is named and the last good ones stay', async () => {
    const rules = createRules();
    const file = join(rules, 'cloudtrail/cloudtrail-trail-stopped.json');
    const { post, out, err } = await startServe({ rules });
    const good = readFileSync(file, 'utf8');

    writeFileSync(file, good.replace('"CloudTrail trail stopped"', '"Changed at run time"'));
    await vi.waitFor(() => expect(last(err, /^Rules changed: 1 rule in use$/)).toBeGreaterThan(0), 10_000);
    await post(JSON.stringify(numbered(1)));
    expect(titles(out)[0]).toBe('CRITICAL  Changed at run time');

    writeFileSync(file, '{ "id": }');
    await vi.waitFor(() => expect(err.at(-1)).toMatch(/^The rules in use stay as they are:\n/), 10_000);
    expect(err.at(-1)).toMatch(/cloudtrail\/cloudtrail-trail-stopped\.json: .*line 1 column 9/);
    await post(JSON.stringify(numbered(2)));
    expect(titles(out).filter((line) => line === 'CRITICAL  Changed at run time')).toHaveLength(2);

    // As editors save: a new file takes the place of the old one.
    writeFileSync(`${file}.tmp`, good);
    renameSync(`${file}.tmp`, file);
    await vi.waitFor(() => expect(err.at(-1)).toMatch(/^Rules changed/), 10_000);
    await post(JSON.stringify(numbered(3)));
    expect(titles(out)).toContain(trailStopped);
  });

  it('in a folder that did not exist before are seen too', async () => {
    const rules = createRules();
    const { err } = await startServe({ rules });
    const newFixture = 'fixtures/root';
    cpSync(join('rules', newFixture), join(rules, newFixture), { recursive: true });
    cpSync('rules/root', join(rules, 'root'), { recursive: true });
    await vi.waitFor(() => expect(err.at(-1)).toMatch(/^Rules changed: (?:[2-9]|\d\d) rules in use/), 10_000);
  });

  it('with a problem do not start', async () => {
    const rules = createRules();
    writeFileSync(join(rules, 'cloudtrail/cloudtrail-x.json'), '{}');
    await expect(startServe({ rules })).rejects.toThrow('cloudtrail/cloudtrail-x.json: id: ');
  });
});

describe('a port', () => {
  it('that another program has is named, with what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => other.close(() => resolve())));
    const { port } = other.address() as { port: number };
    await expect(startServe({ port })).rejects.toThrow(
      `cannot listen on port ${port} of 127.0.0.1: another program has it; take another with --port, 0 for any`,
    );
  });
});

describe('playing logs', () => {
  it('tells their story in the order of event time, and goes on listening', async () => {
    const { out, err, post } = await startServe({ rules: 'rules', play: 'samples/incident' });
    const blocks = out
      .join('\n')
      .split('\n\n')
      .filter((block) => block.includes('Why it fired'));
    const times = blocks.flatMap((block) => /When +(?:.* UTC to )?(\S+ \S+) UTC/.exec(block)?.[1] ?? []);
    expect(times.length).toBeGreaterThan(10);
    expect(times).toEqual([...times].sort());
    expect(err.find((line) => line.startsWith('Playing'))).toMatch(/^Playing 1869 records of samples\/incident/);
    expect((await post(JSON.stringify(stopLogging()))).body.findings.length).toBeGreaterThan(0);
  });

  it('--once without anything to play is refused', async () => {
    await expect(startServe({ once: true })).rejects.toThrow('--play <path>');
  });

  it('that cannot be read is exit code 2', async () => {
    const terminal = createTerminal();
    const alerts = join(temporaryFolder(), 'alerts.jsonl');
    const options = { rules: 'rules', port: 0, state: ':memory:', alerts, minSeverity: 'medium', once: true } as const;
    expect(await serve({ ...options, play: 'no-such' }, terminal.io, new AbortController().signal)).toBe(2);
    expect(terminal.err[0]).toMatch(/^cannot read no-such: ENOENT/);
  });
});

describe('the program', () => {
  const start = (...args: readonly string[]) => {
    const folder = temporaryFolder();
    const files = ['--state', join(folder, 'state.db'), '--alerts', join(folder, 'alerts.jsonl')];
    const child = spawn(process.execPath, ['cli/main.mjs', 'serve', ...files, ...args]);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      said.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said.err += chunk;
    });
    return { child, said, ended: once(child, 'exit'), folder };
  };

  it('as npm start -- --once shows the findings, alerts and plans of the sample', async () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const [node, main, command, ...args] = scripts.start.split(' ');
    expect([node, main, command]).toEqual(['node', 'cli/main.mjs', 'serve']);
    const { ended, said, folder } = start(...args, '--once');
    expect(await ended).toEqual([0, null]);
    expect(titles(said.out.split('\n'))).toEqual(
      expect.arrayContaining([
        'CRITICAL  Root user signed in without MFA',
        'HIGH      Policy written that allows everything',
        trailStopped,
        'HIGH      Security group opened to the internet on an administration port',
        'CRITICAL  deactivate-access-key would be done',
      ]),
    );
    expect(said.err).toMatch(/\d+ findings, \d+ alerts \(also in .*alerts\.jsonl\), \d+ responses planned\n$/);
    expect(existsSync(join(folder, 'alerts.jsonl'))).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 on %s', async (signal) => {
    const { child, ended, said } = start('--port', '0');
    await vi.waitFor(() => expect(said.err).toContain('Listening on'), 10_000);
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
  });

  it('refuses a port that is none with exit code 2', async () => {
    const { ended, said } = start('--port', '70000');
    expect(await ended).toEqual([2, null]);
    expect(said.err).toContain('expected 0 to 65535');
    expect(said.err).not.toMatch(/\n\s+at /);
  });
});
