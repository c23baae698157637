import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createResponseStore } from '../../account/response-store.ts';
import { respondDecide } from '../../cli/respond-decide.ts';
import { type RespondListOptions, respondList } from '../../cli/respond-list.ts';
import { type RespondPlanOptions, respondPlan } from '../../cli/respond-plan.ts';
import { respondUndo } from '../../cli/respond-undo.ts';
import { causeOf, type StoredResponse } from '../../engine/stored-response.ts';
import { exampleFinding } from '../example-finding.ts';
import { examplePlan } from '../example-plan.ts';
import { account, exampleRecord, identities } from '../example-records.ts';
import { startLocalServer } from '../local-server.ts';
import { startLocalTable } from '../local-table.ts';
import { exampleRule, rulesFolder } from './rules-folder.ts';
import { createTerminal, temporaryFolder } from './terminal.ts';

const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const setEnvironment = (values: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries({ ...credentials, ...values })) vi.stubEnv(name, value);
};
afterEach(() => vi.unstubAllEnvs());

const keyOfAnn = 'AKIAIOSFODNN7EXAMPLE';

describe('respond plan', () => {
  const stopLogging = (fields: object = {}) =>
    exampleRecord({
      eventID: 'stopped',
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      requestParameters: { name: 'main' },
      ...fields,
    });
  const run = async (record: object, rule: object = {}, options: Partial<RespondPlanOptions> = {}) => {
    const file = join(temporaryFolder(), 'record.json');
    writeFileSync(file, JSON.stringify(record));
    const remediate = [{ run: 'deactivate-access-key' }];
    const rules = rulesFolder({
      'cloudtrail/cloudtrail-trail-halted.json': exampleRule({ respond: { remediate }, ...rule }),
      'lists/protected-principals.json': {
        description: 'never touched',
        values: [`arn:aws:iam::${account}:user/break-glass`],
      },
    });
    const { io, out, err } = createTerminal();
    const code = await respondPlan({ rules, record: file, readAccount: false, ...options }, io);
    return { code, text: out.join('\n'), err };
  };

  it('says without an account whom a response would act on, what it needs and how it is taken back', async () => {
    const { code, text, err } = await run(stopLogging());
    expect(code).toBe(0);
    expect(text).toContain(`deactivate-access-key on access-key ${keyOfAnn} would run once a person approves it`);
    expect(text).toContain('needs    iam:ListAccessKeys, iam:UpdateAccessKey');
    expect(text).toContain('undo by  iam:UpdateAccessKey');
    expect(text).toContain('leaves   Sessions already derived from this key');
    expect(err.at(-1)).toContain('1 record: 1 response would run, 0 would not; without the account');
  });

  it('tells without an account the exact calls where they are the same whatever it shows, and when they are made', async () => {
    const call = (status: string) =>
      `iam:UpdateAccessKey {"UserName":"ann","AccessKeyId":"${keyOfAnn}","Status":"${status}"}`;
    const keys = 'iam:ListAccessKeys {"UserName":"ann"}';
    const { text } = await run(stopLogging());
    expect(text).toContain(
      [
        `    call     ${call('Inactive')}`,
        `             unless ${keys} shows {"${keyOfAnn}":"Inactive"} already`,
        `    undo     ${call('Active')}`,
        `    if       ${keys} shows ${keyOfAnn}`,
      ].join('\n'),
    );
  });

  it('names without an account the reads that decide, where the calls follow from what they show', async () => {
    const { text } = await run(stopLogging(), { respond: { remediate: [{ run: 'quarantine-user' }] } });
    expect(text).toContain(
      [
        '    calls    iam:AttachUserPolicy, iam:PutUserPolicy: which of them, and with what, is decided by',
        '             iam:ListAttachedUserPolicies {"UserName":"ann"}',
      ].join('\n'),
    );
    expect(text).not.toContain('    call ');
  });

  it('says why a response would not run, and exits with 1', async () => {
    const breakGlass = {
      ...identities.userWithKey,
      userName: 'break-glass',
      arn: `arn:aws:iam::${account}:user/break-glass`,
    };
    const guarded = await run(stopLogging({ userIdentity: breakGlass }));
    expect(guarded.code).toBe(1);
    expect(guarded.text).toContain('deactivate-access-key would not run');
    expect(guarded.text).toMatch(/why {6}.*user\/break-glass is protected/);
    const inTest = await run(stopLogging(), { status: 'test' });
    expect(inTest.text).toContain('only "stable" rules respond');
  });

  it('exits with 1 where no rule that responds matches, and with 2 where there is no record', async () => {
    expect((await run(stopLogging({ errorCode: 'AccessDenied' }))).code).toBe(1);
    expect((await run(stopLogging(), {}, { event: 'another' })).code).toBe(2);
  });

  it('does not read another account than that of the record', async () => {
    const sts = await startLocalServer(() => ({
      status: 200,
      body: '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>444455556666</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    }));
    setEnvironment({ AWS_ENDPOINT_URL_STS: sts.url });
    await expect(run(stopLogging(), {}, { readAccount: true })).rejects.toThrow(
      `the record is of account ${account}, the credentials are of 444455556666`,
    );
    await sts.stop();
  });
});

describe('respond list', () => {
  let table: Awaited<ReturnType<typeof startLocalTable>>;
  const idOf = (number: number): string => String(number).padStart(32, '0');
  beforeAll(async () => {
    table = await startLocalTable();
    const plan = await examplePlan();
    const response: StoredResponse = { plan, cause: causeOf(exampleFinding()), undone: false, carriedOut: false };
    for (const hour of [8, 10, 9]) {
      const now = Date.UTC(2026, 9, 14, hour);
      await createResponseStore(table.documents, table.tableName, () => now).save(idOf(hour), response);
    }
    const store = createResponseStore(table.documents, table.tableName, Date.now);
    await store.markCarriedOut(idOf(8));
    await store.markCarriedOut(idOf(9));
    await store.markUndone(idOf(9));
  });
  afterAll(() => table.stop());

  const run = async (options: Partial<RespondListOptions> = {}) => {
    setEnvironment({ AWS_ENDPOINT_URL_DYNAMODB: table.endpoint });
    const { io, out, err } = createTerminal();
    const code = await respondList({ table: table.tableName, limit: 20, format: 'text', ...options }, io);
    return { code, out, err };
  };

  it('has the latest first, with what became of each', async () => {
    const { code, out, err } = await run();
    expect(code).toBe(0);
    const rule = exampleFinding().finding_info;
    const about = `account ${account}; for ${rule.analytic.uid}: ${rule.title}`;
    expect(out).toEqual([
      `${idOf(10)}  2026-10-14 10:00:00 UTC  deactivate-access-key on access-key ${keyOfAnn}`,
      `    not carried out in full; ${about}`,
      `${idOf(9)}  2026-10-14 09:00:00 UTC  deactivate-access-key on access-key ${keyOfAnn}`,
      `    taken back; ${about}`,
      `${idOf(8)}  2026-10-14 08:00:00 UTC  deactivate-access-key on access-key ${keyOfAnn}`,
      `    carried out; ${about}`,
    ]);
    expect(err).toEqual(['3 responses']);
  });

  it('stops at the limit', async () => {
    const { out } = await run({ limit: 1 });
    expect(out).toHaveLength(2);
    expect(out[0]).toContain(idOf(10));
  });

  it('says of a plan that asks for approval how long it waits', async () => {
    const ask = { digest: 'd', reasons: ['r'], expiresAt: Date.UTC(2026, 9, 14, 12), caller: {} };
    const response = {
      plan: await examplePlan(),
      cause: causeOf(exampleFinding()),
      undone: false,
      carriedOut: false,
      ask,
    };
    const other = await startLocalTable();
    await createResponseStore(other.documents, other.tableName, () => Date.UTC(2026, 9, 14, 11)).save(
      idOf(11),
      response,
    );
    setEnvironment({ AWS_ENDPOINT_URL_DYNAMODB: other.endpoint });
    const said = async (now: number) => {
      const { io, out } = createTerminal(() => now);
      await respondList({ table: other.tableName, limit: 20, format: 'text' }, io);
      return out[1];
    };
    expect(await said(ask.expiresAt - 1)).toContain('may wait for approval until 2026-10-14 12:00');
    expect(await said(ask.expiresAt)).toContain('was not approved, or not carried out');
    await other.stop();
  });

  it('gives programs a line of JSON for each, state before it included', async () => {
    const { out } = await run({ format: 'jsonl' });
    const [first] = out.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ id: idOf(10), at: Date.UTC(2026, 9, 14, 10), undone: false, carriedOut: false });
    expect(first.plan.changes[0].from).toEqual({ [keyOfAnn]: 'Active' });
  });

  it('tells in the words of AWS why there is nothing to list', async () => {
    await expect(run({ table: 'nowhere' })).rejects.toThrow(/dynamodb:Query nowhere: .*not found/i);
  });
});

describe('respond approve and reject', () => {
  const id = '0123456789abcdef0123456789abcdef';
  const run = async (is: 'approve' | 'reject', outcome: string) => {
    const lambda = await startLocalServer(() => ({
      status: 200,
      body: JSON.stringify({ activities: [{ id, outcome }] }),
      headers: { 'content-type': 'application/json' },
    }));
    setEnvironment({ AWS_ENDPOINT_URL_LAMBDA: lambda.url, AWS_ENDPOINT_URL_STS: sts.url });
    const { io, out } = createTerminal();
    try {
      return { code: await respondDecide(is, id, {}, io), out, received: lambda.received };
    } finally {
      await lambda.stop();
    }
  };
  const ann = `arn:aws:iam::${account}:user/ann`;
  let sts: Awaited<ReturnType<typeof startLocalServer>>;
  beforeAll(async () => {
    sts = await startLocalServer(() => ({
      status: 200,
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${ann}</Arn><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    }));
  });
  afterAll(() => sts.stop());

  it('decide in the name of whose the credentials are, and say what came of it', async () => {
    const { code, out, received } = await run('approve', 'applied');
    expect(code).toBe(0);
    expect(out).toEqual([`${id} applied`]);
    expect(received[0]?.path).toBe('/2015-03-31/functions/trailwire-remediate/invocations');
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([{ approve: id, by: ann }]);
  });

  it('exit with 1 where it did not come out as the person wished', async () => {
    expect((await run('approve', 'refused')).code).toBe(1);
    expect((await run('approve', 'failed')).code).toBe(1);
    const rejected = await run('reject', 'refused');
    expect(rejected.code).toBe(0);
    expect(rejected.received.map(({ body }) => JSON.parse(body))).toEqual([{ reject: id, by: ann }]);
  });

  it('send nothing that is no id', async () => {
    await expect(respondDecide('approve', '*', {}, createTerminal().io)).rejects.toThrow('is no id of a response');
  });
});

describe('respond undo', () => {
  const id = '0123456789abcdef0123456789abcdef';
  const run = async (answer: { status?: number; body: unknown; isError?: boolean }, force = false) => {
    const lambda = await startLocalServer(() => ({
      status: answer.status ?? 200,
      body: JSON.stringify(answer.body),
      headers: {
        'content-type': 'application/json',
        ...(answer.isError === true ? { 'x-amz-function-error': 'Unhandled' } : {}),
      },
    }));
    setEnvironment({ AWS_ENDPOINT_URL_LAMBDA: lambda.url });
    const { io, out } = createTerminal();
    try {
      const code = await respondUndo(id, { force }, io);
      return { code, out, received: lambda.received };
    } finally {
      await lambda.stop();
    }
  };

  it('asks the function that has the rights, and says what it answers', async () => {
    const body = { id, outcome: 'undone', message: 'deactivate-access-key on access-key A was taken back' };
    const { code, out, received } = await run({ body });
    expect(code).toBe(0);
    expect(out).toEqual([body.message]);
    expect(received.map(({ body: sent }) => JSON.parse(sent))).toEqual([{ undo: id }]);
    expect(received[0]?.path).toBe('/2015-03-31/functions/trailwire-undo/invocations');
  });

  it('exits with 1 where it was not taken back, and passes force on', async () => {
    const body = { id, outcome: 'failed', message: 'undo of x failed', detail: 'iam:UpdateAccessKey AccessDenied' };
    const { code, out, received } = await run({ body }, true);
    expect(code).toBe(1);
    expect(out).toEqual([body.message, body.detail]);
    expect(received.map(({ body: sent }) => JSON.parse(sent))).toEqual([{ undo: id, force: true }]);
  });

  it('tells what the function throws, and what AWS refuses', async () => {
    const thrown = { errorType: 'RemediationError', errorMessage: `there is no response ${id} to undo` };
    await expect(run({ body: thrown, isError: true })).rejects.toThrow(`there is no response ${id} to undo`);
    await expect(run({ status: 403, body: { message: 'not authorized' } })).rejects.toThrow('not authorized');
  });

  it('sends nothing that is no id', async () => {
    await expect(respondUndo('../x', { force: false }, createTerminal().io)).rejects.toThrow('is no id of a response');
  });
});
