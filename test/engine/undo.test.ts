import { describe, expect, it } from 'vitest';
import type { AwsCall } from '../../engine/aws-call.ts';
import type { AccountPorts } from '../../engine/carry-out.ts';
import { RemediationError } from '../../engine/errors.ts';
import type { Activity } from '../../engine/ocsf.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { respond } from '../../engine/response.ts';
import { undo } from '../../engine/undo.ts';
import { exampleFinding } from '../example-finding.ts';
import { account, exampleRecord, identities } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';
import { validateActivity } from '../ocsf/validators.ts';
import { createResponseWorld, executing as settings } from '../response-world.ts';

const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const quarantine = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3';

/** An account in which a response ran, with the id to take it back by. */
const ran = async (
  name: RemediationName = 'deactivate-access-key',
  userIdentity: object = identities.userWithKey,
  accountMore: (local: AccountPorts) => Partial<AccountPorts> = () => ({}),
) => {
  const local = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } }, roles: ['Admin'] });
  const before = local.state();
  const { ports, kept } = createResponseWorld({ ...local, ...accountMore(local) }, () => Date.UTC(2026, 9, 14));
  const finding = exampleFinding(
    { respond: { remediate: [{ run: name, mode: 'auto' }] } },
    exampleRecord({ userIdentity }),
  );
  const [activity] = await respond(finding, settings, ports);
  if (activity === undefined) throw new TypeError('there is no activity');
  return { ports, kept, local, before, finding, activity, id: activity.command_uid };
};
const outcomeOf = (activity: Activity) => {
  expect(validateActivity(activity)).toEqual([]);
  return activity.unmapped.trailwire.refused ?? activity.unmapped.trailwire.outcome;
};
const setKey = (Status: 'Active' | 'Inactive'): AwsCall => ({
  action: 'iam:UpdateAccessKey',
  parameters: { UserName: 'ann', AccessKeyId: annsKey, Status },
});

describe('taking a response back', () => {
  it.each<[RemediationName, object]>([
    ['deactivate-access-key', identities.userWithKey],
    ['quarantine-user', identities.userWithKey],
    ['revoke-role-sessions', identities.role],
  ])('undo of %s leaves the account as it was, and is told in the thread of the finding', async (name, identity) => {
    const { ports, local, before, finding, id } = await ran(name, identity);
    expect(local.state()).not.toEqual(before);
    const undone = await undo({ undo: id }, account, ports);
    expect(outcomeOf(undone)).toBe('undone');
    expect(undone).toMatchObject({
      activity_name: 'Restore',
      status: 'Success',
      command_uid: id,
      metadata: { correlation_uid: finding.finding_info.uid },
    });
    expect(local.state()).toEqual(before);
  });

  it('is no different the second time', async () => {
    const { ports, local, before, id } = await ran();
    await undo({ undo: id }, account, ports);
    const again = await undo({ undo: id }, account, ports);
    expect(outcomeOf(again)).toBe('undone');
    expect(again.unmapped.trailwire.steps).toEqual([{ action: 'iam:ListAccessKeys', outcome: 'holds' }]);
    expect(local.state()).toEqual(before);
  });

  it('counts what somebody put back by hand as taken back', async () => {
    const { ports, local, before, id } = await ran();
    await local.execute(setKey('Active'));
    expect(outcomeOf(await undo({ undo: id }, account, ports))).toBe('undone');
    expect(local.state()).toEqual(before);
  });

  it('is possible for what failed half way', async () => {
    const { ports, local, before, id } = await ran('quarantine-user', identities.userWithKey, (account) => ({
      execute: async (call) => {
        await account.execute(call);
        throw new Error('socket hang up');
      },
    }));
    expect(outcomeOf(await undo({ undo: id }, account, { ...ports, account: local }))).toBe('undone');
    expect(local.state()).toEqual(before);
  });

  it('keeps a delivery that comes again from acting again', async () => {
    const { ports, local, before, finding, id } = await ran();
    await undo({ undo: id }, account, ports);
    const [again] = await respond(finding, settings, ports);
    expect(again && outcomeOf(again)).toBe('taken-back');
    expect(local.state()).toEqual(before);
  });

  it('refuses when somebody changed what the response left behind, names it, and overwrites it when forced', async () => {
    const { ports, local, before, activity, id } = await ran('revoke-role-sessions', identities.role);
    const plan = activity.unmapped.trailwire.plan as unknown as { changes: readonly { call: AwsCall }[] };
    const call = plan.changes[0]?.call;
    if (call?.action !== 'iam:PutRolePolicy') throw new TypeError('another plan');
    await local.execute({ ...call, parameters: { ...call.parameters, PolicyDocument: '{"Statement":[]}' } });
    const changed = local.state();
    const refused = await undo({ undo: id }, account, ports);
    expect(outcomeOf(refused)).toBe('changed-since');
    expect(refused.message).toContain('was not taken back: iam:GetRolePolicy {"RoleName":"Admin"');
    expect(local.state()).toEqual(changed);

    expect(outcomeOf(await undo({ undo: id, force: true }, account, ports))).toBe('undone');
    expect(local.state()).toEqual(before);
  });

  it('refuses what cannot be undone, with the reason, forced or not', async () => {
    const { ports, kept, local, id } = await ran();
    const stored = kept.get(id);
    if (stored === undefined) throw new TypeError('not kept');
    const changes = stored.plan.changes.map((change) => ({ ...change, undo: { cannot: 'nobody knows the password' } }));
    kept.set(id, { ...stored, plan: { ...stored.plan, changes } });
    const after = local.state();
    for (const force of [false, true]) {
      const refused = await undo({ undo: id, force }, account, ports);
      expect(outcomeOf(refused)).toBe('cannot-undo');
      expect(refused.status_detail).toBe('nobody knows the password');
    }
    expect(kept.get(id)?.undone).toBe(false);
    expect(local.state()).toEqual(after);
  });

  it('throws for a response that never was', async () => {
    const { ports } = await ran();
    const undoing = undo({ undo: '0'.repeat(32) }, account, ports);
    await expect(undoing).rejects.toBeInstanceOf(RemediationError);
    await expect(undoing).rejects.toMatchObject({ code: 'REMEDIATION_UNKNOWN' });
    await expect(undoing).rejects.toThrow(
      `there is no response ${'0'.repeat(32)} to undo, or it is older than 90 days`,
    );
  });

  it('says so when it fails, as a failed restoration, with what is left to do', async () => {
    const { ports, local, id } = await ran('quarantine-user');
    const execute = async () => {
      throw new Error('AccessDenied: not allowed');
    };
    const failed = await undo({ undo: id }, account, { ...ports, account: { ...local, execute } });
    expect(outcomeOf(failed)).toBe('failed');
    expect(failed).toMatchObject({
      activity_name: 'Restore',
      status: 'Failure',
      message: 'undo of quarantine-user on user ann failed',
      status_detail: `iam:DetachUserPolicy AccessDenied: not allowed; left to do: iam:DetachUserPolicy {"UserName":"ann","PolicyArn":"${quarantine}"}`,
    });
  });

  it('never makes a call that is not on the closed list, whatever the plan says', async () => {
    const { ports, kept, local, id } = await ran();
    const stored = kept.get(id);
    if (stored === undefined) throw new TypeError('not kept');
    const forged = { action: 'iam:CreateAccessKey', parameters: { UserName: 'ann' } } as unknown as AwsCall;
    const changes = stored.plan.changes.map((change) => ({ ...change, undo: forged }));
    kept.set(id, { ...stored, plan: { ...stored.plan, changes } });
    const made: unknown[] = [];
    const execute = async (call: AwsCall) => {
      made.push(call);
    };
    expect(outcomeOf(await undo({ undo: id }, account, { ...ports, account: { ...local, execute } }))).toBe('failed');
    expect(made).toEqual([]);
  });
});
