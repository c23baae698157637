import { describe, expect, it } from 'vitest';
import { commandUidOf } from '../../engine/activity.ts';
import type { AwsCall, AwsRead } from '../../engine/aws-call.ts';
import type { AccountPorts } from '../../engine/carry-out.ts';
import { type EnterAccount, type Entry, noRole } from '../../engine/enter-account.ts';
import { type Activity, activitySchema, type Finding } from '../../engine/ocsf.ts';
import type { RefusalCode } from '../../engine/plan.ts';
import { recheck } from '../../engine/recheck.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { type ResponsePorts, type ResponseSettings, respond } from '../../engine/response.ts';
import { undo } from '../../engine/undo.ts';
import { createMemoryWindowStore } from '../../engine/window-store.ts';
import { exampleFinding } from '../example-finding.ts';
import { account, exampleRecord, identities, otherAccount } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';
import { validateActivity } from '../ocsf/validators.ts';
import { createMemoryResponses, createResponseWorld, executing } from '../response-world.ts';

const now = Date.parse('2026-10-14T09:10:00Z');
const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const bobsKey = 'AKIAI44QH8DHBEXAMPLE';
const bob = {
  ...identities.userWithKey,
  arn: `arn:aws:iam::${account}:user/bob`,
  userName: 'bob',
  accessKeyId: bobsKey,
};

const settings: ResponseSettings = {
  ...executing,
  ownRoles: [`arn:aws:iam::${account}:role/trailwire-remediate`],
  protectedPrincipals: [`arn:aws:iam::${account}:user/break-glass`],
  protectedResources: [`arn:aws:s3:::website`],
};

const findingOf = (
  run: readonly RemediationName[] = ['deactivate-access-key'],
  record: object = {},
  rule: object = {},
): Finding =>
  exampleFinding(
    { respond: { remediate: run.map((name) => ({ run: name, mode: 'auto' as const })) }, ...rule },
    exampleRecord(record),
  );

/** An account with what outlives one run of the function. */
const start = (more: Partial<ResponsePorts> = {}, accountMore: Partial<AccountPorts> = {}) => {
  const local = createLocalAccount({
    users: {
      ann: { [annsKey]: 'Active', AKIAI55QH8DHBEXAMPLE: 'Active' },
      bob: { [bobsKey]: 'Active' },
    },
    roles: ['Admin', 'Reader'],
  });
  const { ports, kept, queue } = createResponseWorld({ ...local, ...accountMore }, () => now);
  return { ports: { ...ports, ...more }, kept, queue, state: local.state, local };
};

const must = (activity: Activity | undefined): Activity => {
  if (activity === undefined) throw new TypeError('there is no activity');
  expect(validateActivity(activity)).toEqual([]);
  expect(() => activitySchema.parse(JSON.parse(JSON.stringify(activity)))).not.toThrow();
  return activity;
};
const only = async (activities: Promise<readonly Activity[]>): Promise<Activity> => {
  const [activity, ...others] = await activities;
  expect(others).toEqual([]);
  return must(activity);
};
const outcomeOf = ({ unmapped }: Activity) => unmapped.trailwire.refused ?? unmapped.trailwire.outcome;
const stepsOf = ({ unmapped }: Activity) =>
  unmapped.trailwire.steps.map(({ action, outcome }) => `${action} ${outcome}`);

/** Where another response holds every principal. */
const createHeldResponses = () => ({ ...createMemoryResponses().responses, claim: async () => false });

describe('mode off', () => {
  it('changes nothing, and tells nobody but the bus', async () => {
    const { ports, state, kept } = start();
    const before = state();
    const activity = await only(respond(findingOf(), { ...settings, mode: 'off' }, ports));
    expect(outcomeOf(activity)).toBe('mode-off');
    expect(activity.unmapped.trailwire.notify).toEqual([]);
    expect(state()).toEqual(before);
    expect(kept.size).toBe(0);
  });
});

describe('mode plan', () => {
  it('says what would be done, with the exact calls, and changes nothing', async () => {
    const execute = async () => {
      throw new TypeError('nothing may be changed here');
    };
    const { ports, kept, queue } = start({}, { execute });
    const activity = await only(respond(findingOf(), { ...settings, mode: 'plan', limitPerHour: 0 }, ports));
    expect(outcomeOf(activity)).toBe('planned');
    expect(activity.message).toBe(
      `deactivate-access-key would act on access-key ${annsKey}; responses are in mode "plan"`,
    );
    const parameters = { UserName: 'ann', AccessKeyId: annsKey };
    expect(activity.unmapped.trailwire.plan).toMatchObject({
      changes: [
        {
          from: { [annsKey]: 'Active' },
          call: { action: 'iam:UpdateAccessKey', parameters: { ...parameters, Status: 'Inactive' } },
          undo: { action: 'iam:UpdateAccessKey', parameters: { ...parameters, Status: 'Active' } },
        },
      ],
    });
    expect(stepsOf(activity)).toEqual(['iam:UpdateAccessKey not-run']);
    expect(kept.size).toBe(0);
    expect(queue).toEqual([]);
  });

  it('says whom it would act on where there is no account to read', async () => {
    const noAccount = { now: () => now, account: undefined };
    const activity = await only(respond(findingOf(), { ...settings, mode: 'plan' }, noAccount));
    expect(outcomeOf(activity)).toBe('planned');
    expect(activity.unmapped.trailwire.target?.name).toBe(annsKey);
  });
});

describe('mode execute', () => {
  it('changes exactly the key of the call, and reads it back', async () => {
    const { ports, state } = start();
    const before = state();
    const activity = await only(respond(findingOf(), settings, ports));
    expect(outcomeOf(activity)).toBe('applied');
    expect(activity.message).toBe(`deactivate-access-key acted on access-key ${annsKey} and the account confirms it`);
    expect(stepsOf(activity)).toEqual(['iam:UpdateAccessKey done', 'iam:ListAccessKeys holds']);
    const changed = structuredClone(before);
    changed.users.ann = { keys: { ...changed.users.ann?.keys, [annsKey]: 'Inactive' }, policies: [] };
    expect(state()).toEqual(changed);
  });

  it('runs every response the finding names, and one that does not fit the caller is quiet about it', async () => {
    const { ports, state } = start();
    const run = ['deactivate-access-key', 'quarantine-user', 'revoke-role-sessions'] as const;
    const activities = (await respond(findingOf(run), settings, ports)).map(must);
    expect(activities.map(outcomeOf)).toEqual(['applied', 'applied', 'not-applicable']);
    expect(activities.map(({ unmapped }) => unmapped.trailwire.notify)).toEqual([undefined, undefined, []]);
    expect(state().users.ann).toMatchObject({
      keys: { [annsKey]: 'Inactive' },
      policies: ['arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3'],
    });
  });

  it('is not quiet when none of its responses fits', async () => {
    const { ports } = start();
    const finding = findingOf(['deactivate-access-key', 'quarantine-user'], { userIdentity: identities.root });
    const activities = (await respond(finding, settings, ports)).map(must);
    expect(activities.map(outcomeOf)).toEqual(['not-applicable', 'not-applicable']);
    expect(activities.map(({ unmapped }) => unmapped.trailwire.notify)).toEqual([undefined, undefined]);
  });

  it('does nothing for a finding that names no response', async () => {
    const { ports, state } = start();
    const before = state();
    expect(await respond(findingOf([]), settings, ports)).toEqual([]);
    expect(state()).toEqual(before);
  });

  it('ends the sessions of a role, and of no other', async () => {
    const { ports, state } = start();
    const finding = findingOf(['revoke-role-sessions'], { userIdentity: identities.role });
    expect(outcomeOf(await only(respond(finding, settings, ports)))).toBe('applied');
    const { roles } = state();
    expect(Object.keys(roles.Admin ?? {})).toEqual([
      `TrailwireRevokeSessions-${finding.finding_info.uid.slice(0, 12)}`,
    ]);
    expect(roles.Reader).toEqual({});
  });

  it('acts once for several findings about one principal, and for each session of a role', async () => {
    const { ports, state } = start();
    const session = (name: string) => ({
      ...identities.role,
      arn: `arn:aws:sts::${account}:assumed-role/Admin/${name}`,
      principalId: `AROAEXAMPLEADMIN0EXAM:${name}`,
    });
    const by = (name: string, eventID: string) =>
      only(respond(findingOf(['revoke-session'], { userIdentity: session(name), eventID }), settings, ports));
    expect(outcomeOf(await by('eve', 'one'))).toBe('applied');
    expect(outcomeOf(await by('eve', 'two'))).toBe('acted-already');
    expect(outcomeOf(await by('mallory', 'three'))).toBe('applied');
    expect(Object.keys(state().roles.Admin ?? {})).toHaveLength(2);
  });

  it('answers each call with what puts a call right', async () => {
    const { ports, kept } = start();
    const by = async (eventID: string) => {
      const finding = findingOf(['deactivate-new-key'], { eventID });
      return outcomeOf(await only(respond(finding, settings, { ...ports, account: { ...ports.account, read } })));
    };
    const read = async () => ({ [bobsKey]: 'Active', arn: `arn:aws:iam::${account}:user/bob` });
    expect([await by('one'), await by('two')]).not.toContain('acted-already');
    expect(kept.size).toBe(2);
  });

  it('has what it did looked at again, and says so before it acts', async () => {
    const order: string[] = [];
    const { ports, local } = start(
      {},
      {
        execute: async (call) => {
          order.push(call.action);
          await local.execute(call);
        },
      },
    );
    const checkLater = async (_: string, round: number) => {
      order.push(`look ${round}`);
    };
    await respond(findingOf(), settings, { ...ports, checkLater });
    expect(order).toEqual(['look 0', 'iam:UpdateAccessKey']);
  });

  it('keeps the state before it, and calls only what is not there yet', async () => {
    const { ports, kept, local } = start();
    await local.execute({
      action: 'iam:AttachUserPolicy',
      parameters: { UserName: 'ann', PolicyArn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3' },
    });
    const [key, user] = await respond(findingOf(['deactivate-access-key', 'quarantine-user']), settings, ports);
    // Somebody else attached it, so that undo must not detach it.
    expect(outcomeOf(must(user))).toBe('done-already');
    expect(kept.get(must(key).command_uid)?.plan.changes[0]?.from).toEqual({ [annsKey]: 'Active' });
    expect(kept.size).toBe(1);
  });

  it('runs once, and tells a delivery that is repeated the same news, way back included', async () => {
    const { ports, state } = start();
    const first = await only(respond(findingOf(), settings, ports));
    const after = state();
    const again = await only(respond(findingOf(), { ...settings, limitPerHour: 1 }, ports));
    expect(outcomeOf(again)).toBe('applied');
    expect(again.metadata.uid).toBe(first.metadata.uid);
    expect(again.unmapped.trailwire.plan).toEqual(first.unmapped.trailwire.plan);
    expect(stepsOf(again)).toEqual(['iam:ListAccessKeys holds']);
    expect(state()).toEqual(after);
  });

  const reverted: AwsCall = {
    action: 'iam:UpdateAccessKey',
    parameters: { UserName: 'ann', AccessKeyId: annsKey, Status: 'Active' },
  };

  it('delivered again does not put in force again what somebody reverted by hand since, nor has it looked at again', async () => {
    const { ports, state, local, queue } = start();
    await respond(findingOf(), settings, ports);
    await local.execute(reverted);
    queue.length = 0;
    const before = state();
    const again = await only(respond(findingOf(), settings, ports));
    expect(outcomeOf(again)).toBe('changed-since');
    expect(again.status_detail).toContain('somebody changed it since');
    expect(stepsOf(again)).toEqual(['iam:ListAccessKeys does-not-hold']);
    expect(state()).toEqual(before);
    expect(queue).toEqual([]);
  });

  it('delivered again goes on with what failed at first, and reverts by hand count from then on', async () => {
    const { ports, state, local } = start();
    const throttled = async () => {
      throw new Error('Throttling: Rate exceeded');
    };
    const failing = { ...ports, account: { ...local, execute: throttled } };
    expect(outcomeOf(await only(respond(findingOf(), settings, failing)))).toBe('failed');
    expect(outcomeOf(await only(respond(findingOf(), settings, ports)))).toBe('applied');
    expect(state().users.ann?.keys[annsKey]).toBe('Inactive');
    await local.execute(reverted);
    expect(outcomeOf(await only(respond(findingOf(), settings, ports)))).toBe('changed-since');
    expect(state().users.ann?.keys[annsKey]).toBe('Active');
  });

  it('of two deliveries at once plans once: there is one state before it', async () => {
    const { ports, kept, state } = start();
    const activities = await Promise.all([1, 2].map(() => only(respond(findingOf(), settings, ports))));
    expect(activities.map(outcomeOf)).toEqual(['applied', 'applied']);
    expect(kept.size).toBe(1);
    expect([...kept.values()][0]?.plan.changes[0]?.from).toEqual({ [annsKey]: 'Active' });
    expect(state().users.ann?.keys[annsKey]).toBe('Inactive');
  });

  it.each(['save', 'look'])(
    'keeps the plan and has it looked at before it acts: where that fails, nothing runs (%s)',
    async (what) => {
      const fail = async () => {
        throw new Error('AWS is away');
      };
      const { ports, state } = start();
      const before = state();
      const broken =
        what === 'save' ? { ...ports, responses: { ...ports.responses, save: fail } } : { ...ports, checkLater: fail };
      await expect(respond(findingOf(), settings, broken)).rejects.toThrow('AWS is away');
      expect(state()).toEqual(before);
    },
  );

  it('does not take a count that fails for a free place', async () => {
    const store = {
      ...createMemoryWindowStore(),
      take: async () => {
        throw new Error('the table is away');
      },
    };
    const { ports, state } = start({ store });
    const before = state();
    await expect(respond(findingOf(), settings, ports)).rejects.toThrow('the table is away');
    expect(state()).toEqual(before);
  });
});

describe('the limit of an hour', () => {
  it('stops a storm of responses, and a new hour begins anew', async () => {
    let time = now;
    const { ports, state } = start({ now: () => time });
    const limited = { ...settings, limitPerHour: 1 };
    const ofBob = findingOf(undefined, { userIdentity: bob, eventID: 'another' });
    expect(outcomeOf(await only(respond(findingOf(), limited, ports)))).toBe('applied');
    const refused = await only(respond(ofBob, limited, ports));
    expect(outcomeOf(refused)).toBe('limit');
    expect(refused.status_detail).toBe('1 response began within this hour already; a person has to look');
    expect(state().users.bob?.keys[bobsKey]).toBe('Active');

    time = Date.parse('2026-10-14T10:00:00Z');
    expect(outcomeOf(await only(respond(ofBob, limited, ports)))).toBe('applied');
    expect(state().users.bob?.keys[bobsKey]).toBe('Inactive');
  });

  it('is counted for each account, too', async () => {
    const { ports } = start();
    const limited = { ...settings, limitPerAccount: 1 };
    const ofBob = findingOf(undefined, { userIdentity: bob, eventID: 'another' });
    expect(outcomeOf(await only(respond(findingOf(), limited, ports)))).toBe('applied');
    const refused = await only(respond(ofBob, limited, ports));
    expect(refused.status_detail).toBe(
      `1 response began in account ${account} within this hour already; a person has to look`,
    );
  });

  it('of none means that nothing runs', async () => {
    const { ports, state } = start();
    const before = state();
    expect(outcomeOf(await only(respond(findingOf(), { ...settings, limitPerHour: 0 }, ports)))).toBe('limit');
    expect(state()).toEqual(before);
  });

  it('is not spent on what is refused or only planned', async () => {
    const { ports } = start();
    const limited = { ...settings, limitPerHour: 1 };
    await respond(findingOf(), { ...limited, mode: 'plan' }, ports);
    await respond(findingOf(), { ...limited, mode: 'off' }, ports);
    await respond(findingOf(undefined, { userIdentity: identities.root }), limited, ports);
    expect(outcomeOf(await only(respond(findingOf(), limited, ports)))).toBe('applied');
  });

  it('holds when responses come at once', async () => {
    const { ports, state } = start();
    const findings = [findingOf(), findingOf(undefined, { userIdentity: bob, eventID: 'another' })];
    const activities = await Promise.all(
      findings.map((finding) => only(respond(finding, { ...settings, limitPerHour: 1 }, ports))),
    );
    expect(activities.map(outcomeOf).toSorted()).toEqual(['applied', 'limit']);
    const keys = { ...state().users.ann?.keys, ...state().users.bob?.keys };
    expect(Object.values(keys).filter((status) => status === 'Inactive')).toHaveLength(1);
  });
});

describe('a response that fails', () => {
  it('says which call failed, in the words of AWS, and what is left to do', async () => {
    const { ports, kept } = start(
      {},
      {
        execute: async () => {
          throw new Error('AccessDenied: not allowed');
        },
      },
    );
    const finding = findingOf();
    const activity = await only(respond(finding, settings, ports));
    expect(outcomeOf(activity)).toBe('failed');
    expect(activity.message).toBe(`deactivate-access-key did not take hold on access-key ${annsKey}; act by hand`);
    expect(activity.unmapped.trailwire.steps).toEqual([
      { action: 'iam:UpdateAccessKey', outcome: 'failed', error: 'AccessDenied: not allowed' },
      { action: 'iam:ListAccessKeys', outcome: 'does-not-hold' },
    ]);
    expect(activity.status_detail).toBe(
      `iam:UpdateAccessKey AccessDenied: not allowed; left to do: iam:UpdateAccessKey {"UserName":"ann","AccessKeyId":"${annsKey}","Status":"Inactive"}`,
    );
    expect([...kept.keys()]).toEqual([commandUidOf('deactivate-access-key', finding.finding_info.uid)]);
  });

  it('does not stop the ones after it', async () => {
    const { ports, local } = start();
    const execute = async (call: AwsCall) => {
      if (call.action === 'iam:UpdateAccessKey') throw new Error('AccessDenied: not allowed');
      await local.execute(call);
    };
    const denied = { ...ports, account: { ...local, execute } };
    const activities = await respond(findingOf(['deactivate-access-key', 'quarantine-user']), settings, denied);
    expect(activities.map(must).map(outcomeOf)).toEqual(['failed', 'applied']);
  });

  it('has not failed when the call took effect and its answer was lost', async () => {
    const { ports, local } = start();
    const execute = async (call: AwsCall) => {
      await local.execute(call);
      throw new Error('socket hang up');
    };
    const activity = await only(respond(findingOf(), settings, { ...ports, account: { ...local, execute } }));
    expect(outcomeOf(activity)).toBe('applied');
    expect(activity.unmapped.trailwire.steps[0]).toMatchObject({ outcome: 'failed', error: 'socket hang up' });
  });

  it('says that the account does not show it yet, when every call went through', async () => {
    // IAM is eventually consistent: the answers are those of a moment ago.
    const stale = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
    const { ports, state, queue } = start({}, { read: stale.read });
    const activity = await only(respond(findingOf(), settings, ports));
    expect(outcomeOf(activity)).toBe('applied');
    expect(activity.message).toBe(
      `deactivate-access-key acted on access-key ${annsKey} and the account does not show it yet`,
    );
    expect(stepsOf(activity)).toEqual(['iam:UpdateAccessKey done', 'iam:ListAccessKeys does-not-hold']);
    expect(state().users.ann?.keys[annsKey]).toBe('Inactive');
    expect(queue).toHaveLength(1);
  });

  it('has failed, with nothing changed, when the account cannot be read', async () => {
    const read = async ({ action }: AwsRead) => {
      throw new Error(`AccessDenied: ${action}`);
    };
    const { ports, kept, state } = start({}, { read });
    const before = state();
    const activity = await only(respond(findingOf(), settings, ports));
    expect(outcomeOf(activity)).toBe('failed');
    expect(activity.message).toContain('could not be planned, nothing was changed; act by hand');
    expect(activity.status_detail).toBe('AccessDenied: iam:ListAccessKeys');
    expect(kept.size).toBe(0);
    expect(state()).toEqual(before);
  });

  it('goes on where a run died between two calls, and does not repeat the first', async () => {
    const { ports, local, state } = start();
    const made: string[] = [];
    const run = (execute: AccountPorts['execute']) =>
      respond(findingOf(), settings, { ...ports, account: { ...local, execute } });
    const never = new Promise<never>(() => undefined);
    const died = run(async (call) => {
      made.push(call.action);
      await local.execute(call);
      await never;
    });
    await Promise.race([died, new Promise((resolve) => setTimeout(resolve, 20))]);
    expect(state().users.ann?.keys[annsKey]).toBe('Inactive');
    const again = await only(
      run(async (call) => {
        made.push(call.action);
      }),
    );
    expect(outcomeOf(again)).toBe('applied');
    expect(made).toEqual(['iam:UpdateAccessKey']);
  });
});

describe('every refusal', () => {
  const breakGlass = {
    ...identities.userWithKey,
    userName: 'break-glass',
    arn: `arn:aws:iam::${account}:user/break-glass`,
  };
  const ownRole = {
    ...identities.role,
    sessionContext: {
      sessionIssuer: {
        ...identities.role.sessionContext.sessionIssuer,
        arn: `arn:aws:iam::${account}:role/trailwire-remediate`,
        userName: 'trailwire-remediate',
      },
    },
  };
  const elsewhere = {
    ...identities.userWithKey,
    accountId: otherAccount,
    arn: `arn:aws:iam::${otherAccount}:user/ann`,
  };
  const ofOthers = ['cannot-undo', 'changed-since', 'rejected', 'expired', 'decision-invalid'] as const;
  const reached: Readonly<
    Record<
      Exclude<RefusalCode, (typeof ofOthers)[number]>,
      {
        finding: Finding;
        settings?: Partial<ResponseSettings>;
        ports?: Partial<ResponsePorts>;
        account?: Partial<AccountPorts>;
        byHand?: AwsCall;
        isUndone?: boolean;
      }
    >
  > = {
    'not-applicable': { finding: findingOf(undefined, { userIdentity: identities.root }) },
    'mode-off': { finding: findingOf(), settings: { mode: 'off' } },
    'rule-status': { finding: findingOf(undefined, {}, { status: 'test' }) },
    'service-made': {
      finding: findingOf(undefined, { userIdentity: { ...identities.userWithKey, invokedBy: 'AWS Internal' } }),
    },
    'own-role': { finding: findingOf(['revoke-role-sessions'], { userIdentity: ownRole }) },
    'protected-principal': { finding: findingOf(undefined, { userIdentity: breakGlass }) },
    'protected-resource': {
      finding: findingOf(),
      settings: { protectedResources: [`arn:aws:iam::${account}:user/an*`] },
    },
    'protected-tag': {
      finding: findingOf(),
      settings: { protectedTags: ['stage=li*'] },
      account: {
        read: async ({ action }) => (action === 'iam:GetUser' ? { 'tag stage': 'live' } : { [annsKey]: 'Active' }),
      },
    },
    'acted-already': { finding: findingOf(), ports: { responses: createHeldResponses() } },
    'switched-off': { finding: findingOf(), ports: { switchedOff: async () => 'all responses are switched off' } },
    'no-role': { finding: findingOf(undefined, { userIdentity: elsewhere }) },
    'done-already': {
      finding: findingOf(),
      byHand: {
        action: 'iam:UpdateAccessKey',
        parameters: { UserName: 'ann', AccessKeyId: annsKey, Status: 'Inactive' },
      },
    },
    limit: { finding: findingOf(), settings: { limitPerHour: 0 } },
    'taken-back': { finding: findingOf(), isUndone: true },
  };

  it.each(Object.keys(reached) as (keyof typeof reached)[])(
    '%s is reached, says why, and changes nothing',
    async (code) => {
      const { finding, settings: more, ports: morePorts, account: moreAccount, byHand, isUndone } = reached[code];
      const { ports, state } = start(morePorts, moreAccount);
      if (byHand !== undefined) await ports.account.execute(byHand);
      if (isUndone === true) {
        const { command_uid } = await only(respond(finding, settings, ports));
        await undo({ undo: command_uid }, account, ports);
      }
      const before = state();
      const activity = await only(respond(finding, { ...settings, ...more }, ports));
      expect(activity.unmapped.trailwire).toMatchObject({ outcome: 'refused', refused: code });
      expect(activity).toMatchObject({
        status: 'Refused',
        message: expect.stringMatching(/^[a-z-]+ was not run: .{10,}/),
      });
      expect(state()).toEqual(before);
    },
  );
});

describe('a target in another account', () => {
  const elsewhere = {
    ...identities.userWithKey,
    accountId: otherAccount,
    arn: `arn:aws:iam::${otherAccount}:user/ann`,
  };
  const inMember = () => findingOf(undefined, { userIdentity: elsewhere, recipientAccountId: otherAccount });
  const entering = { ...settings, entersMembers: true };

  it('is acted on in that account and nowhere else, then looked at and taken back there', async () => {
    const member = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
    const entries: Entry[] = [];
    const enterAccount: EnterAccount = async (entry) => {
      entries.push(entry);
      return member;
    };
    const { ports, state, queue } = start({ enterAccount });
    const before = state();
    const applied = await only(respond(inMember(), entering, ports));
    expect(outcomeOf(applied)).toBe('applied');
    expect(member.state().users.ann?.keys[annsKey]).toBe('Inactive');
    expect(entries).toEqual([{ account: otherAccount, partition: 'aws', finding: inMember().finding_info.uid }]);

    await member.execute({
      action: 'iam:UpdateAccessKey',
      parameters: { UserName: 'ann', AccessKeyId: annsKey, Status: 'Active' },
    });
    const [looked] = await recheck(queue[0] ?? { check: '', round: 0 }, entering, ports);
    expect(looked?.unmapped.trailwire.outcome).toBe('re-applied');
    expect(outcomeOf(await undo({ undo: applied.command_uid }, account, ports))).toBe('undone');
    expect(member.state().users.ann?.keys[annsKey]).toBe('Active');
    expect(state()).toEqual(before);
    expect(entries).toHaveLength(3);
  });

  it('is refused where that account lets nobody in, and the reason is told', async () => {
    const enterAccount: EnterAccount = async ({ account: id }) => noRole(id, 'not authorized');
    const { ports, kept } = start({ enterAccount });
    const refused = await only(respond(inMember(), entering, ports));
    expect(outcomeOf(refused)).toBe('no-role');
    expect(refused.status_detail).toBe(`there is no role for this in account ${otherAccount}: not authorized`);
    expect(kept.size).toBe(0);
  });

  it('has failed, with nothing changed, where STS does not answer', async () => {
    const enterAccount: EnterAccount = async () => {
      throw new Error('Throttling');
    };
    const { ports } = start({ enterAccount });
    expect(outcomeOf(await only(respond(inMember(), entering, ports)))).toBe('failed');
  });
});

describe('hostile identities', () => {
  it.each<[string, object]>([
    ['no identity', { userIdentity: undefined }],
    ['an identity that is a text', { userIdentity: 'ann' }],
    ['no user name', { userIdentity: { ...identities.userWithKey, userName: undefined } }],
    ['the name of another user', { userIdentity: { ...identities.userWithKey, userName: 'bob' } }],
    ['a name that is a path', { userIdentity: { ...identities.userWithKey, userName: '../bob' } }],
    ['a key that is a list', { userIdentity: { ...identities.userWithKey, accessKeyId: [annsKey, bobsKey] } }],
    ['an account that is a number', { userIdentity: { ...identities.userWithKey, accountId: 111122223333 } }],
  ])('%s: refused with a reason, nothing is changed', async (_, record) => {
    const { ports, state } = start();
    const before = state();
    const activity = await only(respond(findingOf(undefined, record), settings, ports));
    expect(outcomeOf(activity)).toBe('not-applicable');
    expect(activity.status_detail).toMatch(/.{10,}/);
    expect(state()).toEqual(before);
  });
});
