import { DetachUserPolicyCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecutor } from '../../account/execute.ts';
import type { AwsRead } from '../../engine/aws-call.ts';
import { readText } from '../../engine/field.ts';
import type { Activity } from '../../engine/ocsf.ts';
import type { Plan } from '../../engine/plan.ts';
import { recheck } from '../../engine/recheck.ts';
import { remediations } from '../../engine/remediations/index.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { type ResponseSettings, respond } from '../../engine/response.ts';
import { partOf } from '../../engine/state.ts';
import { undo } from '../../engine/undo.ts';
import { exampleFinding } from '../example-finding.ts';
import { createResponseWorld, executing } from '../response-world.ts';
import type { AwsCase } from './aws-case.ts';
import { iamCases } from './iam-cases.ts';
import { hasMoto, motoAccount, startMoto } from './moto.ts';
import { resourceCases } from './resource-cases.ts';
import { type Fault, watchCalls } from './watched-calls.ts';

const settings: ResponseSettings = {
  ...executing,
  account: motoAccount,
  limitPerHour: 1_000,
  limitPerAccount: 1_000,
};

/** For each remediation how an account comes to need it. */
const awsCases: Readonly<Record<RemediationName, readonly [AwsCase, ...AwsCase[]]>> = { ...iamCases, ...resourceCases };
const names = Object.keys(remediations) as RemediationName[];
const outcomeOf = ({ unmapped }: Activity): string => unmapped.trailwire.outcome;

describe.runIf(hasMoto)('every remediation on an account', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let world: ReturnType<typeof createResponseWorld>;
  const watched = watchCalls();
  beforeAll(async () => {
    moto = await startMoto();
    world = createResponseWorld(createExecutor({}, watched.observe), Date.now);
  }, 30_000);
  afterAll(() => moto.stop());

  let ids = 0;
  /** What asks for remediations, on fresh resources. */
  const arrange = async (
    { arrange: make, recorded = {}, refused = {} }: AwsCase,
    ...asked: readonly RemediationName[]
  ) => {
    ids += 1;
    const id = String(ids);
    const record = await make(id);
    // What moto has of LookupEvents is an error; without a recorded answer there is nothing in Event history.
    const answers: NonNullable<AwsCase['recorded']> = {
      'cloudtrail:LookupEvents': () => ({ Events: [] }),
      ...recorded,
    };
    watched.answerWith(Object.fromEntries(Object.entries(answers).map(([action, answer]) => [action, answer(id)])));
    watched.refuseWhere(refused);
    world.queue.length = 0;
    const finding = exampleFinding(
      { respond: { remediate: asked.map((run) => ({ run, mode: 'auto' })) } },
      { ...record, eventID: `event-${ids}` },
    );
    watched.taken();
    watched.breakWrite(undefined);
    return { finding, record };
  };
  type Arranged = Awaited<ReturnType<typeof arrange>>;

  const run = async ({ finding }: Arranged, mode: ResponseSettings['mode'] = 'execute'): Promise<Activity> => {
    const [activity] = await respond(finding, { ...settings, mode }, world.ports);
    if (activity === undefined) throw new TypeError('there is no activity');
    return activity;
  };
  const lookAgain = async (): Promise<readonly Activity[]> => {
    const due = world.queue.splice(0).filter(({ round }) => round === 0);
    return (await Promise.all(due.map((request) => recheck(request, settings, world.ports)))).flat();
  };
  /** The plan that ran or would, as it is kept. */
  const planOf = async ({ command_uid, unmapped }: Activity): Promise<Plan> =>
    (await world.ports.responses.load(command_uid))?.plan ?? (unmapped.trailwire.plan as unknown as Plan);
  /** What the account says to the reads of a plan, of all that the plan is about. */
  const stateOf = ({ changes }: Plan) =>
    Promise.all(
      changes.map(async ({ read, to }) => partOf(await world.ports.account.read(read as AwsRead), Object.keys(to))),
    );
  const isUndoable = ({ changes }: Plan): boolean => changes.every(({ undo: back }) => !('cannot' in back));
  const wanted = ({ changes }: Plan) => changes.map(({ to }) => to);

  describe.each(names)('%s', (name) => {
    const cases = awsCases[name];
    it('plans, and no write leaves, in mode plan', async () => {
      for (const each of cases) {
        const arranged = await arrange(each, name);
        watched.forbidWrites(true);
        try {
          const activity = await run(arranged, 'plan');
          expect(activity.status_detail).toBeUndefined();
          expect(outcomeOf(activity)).toBe('planned');
          expect(watched.writesOf(watched.taken())).toEqual([]);
        } finally {
          watched.forbidWrites(false);
        }
      }
    });

    it('acts once, holds, and is taken back to exactly what was there; by the calls it declares, all of them', async () => {
      const made = { reads: new Set<string>(), calls: new Set<string>(), undoCalls: new Set<string>() };
      const takeCalls = (kind: 'calls' | 'undoCalls' = 'calls') => {
        const calls = watched.taken();
        const writes = watched.writesOf(calls);
        for (const call of calls) made[writes.includes(call) ? kind : 'reads'].add(call);
        return writes;
      };
      for (const each of cases) {
        const arranged = await arrange(each, name);
        const planned = await planOf(await run(arranged, 'plan'));
        const before = await stateOf(planned);
        takeCalls();

        const applied = await run(arranged);
        expect(applied.message).toContain('the account confirms it');
        expect(outcomeOf(applied)).toBe('applied');
        expect(takeCalls()).toEqual(planned.changes.map(({ call }) => call.action));
        const plan = await planOf(applied);
        expect(plan.changes.map(({ from }) => from)).toEqual(before);
        expect(await stateOf(plan)).not.toEqual(before);

        expect(outcomeOf(await run(arranged))).toBe('applied');
        expect((await lookAgain()).map(outcomeOf)).toEqual(['verified']);
        expect(takeCalls()).toEqual([]);

        const undone = await undo({ undo: applied.command_uid }, motoAccount, world.ports);
        expect(outcomeOf(undone)).toBe(isUndoable(plan) ? 'undone' : 'refused');
        if (isUndoable(plan)) expect(await stateOf(plan)).toEqual(before);
        takeCalls('undoCalls');
      }
      const sorted = (actions: Readonly<Record<string, Iterable<string>>>) =>
        Object.entries(actions).map(([kind, each]) => [kind, [...each].toSorted()]);
      expect(sorted(made)).toEqual(sorted(remediations[name].actions));
    });

    /** Each write of a plan going wrong in turn, each time on fresh resources. */
    const forEachWrite = async (kind: Fault, check: (arranged: Arranged, plan: Plan, at: number) => Promise<void>) => {
      for (const each of cases) {
        for (let at = 0, count = 1; at < count; at++) {
          const arranged = await arrange(each, name);
          const plan = await planOf(await run(arranged, 'plan'));
          count = plan.changes.length;
          watched.breakWrite({ at, kind });
          await check(arranged, plan, at);
          world.queue.length = 0;
        }
      }
    };

    it('throttled at any call fails clearly, and the look later makes up for it', async () => {
      await forEachWrite('throttled', async (arranged, plan, at) => {
        const failed = await run(arranged);
        expect(outcomeOf(failed)).toBe('failed');
        expect(failed.status_detail).toContain('Throttling: Rate exceeded');
        expect(failed.status_detail).toContain(`left to do: ${plan.changes[at]?.call.action}`);
        watched.breakWrite(undefined);
        expect((await lookAgain()).map(outcomeOf)).toEqual(['re-applied']);
        expect(await stateOf(plan)).toEqual(wanted(await planOf(failed)));
      });
    });

    it('denied at any call fails clearly, then and later, and what else it does is done', async () => {
      await forEachWrite('denied', async (arranged, plan, at) => {
        const failed = await run(arranged);
        expect(outcomeOf(failed)).toBe('failed');
        watched.breakWrite({ at: 0, kind: 'denied' });
        const [again] = await lookAgain();
        expect(again && outcomeOf(again)).toBe('failed');
        expect(again?.status_detail).toContain(`left to do: ${plan.changes[at]?.call.action}`);
        expect(again?.status_detail).toContain('AccessDenied: not authorized');
      });
    });

    it('goes by what the account shows when the answer to any call is lost', async () => {
      await forEachWrite('answer lost', async (arranged) => {
        const applied = await run(arranged);
        expect(outcomeOf(applied)).toBe('applied');
        expect(applied.unmapped.trailwire.steps.map(({ error }) => error)).toContain(
          `${applied.unmapped.trailwire.steps.find(({ error }) => error !== undefined)?.action}: socket hang up`,
        );
        expect((await lookAgain()).map(outcomeOf)).toEqual(['verified']);
      });
    });

    it('killed after any call is completed by the next try, which repeats nothing, and can be taken back', async () => {
      await forEachWrite('killed', async (arranged, plan) => {
        const before = await stateOf(plan);
        const struck = watched.whenStruck();
        void run(arranged);
        await struck;
        watched.breakWrite(undefined);
        const applied = await run(arranged);
        expect(outcomeOf(applied)).toBe('applied');
        const kept = await planOf(applied);
        expect(await stateOf(kept)).toEqual(wanted(kept));
        const undone = await undo({ undo: applied.command_uid }, motoAccount, world.ports);
        expect(outcomeOf(undone)).toBe(isUndoable(plan) ? 'undone' : 'refused');
        if (isUndoable(plan)) expect(await stateOf(plan)).toEqual(before);
      });
    });
  });

  it('puts back what a second actor undid within seconds, and says so', async () => {
    const [byUser] = awsCases['quarantine-user'];
    const arranged = await arrange(byUser, 'deactivate-access-key', 'quarantine-user');
    const { finding, record } = arranged;
    const UserName = String(readText(record, 'userIdentity.userName'));
    const AccessKeyId = String(readText(record, 'userIdentity.accessKeyId'));
    const applied = await respond(finding, settings, world.ports);
    expect(applied.map(outcomeOf)).toEqual(['applied', 'applied']);
    const plans = await Promise.all(applied.map(planOf));

    const mallory = new IAMClient();
    await mallory.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Active' }));
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3';
    await mallory.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
    mallory.destroy();

    const looked = await lookAgain();
    expect(looked.map(outcomeOf)).toEqual(['re-applied', 're-applied']);
    for (const { message, unmapped } of looked) {
      expect(message).toContain('was put in force again');
      expect(unmapped.trailwire.notify).toBeUndefined();
    }
    for (const plan of plans) expect(await stateOf(plan)).toEqual(wanted(plan));
  });

  it('reports what AWS says when a call is refused', async () => {
    const call = {
      action: 'iam:UpdateAccessKey',
      parameters: { UserName: 'nobody', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Inactive' },
    } as const;
    await expect(world.ports.account.execute(call)).rejects.toMatchObject({
      code: 'REMEDIATION_CALL_FAILED',
      message: expect.stringContaining('nobody'),
    });
  });

  it('reads what does not exist as nothing', async () => {
    const read = { action: 'iam:ListAccessKeys', parameters: { UserName: 'nobody' } } as const;
    expect(await world.ports.account.read(read)).toEqual({});
  });
});
