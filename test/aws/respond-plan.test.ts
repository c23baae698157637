import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { respondPlan } from '../../cli/respond-plan.ts';
import { createTerminal } from '../cli/terminal.ts';
import { exampleRecord } from '../example-records.ts';
import { hasMoto, motoAccount, startMoto } from './moto.ts';

describe.runIf(hasMoto)('respond plan --read-account', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-plan-'));
  let moto: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    moto = await startMoto();
  }, 30_000);
  afterAll(async () => {
    await moto?.stop();
    rmSync(folder, { recursive: true });
  });

  it('tells by what the account shows the exact calls and the way back, and changes nothing', async () => {
    const iam = new IAMClient();
    await iam.send(new CreateUserCommand({ UserName: 'mallory' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'mallory' }));
    const key = String(AccessKey?.AccessKeyId);
    const record = exampleRecord({
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      recipientAccountId: motoAccount,
      awsRegion: 'us-east-1',
      requestParameters: { name: 'gone' },
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::${motoAccount}:user/mallory`,
        accountId: motoAccount,
        accessKeyId: key,
        userName: 'mallory',
      },
    });
    const file = join(folder, 'record.json');
    writeFileSync(file, JSON.stringify(record));
    const { io, out } = createTerminal();
    expect(await respondPlan({ rules: 'rules', record: file, readAccount: true }, io)).toBe(0);
    const text = out.join('\n');
    const call = (status: string) =>
      `iam:UpdateAccessKey {"UserName":"mallory","AccessKeyId":"${key}","Status":"${status}"}`;
    expect(text).toContain(`call     ${call('Inactive')}`);
    expect(text).toContain(`from {"${key}":"Active"} to {"${key}":"Inactive"}`);
    expect(text).toContain(`undo     ${call('Active')}`);
    expect(text).toContain('there is no trail gone any more');
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: 'mallory' }));
    expect(AccessKeyMetadata.map(({ Status }) => Status)).toEqual(['Active']);
    iam.destroy();
  });
});
