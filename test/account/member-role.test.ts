import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { createAssumeRole } from '../../account/assume-role.ts';
import { createMemberAccounts } from '../../account/member-role.ts';
import { isRefusal } from '../../engine/plan.ts';
import { type Answer, startLocalServer } from '../local-server.ts';

const finding = '0123456789abcdef0123456789abcdef';
const entry = { account: '444455556666', partition: 'aws', finding };
const xml = (status: number, body: string): Answer => ({ status, body, headers: { 'content-type': 'text/xml' } });
const granted = (endsAt: number) =>
  xml(
    200,
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${new Date(endsAt).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  );
const denied = (code: string) =>
  xml(
    code === 'AccessDenied' ? 403 : 400,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>${code}</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>`,
  );

describe('the role of a member account', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  const start = async (answer: () => Answer, now: () => number = Date.now) => {
    const server = await startLocalServer(answer);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const sts = new STSClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
    closing.push(() => sts.destroy(), server.stop);
    const role = { roleName: 'trailwire-response', externalId: 'shared', sourceIdentity: 'trailwire-response' };
    const requests = () => server.received.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    return { enter: createMemberAccounts(role, now, createAssumeRole({}, sts)), requests };
  };

  it('is assumed with the external id, a session named after the finding, and the function as source identity', async () => {
    const { enter, requests } = await start(() => granted(Date.now() + 900_000));
    expect(isRefusal(await enter(entry))).toBe(false);
    expect(requests()).toMatchObject([
      {
        Action: 'AssumeRole',
        RoleArn: 'arn:aws:iam::444455556666:role/trailwire-response',
        RoleSessionName: `trailwire-${finding}`,
        ExternalId: 'shared',
        SourceIdentity: 'trailwire-response',
        DurationSeconds: '900',
      },
    ]);
  });

  it.each(['aws-cn', 'aws-us-gov'])('is of the partition of the target: %s', async (partition) => {
    const { enter, requests } = await start(() => granted(Date.now() + 900_000));
    await enter({ ...entry, partition });
    expect(requests()[0]?.RoleArn).toBe(`arn:${partition}:iam::444455556666:role/trailwire-response`);
  });

  it('is assumed once for a finding, and anew for another finding, another account, and when the session is about to end', async () => {
    let time = Date.UTC(2026, 9, 14);
    const { enter, requests } = await start(
      () => granted(time + 900_000),
      () => time,
    );
    await enter(entry);
    await enter({ ...entry, region: 'eu-west-1' });
    expect(requests()).toHaveLength(1);
    await enter({ ...entry, finding: 'f'.repeat(32) });
    await enter({ ...entry, account: '777788889999' });
    expect(requests()).toHaveLength(3);
    time += 800_000;
    await enter(entry);
    expect(requests()).toHaveLength(4);
  });

  it('is a reason to refuse where it is not there or does not let Trailwire in', async () => {
    const { enter } = await start(() => denied('AccessDenied'));
    expect(await enter(entry)).toEqual({
      refused: 'no-role',
      reason: 'there is no role for this in account 444455556666: not authorized to perform: sts:AssumeRole',
    });
  });

  it('throws where STS fails otherwise, so that the event is tried again', async () => {
    const { enter } = await start(() => denied('Throttling'));
    await expect(enter(entry)).rejects.toMatchObject({ code: 'REMEDIATION_CALL_FAILED' });
  });
});
