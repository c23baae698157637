import { describe, expect, it } from 'vitest';
import { commandUidOf } from '../../engine/activity.ts';
import type { AwsCall, AwsRead } from '../../engine/aws-call.ts';
import { RemediationError } from '../../engine/errors.ts';
import type { GuardSettings } from '../../engine/guard.ts';
import { type Activity, activitySchema, type Finding } from '../../engine/ocsf.ts';
import { type Plan, type RefusalCode, refusalCodes } from '../../engine/plan.ts';
import type { RemediationName } from '../../engine/remediations/name.ts';
import { type ResponsePorts, respond, undo } from '../../engine/response.ts';
import { createMemoryWindowStore } from '../../engine/window-store.ts';
import { exampleFinding } from '../example-finding.ts';
import { account, exampleRecord, identities, otherAccount } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';
import { validateActivity } from '../ocsf/validators.ts';

const now = Date.parse('2026-10-14T09:10:00Z');
const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const bobsKey = 'AKIAI44QH8DHBEXAMPLE';
const bob = {
  ...identities.userWithKey,
  arn: `arn:aws:iam::${account}:user/bob`,
  userName: 'bob',
  accessKeyId: bobsKey,
};

const settings: GuardSettings = {
  mode: 'execute',
  account,
  ownRoles: [`arn:aws:iam::${account}:role/trailwire-remediate`],
  protectedPrincipals: [`arn:aws:iam::${account}:user/break-glass`],
  limitPerHour: 5,
};

const findingOf = (
  run: readonly RemediationName[] = ['deactivate-access-key'],
  record: object = {},
  rule: object = {},
): Finding =>
  exampleFinding({ respond: { remediate: run.map((name) => ({ run: name })) }, ...rule }, exampleRecord(record));

/** An account with its ports: the plans and the count of the hour are kept as in the real thing. */
const start = (more: Partial<ResponsePorts> = {}) => {
  const local = createLocalAccount({
    users: {
      ann: { [annsKey]: 'Active', AKIAI55QH8DHBEXAMPLE: 'Active' },
      bob: { [bobsKey]: 'Active' },
    },
    roles: ['Admin', 'Reader'],
  });
  const plans = new Map<string, Plan>();
  const ports: ResponsePorts = {
    now: () => now,
    store: createMemoryWindowStore(),
    read: local.read,
    execute: local.execute,
    savePlan: async (commandUid, plan) => {
      plans.set(commandUid, plan);
    },
    loadPlan: async (commandUid) => plans.get(commandUid),
    ...more,
  };
  return { ports, plans, state: local.state, local };
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

describe('mode off', () => {
  it('changes nothing, and tells nobody but the bus', async () => {
    const { ports, state, plans } = start();
    const before = state();
    const activity = await only(respond(findingOf(), { ...settings, mode: 'off' }, ports));
    expect(outcomeOf(activity)).toBe('mode-off');
    expect(activity.unmapped.trailwire.notify).toEqual([]);
    expect(state()).toEqual(before);
    expect(plans.size).toBe(0);
  });
});

describe('mode plan', () => {
  it('says what would be done, and neither reads nor changes the account', async () => {
    const none = async () => {
      throw new TypeError('there is no account here');
    };
    const { ports, plans } = start({ read: none, execute: none });
    const activity = await only(respond(findingOf(), { ...settings, mode: 'plan', limitPerHour: 0 }, ports));
    expect(outcomeOf(activity)).toBe('planned');
    expect(activity.message).toBe(
      `deactivate-access-key would act on access-key ${annsKey}; responses are in mode "plan"`,
    );
    expect(activity.unmapped.trailwire.plan?.calls).toEqual([
      {
        action: 'iam:UpdateAccessKey',
        parameters: { UserName: 'ann', AccessKeyId: annsKey, Status: 'Inactive' },
      },
    ]);
    expect(stepsOf(activity)).toEqual(['iam:UpdateAccessKey not-run']);
    expect(plans.size).toBe(0);
  });
});

describe('mode execute', () => {
  it('changes exactly the key of the call, and reads it back', async () => {
    const { ports, state } = start();
    const before = state();
    const activity = await only(respond(findingOf(), settings, ports));
    expect(outcomeOf(activity)).toBe('verified');
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
    expect(activities.map(outcomeOf)).toEqual(['verified', 'verified', 'not-applicable']);
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
    expect(outcomeOf(await only(respond(finding, settings, ports)))).toBe('verified');
    const { roles } = state();
    expect(Object.keys(roles.Admin ?? {})).toEqual([
      `TrailwireRevokeSessions-${finding.finding_info.uid.slice(0, 12)}`,
    ]);
    expect(roles.Reader).toEqual({});
  });

  it('runs once, and tells a delivery that is repeated the same news, way back included', async () => {
    const { ports, state } = start();
    const first = await only(respond(findingOf(), settings, ports));
    const after = state();
    const again = await only(respond(findingOf(), { ...settings, limitPerHour: 1 }, ports));
    expect(outcomeOf(again)).toBe('verified');
    expect(again.metadata.uid).toBe(first.metadata.uid);
    expect(again.unmapped.trailwire.plan).toEqual(first.unmapped.trailwire.plan);
    expect(stepsOf(again)).toEqual(['iam:ListAccessKeys holds']);
    expect(state()).toEqual(after);
  });

  it('keeps the plan before it acts: where that fails, nothing runs', async () => {
    const { ports, state } = start({
      savePlan: async () => {
        throw new Error('the table is away');
      },
    });
    const before = state();
    await expect(respond(findingOf(), settings, ports)).rejects.toThrow('the table is away');
    expect(state()).toEqual(before);
  });

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
    expect(outcomeOf(await only(respond(findingOf(), limited, ports)))).toBe('verified');
    const refused = await only(respond(ofBob, limited, ports));
    expect(outcomeOf(refused)).toBe('limit');
    expect(refused.status_detail).toBe('1 responses ran within this hour already; a person has to look');
    expect(state().users.bob?.keys[bobsKey]).toBe('Active');

    time = Date.parse('2026-10-14T10:00:00Z');
    expect(outcomeOf(await only(respond(ofBob, limited, ports)))).toBe('verified');
    expect(state().users.bob?.keys[bobsKey]).toBe('Inactive');
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
    expect(outcomeOf(await only(respond(findingOf(), limited, ports)))).toBe('verified');
  });

  it('holds when responses come at once', async () => {
    const { ports, state } = start();
    const findings = [findingOf(), findingOf(undefined, { userIdentity: bob, eventID: 'another' })];
    const activities = await Promise.all(
      findings.map((finding) => only(respond(finding, { ...settings, limitPerHour: 1 }, ports))),
    );
    expect(activities.map(outcomeOf).toSorted()).toEqual(['limit', 'verified']);
    const keys = { ...state().users.ann?.keys, ...state().users.bob?.keys };
    expect(Object.values(keys).filter((status) => status === 'Inactive')).toHaveLength(1);
  });
});

describe('a response that fails', () => {
  const gone = { ...identities.userWithKey, userName: 'carl', arn: `arn:aws:iam::${account}:user/carl` };

  it('says which call failed, in the words of AWS, and what it saw afterwards', async () => {
    const { ports, plans } = start();
    const finding = findingOf(undefined, { userIdentity: gone });
    const activity = await only(respond(finding, settings, ports));
    expect(outcomeOf(activity)).toBe('failed');
    expect(activity.message).toBe(`deactivate-access-key did not take hold on access-key ${annsKey}; act by hand`);
    expect(activity.unmapped.trailwire.steps).toEqual([
      {
        action: 'iam:UpdateAccessKey',
        outcome: 'failed',
        error: 'NoSuchEntity: The user with name carl cannot be found.',
      },
      { action: 'iam:ListAccessKeys', outcome: 'does-not-hold' },
    ]);
    expect(activity.status_detail).toBe(
      'iam:UpdateAccessKey NoSuchEntity: The user with name carl cannot be found.; iam:ListAccessKeys does-not-hold',
    );
    expect([...plans.keys()]).toEqual([commandUidOf('deactivate-access-key', finding.finding_info.uid)]);
  });

  it('does not stop the ones after it', async () => {
    const { ports, local } = start();
    const denied = {
      ...ports,
      execute: async (call: Parameters<typeof local.execute>[0]) => {
        if (call.action === 'iam:UpdateAccessKey') throw new Error('AccessDenied: not allowed');
        await local.execute(call);
      },
    };
    const activities = await respond(findingOf(['deactivate-access-key', 'quarantine-user']), settings, denied);
    expect(activities.map(must).map(outcomeOf)).toEqual(['failed', 'verified']);
  });

  it('has failed when the account does not show it, though every call went through', async () => {
    // IAM is eventually consistent: the answers are those of a moment ago.
    const stale = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
    const { ports, state } = start({ read: stale.read });
    const activity = await only(respond(findingOf(), settings, ports));
    expect(outcomeOf(activity)).toBe('failed');
    expect(stepsOf(activity)).toEqual(['iam:UpdateAccessKey done', 'iam:ListAccessKeys does-not-hold']);
    expect(state().users.ann?.keys[annsKey]).toBe('Inactive');
  });

  it('has failed when the account cannot be read: nobody has seen that it holds', async () => {
    const { ports } = start({
      read: async ({ action }: AwsRead) => {
        throw new Error(`AccessDenied: ${action}`);
      },
    });
    const activity = await only(respond(findingOf(), settings, ports));
    expect(outcomeOf(activity)).toBe('failed');
    expect(activity.status_detail).toBe('iam:ListAccessKeys AccessDenied: iam:ListAccessKeys');
  });
});

describe('taking a response back', () => {
  it.each<[RemediationName, object]>([
    ['deactivate-access-key', identities.userWithKey],
    ['quarantine-user', identities.userWithKey],
    ['revoke-role-sessions', identities.role],
  ])('undo of %s leaves the account as it was', async (name, userIdentity) => {
    const { ports, state } = start();
    const before = state();
    const done = await only(respond(findingOf([name], { userIdentity }), settings, ports));
    expect(outcomeOf(done)).toBe('verified');
    const undone = must(await undo(done.command_uid, account, ports));
    expect(outcomeOf(undone)).toBe('undone');
    expect(undone).toMatchObject({ activity_name: 'Restore', status: 'Success', command_uid: done.command_uid });
    expect(state()).toEqual(before);
  });

  it('is possible for what failed half way', async () => {
    const stale = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
    const { ports, state, local } = start({ read: stale.read });
    const before = state();
    const failed = await only(respond(findingOf(), settings, ports));
    expect(outcomeOf(must(await undo(failed.command_uid, account, { ...ports, read: local.read })))).toBe('undone');
    expect(state()).toEqual(before);
  });

  it('throws for a response that never was', async () => {
    const { ports } = start();
    const undoing = undo('0'.repeat(32), account, ports);
    await expect(undoing).rejects.toBeInstanceOf(RemediationError);
    await expect(undoing).rejects.toMatchObject({ code: 'REMEDIATION_UNKNOWN' });
    await expect(undoing).rejects.toThrow(
      `there is no response ${'0'.repeat(32)} to undo, or it is older than 90 days`,
    );
  });

  it('says so when it fails, as a failed restoration', async () => {
    const { ports, local } = start();
    const done = await only(respond(findingOf(['quarantine-user']), settings, ports));
    const plan = done.unmapped.trailwire.plan as Plan;
    for (const call of plan.undo) await local.execute(call);
    const failed = must(await undo(done.command_uid, account, ports));
    expect(outcomeOf(failed)).toBe('failed');
    expect(failed).toMatchObject({
      activity_name: 'Restore',
      status: 'Failure',
      message: 'undo of quarantine-user on user ann failed',
    });
    expect(failed.status_detail).toContain('iam:DetachUserPolicy NoSuchEntity');
  });

  it('does not make the calls after one that failed', async () => {
    const { ports, plans, state } = start();
    const done = await only(respond(findingOf(), settings, ports));
    const { plan } = done.unmapped.trailwire;
    const [setActive] = plan?.undo ?? [];
    if (plan === undefined || setActive?.action !== 'iam:UpdateAccessKey') throw new TypeError('another plan');
    const ofNobody = { ...setActive, parameters: { ...setActive.parameters, UserName: 'nobody' } };
    plans.set(done.command_uid, { ...plan, undo: [ofNobody, setActive] });
    const failed = must(await undo(done.command_uid, account, ports));
    expect(stepsOf(failed)).toEqual([
      'iam:UpdateAccessKey failed',
      'iam:UpdateAccessKey not-run',
      'iam:ListAccessKeys does-not-hold',
    ]);
    expect(state().users.ann?.keys[annsKey]).toBe('Inactive');
  });

  it('never makes a call that is not on the closed list, whatever the plan says', async () => {
    const made: unknown[] = [];
    const { ports, plans } = start({
      execute: async (call) => {
        made.push(call);
      },
    });
    const done = await only(respond(findingOf(), settings, ports));
    made.length = 0;
    const forged = [{ action: 'iam:CreateAccessKey', parameters: { UserName: 'ann' } }];
    plans.set(done.command_uid, { ...(done.unmapped.trailwire.plan as Plan), undo: forged as unknown as Plan['undo'] });
    expect(outcomeOf(await undo(done.command_uid, account, ports))).toBe('failed');
    expect(made).toEqual([]);
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
  const replayed = findingOf();
  replayed.unmapped.trailwire.replay_name = 'after-the-outage';
  const reached: Readonly<
    Record<RefusalCode, { finding: Finding; settings?: Partial<GuardSettings>; byHand?: AwsCall }>
  > = {
    'not-applicable': { finding: findingOf(undefined, { userIdentity: identities.root }) },
    'mode-off': { finding: findingOf(), settings: { mode: 'off' } },
    'rule-status': { finding: findingOf(undefined, {}, { status: 'test' }) },
    replayed: { finding: replayed },
    'service-made': {
      finding: findingOf(undefined, { userIdentity: { ...identities.userWithKey, invokedBy: 'AWS Internal' } }),
    },
    'own-role': { finding: findingOf(['revoke-role-sessions'], { userIdentity: ownRole }) },
    'protected-principal': { finding: findingOf(undefined, { userIdentity: breakGlass }) },
    'other-account': { finding: findingOf(undefined, { userIdentity: elsewhere }) },
    'done-already': {
      finding: findingOf(),
      byHand: {
        action: 'iam:UpdateAccessKey',
        parameters: { UserName: 'ann', AccessKeyId: annsKey, Status: 'Inactive' },
      },
    },
    limit: { finding: findingOf(), settings: { limitPerHour: 0 } },
  };

  it.each(refusalCodes)('%s is reached, says why, and changes nothing', async (code) => {
    const { finding, settings: more, byHand } = reached[code];
    const { ports, state } = start();
    if (byHand !== undefined) await ports.execute(byHand);
    const before = state();
    const activity = await only(respond(finding, { ...settings, ...more }, ports));
    expect(activity.unmapped.trailwire).toMatchObject({ outcome: 'refused', refused: code });
    expect(activity).toMatchObject({
      status: 'Refused',
      message: expect.stringMatching(/^[a-z-]+ was not run: .{10,}/),
    });
    expect(state()).toEqual(before);
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
