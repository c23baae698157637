import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecutor } from '../../account/execute.ts';
import { createMemberAccounts } from '../../account/member-role.ts';
import { respond } from '../../engine/response.ts';
import { undo } from '../../engine/undo.ts';
import { exampleFinding } from '../example-finding.ts';
import { createResponseWorld, executing } from '../response-world.ts';
import { recordOf } from './aws-case.ts';
import { hasMoto, motoAccount, startMoto } from './moto.ts';

const member = '210987654321';

describe.runIf(hasMoto)('a response in a member account', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let iam: IAMClient;
  beforeAll(async () => {
    moto = await startMoto();
    const assumed = await new STSClient().send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${member}:role/owner`, RoleSessionName: 'test' }),
    );
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = assumed.Credentials ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    iam = new IAMClient({ credentials });
  }, 30_000);
  afterAll(async () => {
    iam?.destroy();
    await moto?.stop();
  });

  const statusOf = async (client: IAMClient): Promise<string | undefined> =>
    (await client.send(new ListAccessKeysCommand({ UserName: 'ann' }))).AccessKeyMetadata?.[0]?.Status;

  it('changes and takes back what is there, and leaves the namesake in its own account alone', async () => {
    const own = new IAMClient();
    for (const client of [iam, own]) await client.send(new CreateUserCommand({ UserName: 'ann' }));
    await own.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const record = recordOf({
      recipientAccountId: member,
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDAEXAMPLE',
        arn: `arn:aws:iam::${member}:user/ann`,
        accountId: member,
        accessKeyId: AccessKey?.AccessKeyId,
        userName: 'ann',
      },
    });
    const remediate = [{ run: 'deactivate-access-key', mode: 'auto' }];
    const finding = exampleFinding({ respond: { remediate } }, record);
    const role = { roleName: 'trailwire-response', externalId: 'shared', sourceIdentity: 'trailwire-response' };
    const enterAccount = createMemberAccounts(role, Date.now);
    const ports = { ...createResponseWorld(createExecutor(), Date.now).ports, enterAccount };
    const settings = {
      ...executing,
      account: motoAccount,
      entersMembers: true,
      maxAgeMinutes: Number.POSITIVE_INFINITY,
    };

    const [applied] = await respond(finding, settings, ports);
    expect(applied?.message).toContain('the account confirms it');
    expect([await statusOf(iam), await statusOf(own)]).toEqual(['Inactive', 'Active']);

    const undone = await undo({ undo: applied?.command_uid ?? '' }, motoAccount, ports);
    expect(undone.unmapped.trailwire.outcome).toBe('undone');
    expect(await statusOf(iam)).toBe('Active');
    own.destroy();
  });
});
