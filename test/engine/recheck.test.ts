import { describe, expect, it } from 'vitest';
import type { AwsCall } from '../../engine/aws-call.ts';
import type { AccountPorts } from '../../engine/carry-out.ts';
import type { Activity } from '../../engine/ocsf.ts';
import { type RecheckRequest, recheck, recheckWaits } from '../../engine/recheck.ts';
import { respond } from '../../engine/response.ts';
import { undo } from '../../engine/undo.ts';
import { exampleFinding } from '../example-finding.ts';
import { account } from '../example-records.ts';
import { createLocalAccount } from '../local-account.ts';
import { validateActivity } from '../ocsf/validators.ts';
import { createResponseWorld, executing as settings } from '../response-world.ts';

const annsKey = 'AKIAIOSFODNN7EXAMPLE';
const quarantine = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3';
const setKey = (Status: 'Active' | 'Inactive'): AwsCall => ({
  action: 'iam:UpdateAccessKey',
  parameters: { UserName: 'ann', AccessKeyId: annsKey, Status },
});

/** An account in which a response ran, and the queue of looks at it. */
const ran = async (accountMore: (local: AccountPorts) => Partial<AccountPorts> = () => ({})) => {
  const local = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
  const { ports, queue } = createResponseWorld({ ...local, ...accountMore(local) }, () => Date.UTC(2026, 9, 14));
  const finding = exampleFinding({ respond: { remediate: [{ run: 'deactivate-access-key', mode: 'auto' }] } });
  const [first] = await respond(finding, settings, ports);
  if (first === undefined) throw new TypeError('there is no activity');
  const next = (): RecheckRequest => {
    const request = queue.shift();
    if (request === undefined) throw new TypeError('nothing is to be looked at');
    return request;
  };
  return { ports: { ...ports, account: local }, queue, next, local, first, finding };
};
const only = (activities: readonly Activity[]): Activity => {
  const [activity, ...others] = activities;
  if (activity === undefined || others.length > 0) throw new TypeError('expected one activity');
  expect(validateActivity(activity)).toEqual([]);
  return activity;
};
const outcomeOf = ({ unmapped }: Activity) => unmapped.trailwire.outcome;

describe('looking at a response again', () => {
  it('is quiet about one that holds, and comes back until the last round', async () => {
    const { ports, queue, next, finding } = await ran();
    for (const round of recheckWaits.keys()) {
      const request = next();
      expect(request.round).toBe(round);
      const activity = only(await recheck(request, settings, ports));
      expect(outcomeOf(activity)).toBe('verified');
      expect(activity.unmapped.trailwire.notify).toEqual([]);
      expect(activity.metadata.correlation_uid).toBe(finding.finding_info.uid);
    }
    expect(queue).toEqual([]);
  });

  it('waits seconds, then minutes, and never longer than a queue can', () => {
    expect(recheckWaits.toSorted((one, other) => one - other)).toEqual(recheckWaits);
    expect(recheckWaits[0]).toBeLessThan(30);
    expect(Math.max(...recheckWaits)).toBeLessThanOrEqual(900);
  });

  it('puts in force again what somebody undid, and tells people in the thread of the finding', async () => {
    const { ports, next, local, finding } = await ran();
    await local.execute(setKey('Active'));
    const activity = only(await recheck(next(), settings, ports));
    expect(outcomeOf(activity)).toBe('re-applied');
    expect(activity.message).toBe(
      `deactivate-access-key on access-key ${annsKey} was not in place, undone by somebody or failed at first; it was put in force again`,
    );
    expect(activity.status_detail).toBe('look 1 of 3; missing was iam:UpdateAccessKey');
    expect(activity.unmapped.trailwire.notify).toBeUndefined();
    expect(activity.metadata.correlation_uid).toBe(finding.finding_info.uid);
    expect(local.state().users.ann?.keys[annsKey]).toBe('Inactive');
  });

  it('tells each time it had to: an intruder who goes on is news', async () => {
    const { ports, next, local } = await ran();
    const ids = [];
    for (const _ of recheckWaits) {
      await local.execute(setKey('Active'));
      const activity = only(await recheck(next(), settings, ports));
      expect(outcomeOf(activity)).toBe('re-applied');
      ids.push(activity.metadata.uid);
    }
    expect(new Set(ids).size).toBe(recheckWaits.length);
  });

  it('makes up for a run that died before its calls', async () => {
    const { ports, next, local } = await ran(() => ({
      execute: async () => {
        throw new Error('Throttling: Rate exceeded');
      },
    }));
    expect(local.state().users.ann?.keys[annsKey]).toBe('Active');
    expect(outcomeOf(only(await recheck(next(), settings, ports)))).toBe('re-applied');
    expect(local.state().users.ann?.keys[annsKey]).toBe('Inactive');
  });

  it('counts as carried out what it made up for: delivered again, the finding changes nothing', async () => {
    const { ports, next, local, finding } = await ran(() => ({
      execute: async () => {
        throw new Error('Throttling: Rate exceeded');
      },
    }));
    await recheck(next(), settings, ports);
    await local.execute(setKey('Active'));
    const [again] = await respond(finding, settings, ports);
    expect(again?.unmapped.trailwire.refused).toBe('changed-since');
    expect(local.state().users.ann?.keys[annsKey]).toBe('Active');
  });

  it('leaves alone what a person took back', async () => {
    const { ports, queue, next, local, first } = await ran();
    await undo({ undo: first.command_uid }, account, ports);
    expect(await recheck(next(), settings, ports)).toEqual([]);
    expect(queue).toEqual([]);
    expect(local.state().users.ann?.keys[annsKey]).toBe('Active');
  });

  it('has failed when it cannot be put back, and says what is left to do', async () => {
    const { ports, next, local } = await ran();
    await local.execute(setKey('Active'));
    const execute = async () => {
      throw new Error('AccessDenied: not allowed');
    };
    const activity = only(await recheck(next(), settings, { ...ports, account: { ...local, execute } }));
    expect(outcomeOf(activity)).toBe('failed');
    expect(activity.message).toContain('does not hold and could not be put back');
    expect(activity.status_detail).toBe(
      `look 1 of 3; iam:UpdateAccessKey AccessDenied: not allowed; left to do: iam:UpdateAccessKey {"UserName":"ann","AccessKeyId":"${annsKey}","Status":"Inactive"}`,
    );
  });

  it('calls again, blindly, what it cannot see', async () => {
    const { ports, next, local } = await ran();
    const read = async () => {
      throw new Error('Throttling: Rate exceeded');
    };
    const activity = only(await recheck(next(), settings, { ...ports, account: { ...local, read } }));
    expect(outcomeOf(activity)).toBe('re-applied');
    expect(activity.message).toContain('the account does not show it yet');
  });

  it('only looks when responses were switched off meanwhile', async () => {
    const { ports, next, local } = await ran();
    await local.execute(setKey('Active'));
    const activity = only(await recheck(next(), { ...settings, mode: 'plan' }, ports));
    expect(outcomeOf(activity)).toBe('failed');
    expect(activity.status_detail).toContain('responses are switched off, it is not put back');
    expect(local.state().users.ann?.keys[annsKey]).toBe('Active');
  });

  it('does not overwrite a document that somebody else wrote meanwhile', async () => {
    const { ports, next, local, first } = await ran();
    const stored = await ports.responses.load(first.command_uid);
    if (stored === undefined) throw new TypeError('not kept');
    const changes = stored.plan.changes.map((change) => ({
      ...change,
      exactly: true as const,
      from: { [annsKey]: 'X' },
    }));
    const responses = { ...ports.responses, load: async () => ({ ...stored, plan: { ...stored.plan, changes } }) };
    await local.execute(setKey('Active'));
    const activity = only(await recheck(next(), settings, { ...ports, responses }));
    expect(outcomeOf(activity)).toBe('failed');
    expect(activity.status_detail).toContain('somebody changed it meanwhile; it is not overwritten');
    expect(local.state().users.ann?.keys[annsKey]).toBe('Active');
  });

  it('throws for a response that is not kept', async () => {
    const { ports } = await ran();
    const request = { check: '0'.repeat(32), round: 0 };
    await expect(recheck(request, settings, ports)).rejects.toMatchObject({ code: 'REMEDIATION_UNKNOWN' });
  });
});

it('a user in quarantine stays so when the policy is detached', async () => {
  const local = createLocalAccount({ users: { ann: { [annsKey]: 'Active' } } });
  const { ports, queue } = createResponseWorld(local, () => 0);
  await respond(
    exampleFinding({ respond: { remediate: [{ run: 'quarantine-user', mode: 'auto' }] } }),
    settings,
    ports,
  );
  await local.execute({ action: 'iam:DetachUserPolicy', parameters: { UserName: 'ann', PolicyArn: quarantine } });
  const [request] = queue;
  if (request === undefined) throw new TypeError('nothing is to be looked at');
  expect(outcomeOf(only(await recheck(request, settings, ports)))).toBe('re-applied');
  expect(local.state().users.ann?.policies).toEqual([quarantine]);
});
