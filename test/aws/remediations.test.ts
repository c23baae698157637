import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConditionCompiler } from '../../engine/compile.ts';
import { type Check, isRefusal, type Plan } from '../../engine/plan.ts';
import { remediations } from '../../engine/remediations/index.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { createExecutor } from '../../functions/execute.ts';
import { exampleRecord, identities } from '../example-records.ts';
import { hasMoto, startMoto } from './moto.ts';

const compile = createConditionCompiler({ conditions: new Map(), lists: new Map() });

describe.runIf(hasMoto)('every remediation on an account', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let executor: ReturnType<typeof createExecutor>;
  let accessKeyId = '';

  beforeAll(async () => {
    moto = await startMoto();
    const iam = new IAMClient();
    executor = createExecutor(iam);
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    accessKeyId = String(AccessKey?.AccessKeyId);
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    await iam.send(new CreateRoleCommand({ RoleName: 'Admin', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    const own = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'Admin', PolicyName: 'own', PolicyDocument: JSON.stringify(own) }),
    );
  }, 30_000);
  afterAll(() => moto.stop());

  const planOf = (name: RemediationName): Plan => {
    const userIdentity = name === 'revoke-role-sessions' ? identities.role : { ...identities.userWithKey, accessKeyId };
    const record = exampleRecord({ userIdentity });
    const plan = remediations[name].plan({ record, findingId: '0123456789abcdef', now: Date.now() });
    if (isRefusal(plan)) throw new Error(plan.reason);
    return plan;
  };

  const holds = async (checks: readonly Check[]): Promise<readonly boolean[]> =>
    Promise.all(checks.map(async ({ read, holds: condition }) => compile(condition)(await executor.read(read))));

  it.each(Object.keys(remediations) as RemediationName[])('%s takes hold, and its undo takes it back', async (name) => {
    const plan = planOf(name);
    expect(await holds(plan.checks)).toContain(false);
    for (const call of plan.calls) await executor.execute(call);
    expect(await holds(plan.checks)).not.toContain(false);
    for (const call of plan.calls) await executor.execute(call);
    expect(await holds(plan.checks)).not.toContain(false);

    expect(await holds(plan.undoChecks)).toContain(false);
    for (const call of plan.undo) await executor.execute(call);
    expect(await holds(plan.undoChecks)).not.toContain(false);
  });

  it('reports what AWS says when a call is refused', async () => {
    const call = {
      action: 'iam:UpdateAccessKey',
      parameters: { UserName: 'nobody', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Inactive' },
    } as const;
    await expect(executor.execute(call)).rejects.toMatchObject({
      code: 'REMEDIATION_CALL_FAILED',
      message: expect.stringContaining('nobody'),
    });
  });

  it('reads what does not exist as nothing', async () => {
    const read = { action: 'iam:ListAccessKeys', parameters: { UserName: 'nobody' } } as const;
    expect(await executor.read(read)).toEqual({});
  });
});
