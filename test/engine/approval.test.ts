import { describe, expect, it } from 'vitest';
import { type DecisionWish, decide, digestOf } from '../../engine/approval.ts';
import { type Activity, activitySchema, type Finding } from '../../engine/ocsf.ts';
import { type ResponseSettings, respond } from '../../engine/response.ts';
import { settle } from '../../engine/settle.ts';
import { undo } from '../../engine/undo.ts';
import { exampleFinding } from '../example-finding.ts';
import { account, exampleRecord, identities } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';
import { validateActivity } from '../ocsf/validators.ts';
import { createResponseWorld, executing } from '../response-world.ts';

const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const start = Date.parse('2026-10-14T09:00:00Z');
const minutes = (count: number): number => count * 60_000;

const findingOf = (record: object = {}, rule: object = {}): Finding =>
  exampleFinding({ respond: { remediate: [{ run: 'deactivate-access-key' }] }, ...rule }, exampleRecord(record));

const createWorld = () => {
  const local = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } }, roles: ['Admin'] });
  let time = start;
  const world = createResponseWorld(local, () => time);
  const valid = (activities: readonly Activity[]): readonly Activity[] => {
    for (const activity of activities) {
      expect(validateActivity(activity)).toEqual([]);
      expect(() => activitySchema.parse(JSON.parse(JSON.stringify(activity)))).not.toThrow();
    }
    return activities;
  };
  const settings = { ...executing };
  const only = (activities: readonly Activity[]): Activity => {
    const [activity, ...others] = valid(activities);
    if (activity === undefined || others.length > 0) throw new TypeError(`${activities.length} activities`);
    return activity;
  };
  return {
    ...world,
    local,
    pass: (ms: number) => {
      time += ms;
    },
    ask: async (finding = findingOf(), more: Partial<ResponseSettings> = {}) =>
      only(await respond(finding, { ...settings, ...more }, world.ports)),
    decide: (commandUid: string, wish: Partial<DecisionWish> = {}) =>
      decide({ commandUid, is: 'approved', by: 'T1/U1', ...wish }, world.ports.approvals, time),
    settle: async (commandUid: string, more: Partial<ResponseSettings> = {}) =>
      valid(await settle({ settle: commandUid }, { ...settings, ...more }, world.ports)),
    keyOfAnn: () => local.state().users.ann?.keys[annsKey],
  };
};
const outcomesOf = (activities: readonly Activity[]) =>
  activities.map(({ unmapped }) => unmapped.trailwire.refused ?? unmapped.trailwire.outcome);

describe('a response that runs with approval', () => {
  it('waits, changes nothing, and says what it would call, why it asks, and until when', async () => {
    const { ask, keyOfAnn, asked, kept, queue, waiting } = createWorld();
    const activity = await ask();
    expect(outcomesOf([activity])).toEqual(['waiting']);
    expect(activity.message).toBe(
      `deactivate-access-key would act on access-key ${annsKey} and waits for a person to approve it`,
    );
    expect(activity.status_detail).toBe('the response runs with approval only');
    const plan = kept.get(activity.command_uid)?.plan;
    expect(activity.unmapped.trailwire.approval).toEqual({
      digest: plan === undefined ? '' : digestOf(plan),
      expires_at: start + minutes(60),
      calls: [`iam:UpdateAccessKey {"UserName":"ann","AccessKeyId":"${annsKey}","Status":"Inactive"}`],
    });
    expect(asked.get(activity.command_uid)?.request).toMatchObject({
      title: `deactivate-access-key on access-key ${annsKey}`,
      because: 'Access key created for another user',
    });
    expect(waiting).toEqual([{ settle: activity.command_uid, waitMs: minutes(60) }]);
    expect(queue).toEqual([]);
    expect(keyOfAnn()).toBe('Active');
  });

  it('runs by itself where the rule says so', async () => {
    const { ask } = createWorld();
    const auto = findingOf({}, { respond: { remediate: [{ run: 'deactivate-access-key', mode: 'auto' }] } });
    expect(outcomesOf([await ask(auto)])).toEqual(['applied']);
  });

  it('asks even for what runs by itself when the event is old or was replayed', async () => {
    const auto = findingOf({}, { respond: { remediate: [{ run: 'deactivate-access-key', mode: 'auto' }] } });
    expect(outcomesOf([await createWorld().ask(auto, { maxAgeMinutes: 10 })])).toEqual(['waiting']);
    auto.unmapped.trailwire.replay_name = 'after-the-outage';
    const activity = await createWorld().ask(auto);
    expect(activity.status_detail).toBe('the event was replayed from an archive (after-the-outage)');
  });

  it('is told once, however often the finding is delivered', async () => {
    const { ask, asked, kept, pass } = createWorld();
    const first = await ask();
    pass(minutes(2));
    const second = await ask();
    expect(second.metadata.uid).toBe(first.metadata.uid);
    expect(second.unmapped.trailwire.approval).toEqual(first.unmapped.trailwire.approval);
    expect([kept.size, asked.size]).toEqual([1, 1]);
  });

  it('is asked for once when two findings are about one principal', async () => {
    const { ask, pass } = createWorld();
    await ask();
    const another = findingOf({ eventID: 'another' });
    expect(outcomesOf([await ask(another)])).toEqual(['acted-already']);
    pass(minutes(6));
    expect(outcomesOf([await ask(another)])).toEqual(['waiting']);
  });

  it('says in mode plan that it would ask', async () => {
    const { message } = await createWorld().ask(findingOf(), { mode: 'plan' });
    expect(message).toBe(
      `deactivate-access-key would act on access-key ${annsKey} once a person approves it; responses are in mode "plan"`,
    );
  });
});

describe('a plan that was approved', () => {
  it('runs, says who approved it, and is looked at again', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    world.pass(minutes(5));
    expect(await world.decide(id)).toMatchObject({ decision: { is: 'approved', by: 'T1/U1' } });
    const [activity] = await world.settle(id);
    expect(activity?.message).toBe(
      `deactivate-access-key acted on access-key ${annsKey} and the account confirms it; it was approved by T1/U1 at 2026-10-14 09:05:00 UTC`,
    );
    expect(activity?.unmapped.trailwire.decision).toEqual({ is: 'approved', by: 'T1/U1', at: start + minutes(5) });
    expect(world.keyOfAnn()).toBe('Inactive');
    expect(world.queue).toEqual([{ check: id, round: 0 }]);
  });

  it('runs once, and tells a message that is repeated the same news', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id);
    const [first] = await world.settle(id);
    const made: string[] = [];
    const again = await settle({ settle: id }, executing, {
      ...world.ports,
      account: { ...world.local, execute: async ({ action }) => void made.push(action) },
    });
    expect(again.map(({ metadata }) => metadata.uid)).toEqual([first?.metadata.uid]);
    expect(made).toEqual([]);
  });

  it('can be taken back, and stays so', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id);
    await world.settle(id);
    expect(outcomesOf([await undo({ undo: id }, account, world.ports)])).toEqual(['undone']);
    expect(world.keyOfAnn()).toBe('Active');
    expect(await world.settle(id)).toEqual([]);
    expect(world.keyOfAnn()).toBe('Active');
  });

  it.each<[string, string, Partial<ResponseSettings>]>([
    ['responses were switched to plan', 'mode-off', { mode: 'plan' }],
    ['its principal was protected', 'protected-principal', { protectedPrincipals: [identities.userWithKey.arn] }],
    ['the caller became a role of Trailwire', 'own-role', { ownRoles: [identities.userWithKey.arn] }],
    ['the account is another', 'no-role', { account: '444455556666' }],
  ])('does not run when meanwhile %s', async (_, code, more) => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id);
    expect(outcomesOf(await world.settle(id, more))).toEqual([code]);
    expect(world.keyOfAnn()).toBe('Active');
  });

  it('does not run when all responses were switched off meanwhile', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id);
    const ports = { ...world.ports, switchedOff: async () => 'all responses are switched off' };
    expect(outcomesOf(await settle({ settle: id }, executing, ports))).toEqual(['switched-off']);
    expect(world.keyOfAnn()).toBe('Active');
  });

  it('does not run when its principal got a protected tag meanwhile', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id);
    const read: typeof world.local.read = async (wanted) =>
      wanted.action === 'iam:GetUser' ? { 'tag stage': 'live' } : world.local.read(wanted);
    const ports = { ...world.ports, account: { ...world.local, read } };
    const settings = { ...executing, protectedTags: ['stage'] };
    expect(outcomesOf(await settle({ settle: id }, settings, ports))).toEqual(['protected-tag']);
    expect(world.keyOfAnn()).toBe('Active');
  });

  it('does not run over what somebody changed since it was planned', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id);
    const read = async () => ({ [annsKey]: 'Expired' });
    const ports = { ...world.ports, account: { ...world.local, read } };
    expect(outcomesOf(await settle({ settle: id }, executing, ports))).toEqual(['changed-since']);
    expect(world.keyOfAnn()).toBe('Active');
  });

  it('does not run hours after it was approved', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id);
    world.pass(minutes(61));
    expect(outcomesOf(await world.settle(id))).toEqual(['expired']);
    expect(world.keyOfAnn()).toBe('Active');
  });
});

describe('a plan that nobody approves', () => {
  it('is looked at until its time is over, is given up once, and cannot be approved any more', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    world.pass(minutes(15));
    expect(await world.settle(id)).toEqual([]);
    expect(world.waiting.at(-1)).toEqual({ settle: id, waitMs: minutes(45) });
    world.pass(minutes(45));
    const [activity] = await world.settle(id);
    expect(activity?.message).toBe(
      `deactivate-access-key on access-key ${annsKey} was not run: nobody approved it in time`,
    );
    expect(await world.decide(id)).toMatchObject({ refused: 'duplicate' });
    expect(outcomesOf(await world.settle(id))).toEqual(['expired']);
    expect(world.keyOfAnn()).toBe('Active');
  });

  it('is not run when it was rejected, which says who did', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id, { is: 'rejected' });
    const [activity] = await world.settle(id);
    expect(outcomesOf(activity === undefined ? [] : [activity])).toEqual(['rejected']);
    expect(activity?.status_detail).toBe('it was rejected by T1/U1 at 2026-10-14 09:00:00 UTC');
    expect(world.keyOfAnn()).toBe('Active');
  });
});

describe('a decision', () => {
  it.each<[string, string, Partial<DecisionWish>, number]>([
    ['nobody was asked about', 'unknown', { commandUid: 'f'.repeat(32) }, 0],
    ['is of a plan that looks otherwise', 'tampered', { digest: 'f'.repeat(64) }, 0],
    ['comes when the time is over', 'late', {}, minutes(60)],
  ])('that %s is refused as %s', async (_, refused, wish, wait) => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    world.pass(wait);
    expect(await world.decide(id, wish)).toMatchObject({ refused, reason: expect.stringMatching(/.{10,}/) });
    expect(world.asked.get(id)?.decision).toBeUndefined();
  });

  it.each(['approved', 'rejected'] as const)('is taken once: after one, %s is a duplicate', async (is) => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id, { by: 'T1/FIRST' });
    expect(await world.decide(id, { is, by: 'T1/SECOND' })).toMatchObject({
      refused: 'duplicate',
      reason: 'it was approved by T1/FIRST at 2026-10-14 09:00:00 UTC',
      earlier: { decision: { is: 'approved', by: 'T1/FIRST' } },
    });
    expect(world.asked.get(id)?.decision?.by).toBe('T1/FIRST');
  });

  it('keeps who decided on one line', async () => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    await world.decide(id, { by: `mallory\nit was approved by the CISO ${'x'.repeat(1_000)}` });
    expect(world.asked.get(id)?.decision?.by).toMatch(/^mallory it was.{1,190}\.\.\.$/);
  });
});

describe('what stands in the store of approvals is not trusted', () => {
  const forge = async (change: { readonly digest?: string; readonly at?: number }) => {
    const world = createWorld();
    const { command_uid: id } = await world.ask();
    const approval = world.asked.get(id);
    if (approval === undefined) throw new TypeError('nothing was asked');
    const { digest } = approval.request;
    world.asked.set(id, { ...approval, decision: { is: 'approved', by: 'mallory', at: start, digest, ...change } });
    return { world, activities: await world.settle(id) };
  };

  it('runs nothing on an approval of another plan', async () => {
    const { world, activities } = await forge({ digest: 'f'.repeat(64) });
    expect(outcomesOf(activities)).toEqual(['decision-invalid']);
    expect(world.keyOfAnn()).toBe('Active');
  });

  it('runs nothing on an approval after the time', async () => {
    const { world, activities } = await forge({ at: start + minutes(60) });
    expect(outcomesOf(activities)).toEqual(['decision-invalid']);
    expect(world.keyOfAnn()).toBe('Active');
  });

  it('settles nothing that never waited', async () => {
    const world = createWorld();
    await expect(world.settle('f'.repeat(32))).rejects.toMatchObject({ code: 'REMEDIATION_UNKNOWN' });
    const auto = findingOf({}, { respond: { remediate: [{ run: 'deactivate-access-key', mode: 'auto' }] } });
    const { command_uid: id } = await world.ask(auto);
    await expect(world.settle(id)).rejects.toMatchObject({ code: 'REMEDIATION_UNKNOWN' });
  });
});
